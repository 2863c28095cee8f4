import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { sampleSnapshot } from '../node/samples';
import type { Notice } from '../wire.gen';
import { BrowserHost, DENIED, takeToken } from './browser';
import type { HostState } from './host';

class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }
  hears(notice: unknown): void {
    this.onmessage?.({ data: typeof notice === 'string' ? notice : JSON.stringify(notice) });
  }
  closes(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const SNAPSHOT: Notice = { type: 'snapshot', snapshot: sampleSnapshot() };

function newest(): FakeSocket {
  const socket = FakeSocket.all.at(-1);
  if (socket === undefined) throw new Error('no socket was opened');
  return socket;
}

function connect() {
  const states: HostState[] = [];
  const notices: Notice[] = [];
  const host = new BrowserHost(window, FakeSocket as unknown as typeof WebSocket);
  const line = host.connect(
    { engine: true },
    (notice) => notices.push(notice),
    (state) => states.push(state),
  );
  return { line, states, notices };
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  sessionStorage.clear();
  history.replaceState(null, '', '/#t=secret');
});
afterEach(() => void vi.useRealTimers());

describe('the token', () => {
  test('leaves the address bar at once and is kept for a reload of this tab', () => {
    expect(takeToken(window)).toBe('secret');
    expect(location.hash).toBe('');
    expect(takeToken(window)).toBe('secret');
  });

  test('a fresh one replaces the kept one', () => {
    takeToken(window);
    history.replaceState(null, '', '/#t=fresh');
    expect(takeToken(window)).toBe('fresh');
    expect(takeToken(window)).toBe('fresh');
  });

  test('without one nothing is opened', () => {
    history.replaceState(null, '', '/');
    const { states } = connect();
    expect(states).toEqual(['denied']);
    expect(FakeSocket.all).toHaveLength(0);
  });

  test('is the first thing said on the socket, and not in its address', () => {
    connect();
    newest().opens();
    expect(newest().url).toBe(`ws://${location.host}/socket`);
    expect(newest().sent.map((text) => JSON.parse(text))).toEqual([{ token: 'secret', caps: { engine: true } }]);
  });

  test('that is out of date is not tried again', () => {
    const { states } = connect();
    newest().closes(DENIED);
    vi.advanceTimersByTime(60_000);
    expect(states).toEqual(['denied']);
    expect(FakeSocket.all).toHaveLength(1);
  });

  test('a fresh link in the same tab connects again', () => {
    const { states } = connect();
    newest().closes(DENIED);
    history.replaceState(null, '', '/#t=fresh');
    window.dispatchEvent(new Event('hashchange'));
    newest().opens();
    newest().hears(SNAPSHOT);
    expect(JSON.parse(newest().sent[0] ?? '')).toMatchObject({ token: 'fresh' });
    expect(states).toEqual(['denied', 'open']);
  });
});

describe('the line', () => {
  test('is open with the first notice, and carries both ways', () => {
    const { line, states, notices } = connect();
    newest().opens();
    line.send({ type: 'dismiss' });
    expect(states).toEqual([]);
    newest().hears(SNAPSHOT);
    line.send({ type: 'dismiss' });
    expect(states).toEqual(['open']);
    expect(notices).toEqual([SNAPSHOT]);
    expect(newest().sent.slice(1)).toEqual(['{"type":"dismiss"}']);
  });

  test('what is not a notice is dropped and harms nothing', () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { notices } = connect();
    newest().opens();
    for (const bad of ['{', '7', 'null', '{"type":"nonsense"}']) newest().hears(bad);
    newest().hears(SNAPSHOT);
    expect(notices).toEqual([SNAPSHOT]);
    expect(warned).toHaveBeenCalledTimes(4);
  });

  test('is tried again with growing pauses while the node is gone, and from the start once it was back', () => {
    const { states } = connect();
    const pauses: number[] = [];
    const lose = () => {
      newest().closes();
      const before = FakeSocket.all.length;
      let waited = 0;
      while (FakeSocket.all.length === before && waited < 10_000) {
        vi.advanceTimersByTime(50);
        waited += 50;
      }
      pauses.push(waited);
    };
    for (let i = 0; i < 5; i++) lose();
    expect(pauses).toEqual([250, 500, 1000, 2000, 2000]);
    newest().opens();
    newest().hears(SNAPSHOT);
    pauses.length = 0;
    lose();
    expect(pauses).toEqual([250]);
    expect(states.at(-2)).toBe('open');
    expect(states.at(-1)).toBe('gone');
  });

  test('an old socket that closes late changes nothing', () => {
    const { states } = connect();
    const older = newest();
    history.replaceState(null, '', '/#t=fresh');
    window.dispatchEvent(new Event('hashchange'));
    newest().opens();
    newest().hears(SNAPSHOT);
    older.closes();
    expect(states).toEqual(['open']);
  });
});
