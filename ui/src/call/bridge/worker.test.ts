import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeMediaSocket } from '../../host/fake';
import { FakeTrack } from '../fakes';
import { FakeFrame, FakeGenerator, freshMedia, stubMedia } from './fakes';
import type { FromWorker, ToWorker } from './threads';

const DOOR = { url: 'ws://127.0.0.1:1/media', token: 't' };
let said: FromWorker[] = [];

/** The worker, loaded anew. */
async function load(): Promise<(message: ToWorker) => void> {
  vi.resetModules();
  vi.stubGlobal('onmessage', null);
  await import('./worker');
  return (data) => globalThis.onmessage?.call(window, new MessageEvent('message', { data }));
}

beforeEach(() => {
  said = [];
  freshMedia();
  FakeMediaSocket.made = [];
  stubMedia((name, value) => vi.stubGlobal(name, value));
  vi.stubGlobal('WebSocket', FakeMediaSocket);
  vi.stubGlobal('postMessage', (message: FromWorker) => said.push(message));
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => void vi.unstubAllGlobals());

const socket = (n: number) => FakeMediaSocket.made[n];
const generated = (n: number) => FakeGenerator.made[n]?.track;

test('answers what this webview can do', async () => {
  const say = await load();
  vi.stubGlobal('VideoEncoder', undefined);
  say({ is: 'probe' });
  await vi.waitFor(() => expect(said).toEqual([{ is: 'probed', probed: { missing: 'webcodecs' } }]));
});

test('what a session says has its number, however late it says it', async () => {
  const say = await load();
  say({ is: 'open', door: DOOR, session: 4 });
  const lose = socket(0)?.onclose;
  say({ is: 'open', door: DOOR, session: 5 });
  expect(socket(0)?.closed).toBe(true);
  lose?.();
  socket(1)?.onclose?.();
  expect(said).toEqual([
    { is: 'track', track: generated(0), session: 4 },
    { is: 'track', track: generated(1), session: 5 },
    { is: 'lost', session: 4 },
    { is: 'lost', session: 5 },
  ]);
});

test('what cannot be opened is lost', async () => {
  const say = await load();
  say({ is: 'open', door: { ...DOOR, url: '' }, session: 1 });
  FakeGenerator.refused = true;
  say({ is: 'open', door: DOOR, session: 2 });
  expect(said.filter(({ is }) => is === 'lost')).toEqual([
    { is: 'lost', session: 1 },
    { is: 'lost', session: 2 },
  ]);
  expect(FakeMediaSocket.made).toEqual([]);
});

test('without a session nothing stays open', async () => {
  const say = await load();
  const nothing = () => {
    const track = new FakeTrack('video');
    const frame = new FakeFrame({});
    const { port1 } = new MessageChannel();
    const close = vi.spyOn(port1, 'close');
    say({ is: 'track', track: track.as(), content: 'camera' });
    say({ is: 'track', track: null, content: 'camera' });
    say({ is: 'frame', frame: frame.as(), content: 'camera' });
    say({ is: 'voice', port: port1 });
    say({ is: 'say', word: { type: 'key' } });
    expect([track.readyState, frame.closed]).toEqual(['ended', 1]);
    expect(close).toHaveBeenCalledOnce();
  };
  nothing();
  say({ is: 'open', door: DOOR, session: 1 });
  say({ is: 'close' });
  say({ is: 'close' });
  nothing();
  expect(socket(0)?.closed).toBe(true);
  expect(FakeMediaSocket.made).toHaveLength(1);
});

test('words, tracks, frames and sound go to the session that is open', async () => {
  const say = await load();
  say({ is: 'open', door: DOOR, session: 1 });
  say({ is: 'close' });
  say({ is: 'open', door: DOOR, session: 2 });
  socket(1)?.onopen?.();
  const track = new FakeTrack('video');
  const frame = new FakeFrame({});
  const { port1 } = new MessageChannel();
  say({ is: 'say', word: { type: 'live', call: 'c' } });
  say({ is: 'track', track: track.as(), content: 'camera' });
  say({ is: 'frame', frame: frame.as(), content: 'camera' });
  say({ is: 'voice', port: port1 });
  expect(socket(1)?.words).toEqual([{ type: 'live', call: 'c' }]);
  expect([track.readyState, frame.closed, port1.onmessage === null]).toEqual(['live', 1, false]);
  say({ is: 'close' });
  expect(track.readyState).toBe('ended');
});
