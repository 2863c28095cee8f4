import { expect, test, vi } from 'vitest';
import { reconcile } from './reconcile';

test('applies one value at a time and leaves out the ones in between', async () => {
  const applied: number[] = [];
  let running = 0;
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const want = reconcile<number>(async (value) => {
    expect(++running, 'two at once').toBe(1);
    applied.push(value);
    if (value === 1) await gate;
    running -= 1;
  });
  want(1);
  want(2);
  want(3);
  const settled = want(4);
  open();
  await settled;
  expect(applied).toEqual([1, 4]);
});

test('a value that fails does not stop the next', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const applied: string[] = [];
  const want = reconcile<string>(async (value) => {
    if (value === 'bad') throw new Error('no');
    applied.push(value);
  });
  await want('bad');
  await want('good');
  expect(applied).toEqual(['good']);
});
