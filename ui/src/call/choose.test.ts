import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MediaOffer } from '../host/host';
import type { MediaWorker } from './bridge/bridgeEngine';
import type { FromWorker, Probed, ToWorker } from './bridge/threads';
import { chooseEngine } from './choose';

const OFFER: MediaOffer = { url: 'ws://127.0.0.1:1/media', token: 't', screen: true };
const KEY = 'dogeller.trying';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A worker that answers as it is told; `null` answers never. */
class FakeWorker implements MediaWorker {
  onmessage: MediaWorker['onmessage'] = null;
  onerror: MediaWorker['onerror'] = null;
  readonly posted: ToWorker[] = [];
  readonly #answer: Probed | null;

  constructor(answer: Probed | null) {
    this.#answer = answer;
  }

  postMessage(message: ToWorker): void {
    this.posted.push(message);
    const probed = this.#answer;
    if (probed !== null) setTimeout(() => this.says({ is: 'probed', probed }));
  }

  says(data: FromWorker): void {
    this.onmessage?.(new MessageEvent('message', { data }));
  }
}

function build({
  engine = false,
  answer = { can: 'tracks' } as Probed | null,
  media = async (): Promise<MediaOffer | null> => OFFER,
  store = new Map<string, string>(),
} = {}) {
  const page = { document, ...(engine ? { RTCPeerConnection: class {} } : {}) } as unknown as typeof globalThis;
  const workers: FakeWorker[] = [];
  /** What had happened when the worker was made: the page may end at any moment after it. */
  const before: Array<string | undefined> = [];
  const choosing = chooseEngine({
    page,
    media,
    makeWorker: () => {
      before.push(store.get(KEY));
      const worker = new FakeWorker(answer);
      workers.push(worker);
      return worker;
    },
    store: { getItem: (key) => store.get(key) ?? null, setItem: (key, value) => void store.set(key, value) },
  });
  const chosen = async (ms = 0) => {
    await vi.advanceTimersByTimeAsync(ms);
    return choosing;
  };
  return { chosen, workers, store, before };
}

test('a page with an engine of its own asks nobody and tries nothing', async () => {
  const media = vi.fn(async () => OFFER);
  const { chosen, workers, store } = build({ engine: true, media });
  expect(await chosen()).toEqual({ is: 'web' });
  expect(media).not.toHaveBeenCalled();
  expect([workers, [...store]]).toEqual([[], []]);
});

test.each([
  ['is none', async () => null],
  ['fails', () => Promise.reject(new Error('no such command'))],
])('an offer that %s gives none, and nothing is tried', async (_, media) => {
  const { chosen, workers, store } = build({ media });
  expect(await chosen()).toEqual({ is: 'none', missing: null });
  expect([workers, [...store]]).toEqual([[], []]);
});

test.each(['tracks', 'frames'] as const)('a webview that can do %s gets the engine in two halves', async (can) => {
  const { chosen, workers, store } = build({ answer: { can } });
  expect(await chosen()).toEqual({ is: 'bridge', offer: OFFER, can, worker: workers[0] });
  expect(workers[0]?.posted).toEqual([{ is: 'probe' }]);
  expect(store.get(KEY)).toBe('0');
});

test.each(['webcodecs', 'vp8'] as const)('a webview without %s has none, and says so', async (missing) => {
  const { chosen, store } = build({ answer: { missing } });
  expect(await chosen()).toEqual({ is: 'none', missing });
  expect(store.get(KEY)).toBe('0');
});

test('GStreamer is started before the worker tries anything', async () => {
  const log: string[] = [];
  const create = document.createElement.bind(document);
  vi.spyOn(document, 'createElement').mockImplementation((name: string) => {
    const element = create(name);
    if (element instanceof HTMLVideoElement) {
      element.canPlayType = (type) => {
        log.push(type);
        return '';
      };
    }
    return element;
  });
  vi.spyOn(FakeWorker.prototype, 'postMessage').mockImplementation(() => void log.push('worker'));
  await build({ answer: null }).chosen(8000);
  expect(log).toEqual(['video/webm;codecs=vp8', 'worker']);
});

test('a silent worker gives none after the time-out', async () => {
  const { chosen, store } = build({ answer: null });
  const done = vi.fn();
  void chosen().then(done);
  await vi.advanceTimersByTimeAsync(7999);
  expect(done).not.toHaveBeenCalled();
  expect(store.get(KEY)).toBe('1');
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toHaveBeenCalledWith({ is: 'none', missing: 'webcodecs' });
  expect(store.get(KEY)).toBe('0');
});

test('a worker that does not load gives none at once', async () => {
  const { chosen, workers } = build({ answer: null });
  await vi.advanceTimersByTimeAsync(0);
  workers[0]?.onerror?.(new ErrorEvent('error'));
  expect(await chosen()).toEqual({ is: 'none', missing: 'webcodecs' });
});

test('what else a worker says is no answer', async () => {
  const { chosen, workers } = build({ answer: null });
  await vi.advanceTimersByTimeAsync(0);
  workers[0]?.says({ is: 'lost', session: 1 });
  workers[0]?.says({ is: 'probed', probed: { can: 'frames' } });
  expect(await chosen()).toMatchObject({ is: 'bridge', can: 'frames' });
});

test('the page that ended twice while it tried is not tried again', async () => {
  const store = new Map<string, string>();
  for (const times of ['1', '2']) {
    // It ends here: nothing of this try is heard any more.
    const { before } = build({ answer: null, store });
    await vi.advanceTimersByTimeAsync(0);
    expect(before).toEqual([times]);
  }
  const third = build({ store });
  expect(await third.chosen()).toEqual({ is: 'none', missing: 'crashed' });
  expect(third.workers).toEqual([]);
});

test('a try that ends well forgets one that did not', async () => {
  const store = new Map([[KEY, '1']]);
  expect(await build({ store }).chosen()).toMatchObject({ is: 'bridge' });
  expect(await build({ store }).chosen()).toMatchObject({ is: 'bridge' });
  expect(store.get(KEY)).toBe('0');
});
