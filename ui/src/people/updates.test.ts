import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { UpdateOffer, Updater, UpdateStep } from '../host/updater';
import { Updates } from './updates';

const PROJECT = 'https://example.org/dogeller';
const SHARE = '/mnt/share/dogeller';
const OFFER: UpdateOffer = { version: '0.2.0', notes: 'More.' };

/** An app, with what it was asked in `asked`. */
function app(more: Partial<Updater> & { readonly on?: boolean } = {}) {
  const { on: begins = false, ...other } = more;
  const asked: string[] = [];
  let chosen = { on: begins, source: PROJECT };
  const updater: Updater = {
    settings: async () => ({ ...chosen, fixed: false, source_fixed: false }),
    choose: async (on, source) => {
      chosen = { on, source };
    },
    look: async () => OFFER,
    install: async (_version, onStep) => {
      onStep({ step: 'fetching', bytes: 10, of: 20 });
      onStep({ step: 'installing' });
    },
    restart: async () => undefined,
    ...other,
  };
  const heard: Updater = {
    settings: () => updater.settings(),
    choose: (on, source) => {
      asked.push(`choose ${on} ${source}`);
      return updater.choose(on, source);
    },
    look: () => {
      asked.push('look');
      return updater.look();
    },
    install: (version, onStep) => {
      asked.push(`install ${version}`);
      return updater.install(version, onStep);
    },
    restart: () => {
      asked.push('restart');
      return updater.restart();
    },
  };
  return { updates: new Updates(heard), asked };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const DAY = 24 * 60 * 60 * 1000;

test('nobody is asked while it is off', async () => {
  const { updates, asked } = app();
  await updates.begin();
  await vi.advanceTimersByTimeAsync(3 * DAY);
  expect(asked).toEqual([]);
  expect(updates.settings.value?.on).toBe(false);
  expect(updates.stage.value).toEqual({ is: 'idle' });
});

test('once it is on, it looks, and then each day', async () => {
  const { updates, asked } = app();
  await updates.begin();
  await updates.choose(true);
  expect(asked).toEqual([`choose true ${PROJECT}`, 'look']);
  expect(updates.stage.value).toEqual({ is: 'found', offer: OFFER });
  await vi.advanceTimersByTimeAsync(2 * DAY);
  expect(asked.filter((what) => what === 'look')).toHaveLength(3);
  await updates.choose(false);
  expect(updates.stage.value).toEqual({ is: 'idle' });
  await vi.advanceTimersByTimeAsync(2 * DAY);
  expect(asked.filter((what) => what === 'look')).toHaveLength(3);
});

test('a page that is loaded anew knows what is installed already', async () => {
  const settings = async () => ({ on: true, source: PROJECT, fixed: false, source_fixed: false, ready: '0.2.0' });
  const { updates, asked } = app({ settings });
  await updates.begin();
  expect(updates.stage.value).toEqual({ is: 'ready', version: '0.2.0' });
  expect(asked).toEqual([]);
});

test('another place is looked at right away', async () => {
  const { updates, asked } = app({ on: true, look: async () => null });
  await updates.ask();
  await updates.choose(true, SHARE);
  expect(asked).toEqual([`choose true ${SHARE}`, 'look']);
  expect(updates.settings.value?.source).toBe(SHARE);
  expect(updates.stage.value).toEqual({ is: 'newest' });
});

test('nothing is fetched, installed or started anew before somebody says so', async () => {
  const { updates, asked } = app({ on: true });
  await updates.begin();
  await vi.advanceTimersByTimeAsync(5 * DAY);
  expect(new Set(asked)).toEqual(new Set(['look']));
  await updates.install();
  expect(asked.at(-1)).toBe('install 0.2.0');
  expect(updates.stage.value).toEqual({ is: 'ready', version: '0.2.0' });
  updates.later();
  await vi.advanceTimersByTimeAsync(5 * DAY);
  expect(asked.at(-1)).toBe('install 0.2.0');
  expect([updates.putOff.value, updates.stage.value.is]).toEqual([true, 'ready']);
  await updates.restart();
  expect(asked.at(-1)).toBe('restart');
  expect(updates.stage.value).toEqual({ is: 'restarting', version: '0.2.0' });
});

test('how far it is can be followed', async () => {
  let step: (step: UpdateStep) => void = () => undefined;
  let done: () => void = () => undefined;
  const { updates } = app({
    on: true,
    install: (_version, onStep) => {
      step = onStep;
      return new Promise((resolve) => {
        done = resolve;
      });
    },
  });
  await updates.choose(true);
  const installed = updates.install();
  expect(updates.stage.value).toEqual({ is: 'fetching', offer: OFFER, bytes: 0, of: null });
  step({ step: 'fetching', bytes: 10, of: 20 });
  expect(updates.stage.value).toEqual({ is: 'fetching', offer: OFFER, bytes: 10, of: 20 });
  // Nothing else comes in between.
  await updates.look();
  await updates.install();
  step({ step: 'installing' });
  expect(updates.stage.value).toEqual({ is: 'installing', offer: OFFER });
  done();
  await installed;
  expect(updates.stage.value.is).toBe('ready');
  // One that comes late takes nothing back.
  step({ step: 'installing' });
  expect(updates.stage.value.is).toBe('ready');
});

test('a look that fails says why, and one that nobody asked for does not', async () => {
  const { updates } = app({ on: true, look: () => Promise.reject('unreachable') });
  await updates.begin();
  expect([updates.failure.value, updates.stage.value.is]).toEqual([null, 'idle']);
  await updates.look();
  expect([updates.failure.value, updates.stage.value.is]).toEqual(['unreachable', 'idle']);
});

test('an installation that fails can be tried again, unless something else is offered by now', async () => {
  let why = 'not_allowed';
  const { updates } = app({ on: true, install: () => Promise.reject(why) });
  await updates.choose(true);
  await updates.install();
  expect([updates.failure.value, updates.stage.value.is]).toEqual(['not_allowed', 'found']);
  why = 'look_again';
  await updates.install();
  expect([updates.failure.value, updates.stage.value.is]).toEqual(['look_again', 'idle']);
  await updates.look();
  expect([updates.failure.value, updates.stage.value.is]).toEqual([null, 'found']);
});

test('a start that fails can be tried again', async () => {
  const { updates } = app({ on: true, restart: () => Promise.reject('not_allowed') });
  await updates.choose(true);
  await updates.install();
  await updates.restart();
  expect([updates.failure.value, updates.stage.value.is]).toEqual(['not_allowed', 'ready']);
});

test('what was not kept is not shown as kept', async () => {
  const { updates, asked } = app({ choose: () => Promise.reject('bad_source') });
  await updates.ask();
  await updates.choose(true, 'nowhere');
  expect([updates.failure.value, updates.settings.value?.on]).toEqual(['bad_source', false]);
  expect(asked).toEqual(['choose true nowhere']);
});

test('a look that was overtaken by another counts for nothing', async () => {
  const answers: ((offer: UpdateOffer | null) => void)[] = [];
  const { updates } = app({ on: true, look: () => new Promise((resolve) => answers.push(resolve)) });
  await updates.ask();
  const first = updates.look();
  const second = updates.choose(true, SHARE);
  await vi.advanceTimersByTimeAsync(1);
  answers[1]?.(null);
  answers[0]?.(OFFER);
  await Promise.all([first, second]);
  expect(updates.stage.value).toEqual({ is: 'newest' });
});

test('a browser, and an app that cannot update itself, say nothing of it', async () => {
  const browser = new Updates(undefined);
  await browser.begin();
  await browser.look();
  expect(browser.settings.value).toBeNull();
  const { updates, asked } = app({ settings: async () => null });
  await updates.begin();
  expect([updates.settings.value, asked]).toEqual([null, []]);
  const { updates: phone } = app({ settings: () => Promise.reject(new Error('no such command')) });
  await phone.begin();
  expect(phone.settings.value).toBeNull();
});

test('what no code says is a failure all the same', async () => {
  const { updates } = app({ on: true, look: () => Promise.reject(new Error('odd')) });
  await updates.look();
  expect(updates.failure.value).toBe('failed');
});
