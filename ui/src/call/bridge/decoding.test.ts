import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Decoding } from './decoding';
import { FakeChunk, FakeDecoder, FakeFrame, freshMedia, keyFrame } from './fakes';

beforeEach(() => {
  freshMedia();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});

const DELTA = new Uint8Array([0x11, 0, 0]);

function build() {
  const clock = { now: 1000 };
  const shown: VideoFrame[] = [];
  const asked: number[] = [];
  const decoding = new Decoding({
    show: (frame) => shown.push(frame),
    askKey: () => asked.push(clock.now),
    Decoder: FakeDecoder.as(),
    Chunk: FakeChunk.as(),
    now: () => clock.now,
  });
  return {
    decoding,
    clock,
    shown,
    asked,
    key: (width = 640, height = 480) => decoding.take(true, 0, keyFrame(width, height)),
    delta: () => decoding.take(false, 0, DELTA),
  };
}

const types = () => FakeDecoder.made.map(({ chunks }) => chunks.map(({ type }) => type));

test('a key frame and what follows it is decoded, and what comes out is shown', () => {
  const { decoding, shown, asked } = build();
  const first = keyFrame(640, 480);
  decoding.take(true, 10.4, first);
  decoding.take(false, 33_343.5, DELTA);
  expect(FakeDecoder.newest().chunks).toMatchObject([
    { type: 'key', timestamp: 10, data: first },
    { type: 'delta', timestamp: 33_344, data: DELTA },
  ]);
  const frame = new FakeFrame({});
  FakeDecoder.newest().init.output(frame);
  expect(shown).toEqual([frame]);
  expect(frame.closed).toBe(0);
  expect(asked).toEqual([]);
});

describe('before a key frame', () => {
  test('nothing is decoded, and one is asked for at most every 400 ms', () => {
    const { delta, clock, asked } = build();
    for (let n = 0; n < 100; n++) {
      delta();
      clock.now += 33;
    }
    expect(FakeDecoder.made).toEqual([]);
    expect(asked.length).toBe(8);
    expect(asked.slice(1).every((at, n) => at - (asked[n] ?? 0) >= 400)).toBe(true);
  });

  test('one that has no size is none', () => {
    const { decoding, delta, key, asked } = build();
    decoding.take(true, 0, DELTA);
    decoding.take(true, 0, new Uint8Array(0));
    delta();
    expect(asked).toEqual([1000]);
    key();
    delta();
    expect(types()).toEqual([['key', 'delta']]);
  });
});

test('a key frame that has no size is left out, and another asked for', () => {
  const { decoding, key, delta, asked } = build();
  key();
  decoding.take(true, 0, DELTA);
  delta();
  expect(types()).toEqual([['key', 'delta']]);
  expect(asked).toEqual([1000]);
});

describe('the decoder is configured', () => {
  test('with the size of the first key frame, and again for another', () => {
    const { key } = build();
    for (const [width, height] of [
      [640, 480],
      [640, 480],
      [1280, 720],
      [1280, 480],
      [640, 480],
    ]) {
      key(width, height);
    }
    const config = { codec: 'vp8', optimizeForLatency: true };
    expect(FakeDecoder.newest().configured).toEqual([
      { ...config, codedWidth: 640, codedHeight: 480 },
      { ...config, codedWidth: 1280, codedHeight: 720 },
      { ...config, codedWidth: 1280, codedHeight: 480 },
      { ...config, codedWidth: 640, codedHeight: 480 },
    ]);
    expect(types()).toEqual([Array(5).fill('key')]);
  });
});

describe('a decoder that fails', () => {
  test('by itself gives way to a new one, which waits for a key frame', () => {
    const { key, delta, asked, clock } = build();
    key();
    delta();
    clock.now = 2000;
    FakeDecoder.newest().breaks();
    expect(asked).toEqual([2000]);
    delta();
    expect(FakeDecoder.made).toHaveLength(1);
    key();
    delta();
    expect(types()).toEqual([
      ['key', 'delta'],
      ['key', 'delta'],
    ]);
    expect(FakeDecoder.newest().configured).toHaveLength(1);
  });

  test.each(['make', 'configure', 'code'] as const)('to %s gives way to a new one', (step) => {
    const { key, delta, asked } = build();
    FakeDecoder.fails = step;
    key();
    delta();
    expect(asked).toEqual([1000]);
    FakeDecoder.fails = null;
    key();
    delta();
    expect(FakeDecoder.newest().chunks.map(({ type }) => type)).toEqual(['key', 'delta']);
    expect(FakeDecoder.made.slice(0, -1).every(({ state }) => state === 'closed')).toBe(true);
  });

  test('again and again asks every 400 ms only', () => {
    const { key, clock, asked } = build();
    for (let n = 0; n < 30; n++) {
      key();
      FakeDecoder.newest().breaks();
      clock.now += 33;
    }
    expect(asked).toHaveLength(3);
  });

  test('late takes nothing from the present one', () => {
    const { key, delta, asked } = build();
    key();
    const older = FakeDecoder.newest();
    older.breaks();
    key();
    older.breaks();
    delta();
    expect(types()).toEqual([['key'], ['key', 'delta']]);
    expect(asked).toHaveLength(1);
  });
});

describe('a decoder that falls behind', () => {
  test('is left with all that waits in it, and the next key frame begins anew', () => {
    const { key, delta, asked } = build();
    key();
    FakeDecoder.newest().decodeQueueSize = 30;
    delta();
    FakeDecoder.newest().decodeQueueSize = 31;
    delta();
    delta();
    expect(FakeDecoder.newest().state).toBe('closed');
    expect(asked).toEqual([1000]);
    key();
    expect(types()).toEqual([['key', 'delta'], ['key']]);
  });

  test('goes on with a key frame that comes just then', () => {
    const { key, asked } = build();
    key();
    FakeDecoder.newest().decodeQueueSize = 31;
    key();
    expect(types()).toEqual([['key'], ['key']]);
    expect(asked).toEqual([]);
  });
});

test('a time that is none breaks nothing for long', () => {
  const { decoding, key, delta } = build();
  decoding.take(true, Number.NaN, keyFrame(640, 480));
  key();
  delta();
  expect(FakeDecoder.newest().chunks.map(({ type }) => type)).toEqual(['key', 'delta']);
});

test('the end closes the decoder, broken or not', () => {
  const { decoding, key } = build();
  decoding.close();
  key();
  decoding.close();
  decoding.close();
  expect(FakeDecoder.newest().state).toBe('closed');
});
