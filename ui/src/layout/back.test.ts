import { expect, test } from 'vitest';
import { Back } from './back';

/** A history of pages, as a browser keeps it. */
function browser() {
  const states: unknown[] = [null];
  let at = 0;
  let hear: (() => void) | undefined;
  const back = () => {
    if (at === 0) return;
    at -= 1;
    hear?.();
  };
  const history = {
    get state() {
      return states[at];
    },
    pushState(state: unknown) {
      at += 1;
      states.length = at;
      states.push(state);
    },
    back,
  };
  const page = {
    history,
    addEventListener: (_: string, listener: () => void) => {
      hear = listener;
    },
    removeEventListener: () => {
      hear = undefined;
    },
  };
  return { page: page as unknown as Window, back, depth: () => at };
}

test('back closes what lies over the list, and nothing else', () => {
  const { page, back, depth } = browser();
  const system = new Back(page);
  let closed = 0;
  const close = () => {
    closed += 1;
    system.over(null);
  };
  system.over(close);
  system.over(close);
  expect(depth()).toBe(1);
  back();
  expect([closed, depth()]).toEqual([1, 0]);
  back();
  expect(closed).toBe(1);
});

test('what a button closed leaves nothing to go back to', () => {
  const { page, depth } = browser();
  const system = new Back(page);
  let closed = 0;
  system.over(() => {
    closed += 1;
  });
  system.over(null);
  expect([closed, depth()]).toEqual([0, 0]);
});

test('a page that is loaded anew while something is open goes no deeper', () => {
  const { page, depth } = browser();
  page.history.pushState('dogeller-over', '');
  const system = new Back(page);
  system.over(() => undefined);
  expect(depth()).toBe(1);
  system.dispose();
});
