import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { EngineWord, PageWord } from '../wire.gen';
import { FakeMediaSocket } from './fake';
import { MediaSocket } from './mediaSocket';

const DOOR = { url: 'ws://127.0.0.1:4433/media', token: 'secret' };
const KEY: PageWord = { type: 'key' };
const GREETING = JSON.stringify({ token: 'secret' });

beforeEach(() => {
  FakeMediaSocket.made = [];
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});

function build() {
  const words: EngineWord[] = [];
  const packets: ArrayBuffer[] = [];
  const lost = vi.fn();
  const socket = new MediaSocket({
    door: DOOR,
    onWord: (word) => words.push(word),
    onPacket: (packet) => packets.push(packet),
    onLost: lost,
    Socket: FakeMediaSocket.as(),
  });
  return { socket, words, packets, lost, other: FakeMediaSocket.newest() };
}

test('knocks with the token before anything else', () => {
  const { socket, other } = build();
  expect(other.url).toBe(DOOR.url);
  expect(other.binaryType).toBe('arraybuffer');
  socket.say(KEY);
  expect(other.sent).toEqual([]);
  other.onopen?.();
  expect(other.sent).toEqual([GREETING, JSON.stringify(KEY)]);
});

test('words from before it was open leave in order and once, and only so many', () => {
  const { socket, other } = build();
  const word = (n: number): PageWord => ({ type: 'heard', fill: n, dropped: 0, inserted: 0 });
  for (let n = 0; n < 10_000; n++) socket.say(word(n));
  other.onopen?.();
  expect(other.words).toEqual(Array.from({ length: 128 }, (_, n) => word(n)));
  socket.say(KEY);
  expect(other.words.slice(128)).toEqual([KEY]);
});

test('packets from before it was open are lost, and nothing is said to have left', () => {
  const { socket, other } = build();
  expect(socket.waiting).toBe(Number.POSITIVE_INFINITY);
  socket.send(new ArrayBuffer(1));
  other.onopen?.();
  expect(other.packets).toEqual([]);
  other.bufferedAmount = 77;
  expect(socket.waiting).toBe(77);
  const packet = new ArrayBuffer(2);
  socket.send(packet);
  expect(other.packets).toEqual([packet]);
});

describe('what comes', () => {
  test('is words as text and packets as bytes', () => {
    const { other, words, packets } = build();
    const all: EngineWord[] = [
      { type: 'encode', bits: 5, key: true },
      { type: 'hold' },
      { type: 'report', command: { type: 'dismiss' } },
    ];
    for (const word of all) other.hears(word);
    const packet = new ArrayBuffer(3);
    other.hears(packet);
    expect(words).toEqual(all);
    expect(packets).toEqual([packet]);
  });

  test.each([
    ['no JSON', '{"type":'],
    ['nothing', ''],
    ['a number', '7'],
    ['null', 'null'],
    ['a list', '[]'],
    ['no type', '{}'],
    ['a type that is no text', '{"type":7}'],
    ['an unknown type', '{"type":"key"}'],
    ['a type every object has', '{"type":"constructor"}'],
    ['bytes of another kind', new Blob([])],
  ])('is ignored when it is %s', (_, data) => {
    const { other, words, packets, lost } = build();
    other.onmessage?.({ data });
    expect([words, packets]).toEqual([[], []]);
    other.hears({ type: 'hold' });
    expect(words).toEqual([{ type: 'hold' }]);
    expect(lost).not.toHaveBeenCalled();
  });
});

describe('the other half', () => {
  test('that goes, or never was there, is lost once', () => {
    for (const opened of [true, false]) {
      const { other, lost } = build();
      if (opened) other.onopen?.();
      other.onclose?.();
      expect(lost).toHaveBeenCalledOnce();
    }
  });

  test('that was left is not lost', async () => {
    const { socket, other, lost } = build();
    other.onopen?.();
    socket.close();
    await Promise.resolve();
    expect(other.closed).toBe(true);
    expect(lost).not.toHaveBeenCalled();
  });
});
