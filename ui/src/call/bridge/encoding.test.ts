import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Content } from '../engine';
import { Encoding } from './encoding';
import { FakeChunk, FakeEncoder, FakeFrame, freshMedia } from './fakes';

beforeEach(() => {
  freshMedia();
  vi.stubGlobal('VideoFrame', FakeFrame);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  // Whatever a test was about.
  expect(FakeFrame.made.filter(({ closed }) => closed !== 1)).toEqual([]);
  vi.unstubAllGlobals();
});

const BITS = 1_000_000;

function build() {
  const clock = { now: 5000.25 };
  const way = { waiting: 0 };
  const sent: ArrayBuffer[] = [];
  const encoding = new Encoding({
    send: (packet) => sent.push(packet),
    waiting: () => way.waiting,
    Encoder: FakeEncoder.as(),
    now: () => clock.now,
  });
  const take = ({ content = 'camera', width = 640, height = 480 }: Partial<Taken> = {}) => {
    const frame = new FakeFrame({ displayWidth: width, displayHeight: height }, { timestamp: 77 });
    encoding.take(frame.as(), content);
    return frame;
  };
  return { encoding, clock, way, sent, take };
}

interface Taken {
  content: Content;
  width: number;
  height: number;
}

function wanting() {
  const built = build();
  built.encoding.want({ bits: BITS, key: true });
  return built;
}

const keys = () => FakeEncoder.made.flatMap((encoder) => encoder.keys);

describe('before both said yes', () => {
  test('a key frame is encoded each 200 ms, small as between two others, and the stream goes on from the last', () => {
    const { encoding, take, clock } = build();
    encoding.rehearse(600_000);
    for (let n = 0; n < 30; n++) {
      take();
      clock.now += 33;
    }
    const rehearsed = keys();
    expect(rehearsed).toEqual([true, true, true, true, true]);
    expect(FakeEncoder.newest().configured.map(({ bitrate }) => bitrate)).toEqual([100_000]);
    encoding.want({ bits: 600_000, key: false });
    take();
    expect(keys().slice(rehearsed.length)).toEqual([false]);
    expect(FakeEncoder.made).toHaveLength(1);
    expect(FakeEncoder.newest().configured.at(-1)?.bitrate).toBe(600_000);
  });

  test('an encoder that fails is made anew', () => {
    const { encoding, take, clock } = build();
    encoding.rehearse(600_000);
    take();
    FakeEncoder.newest().breaks();
    clock.now += 200;
    take();
    expect(keys()).toEqual([true, true]);
  });
});

describe('a frame is closed and not encoded', () => {
  test('before any was wanted', () => {
    const { take } = build();
    expect(take().closed).toBe(1);
    expect(FakeEncoder.made).toEqual([]);
  });

  test('once no more are wanted', () => {
    const { encoding, take } = wanting();
    take();
    encoding.want(null);
    take();
    expect(keys()).toHaveLength(1);
    encoding.want({ bits: BITS, key: false });
    take();
    expect(keys()).toHaveLength(2);
  });

  test('while the encoder is busy', () => {
    const { take } = wanting();
    take();
    const encoder = FakeEncoder.newest();
    encoder.encodeQueueSize = 2;
    expect(take().closed).toBe(1);
    expect(keys()).toHaveLength(1);
    encoder.encodeQueueSize = 1;
    take();
    expect(keys()).toHaveLength(2);
  });

  test('while more than 200 kB wait, or nothing can leave at all', () => {
    const { take, way } = wanting();
    for (const waiting of [200_001, Number.POSITIVE_INFINITY]) {
      way.waiting = waiting;
      expect(take().closed).toBe(1);
      expect(keys()).toEqual([]);
    }
    way.waiting = 200_000;
    take();
    expect(keys()).toHaveLength(1);
  });

  test('when it cannot be stamped; the next is encoded', () => {
    const { take } = wanting();
    take();
    FakeFrame.refused = true;
    const frame = { closed: 0, close: () => undefined, displayWidth: 640, displayHeight: 480 };
    const close = vi.spyOn(frame, 'close');
    const { encoding } = wanting();
    encoding.take(frame as unknown as VideoFrame, 'camera');
    expect(close).toHaveBeenCalledOnce();
    FakeFrame.refused = false;
    take();
    expect(keys()).toEqual([true, false]);
  });

  test.each(['make', 'configure', 'code'] as const)('when to %s fails; the next is encoded', (step) => {
    const { take } = wanting();
    FakeEncoder.fails = step;
    expect(take().closed).toBe(1);
    expect(take().closed).toBe(1);
    FakeEncoder.fails = null;
    take();
    expect(keys()).toEqual([true]);
    expect(FakeEncoder.newest().state).toBe('configured');
    expect(FakeEncoder.made.slice(0, -1).every(({ state }) => state === 'closed')).toBe(true);
  });

  test('after the end', () => {
    const { encoding, take } = wanting();
    take();
    encoding.close();
    take();
    expect(FakeEncoder.made).toHaveLength(1);
    expect(FakeEncoder.newest().state).toBe('closed');
    expect(keys()).toHaveLength(1);
  });
});

test('what was encoded leaves with the time the page took it, in microseconds of its clock', () => {
  const { take, sent, clock } = wanting();
  take();
  clock.now = 5033.5;
  take();
  expect(FakeEncoder.newest().frames.map(({ timestamp }) => timestamp)).toEqual([5_000_250, 5_033_500]);
  const data = new Uint8Array([1, 2, 3]);
  FakeEncoder.newest().init.output(new FakeChunk({ type: 'key', timestamp: 5_000_250, data }));
  const [packet = new ArrayBuffer(0)] = sent;
  expect(new DataView(packet).getFloat64(8, true)).toBe(5_000_250);
  expect([...new Uint8Array(packet, 16)]).toEqual([1, 2, 3]);
});

describe('a key frame', () => {
  test('comes first, whether or not it was asked for', () => {
    const { encoding, take } = build();
    encoding.want({ bits: BITS, key: false });
    for (let n = 0; n < 3; n++) take();
    expect(keys()).toEqual([true, false, false]);
  });

  test('that is asked for is one frame', () => {
    const { encoding, take } = wanting();
    for (let n = 0; n < 2; n++) take();
    encoding.want({ bits: BITS, key: true });
    for (let n = 0; n < 3; n++) take();
    expect(keys()).toEqual([true, false, true, false, false]);
  });

  test('that is asked for waits for a frame that is encoded', () => {
    const { encoding, take, way } = wanting();
    take();
    encoding.want({ bits: BITS, key: true });
    way.waiting = Number.POSITIVE_INFINITY;
    take();
    way.waiting = 0;
    FakeEncoder.newest().encodeQueueSize = 2;
    take();
    FakeEncoder.newest().encodeQueueSize = 0;
    take();
    expect(keys()).toEqual([true, true]);
  });

  test('that is no longer wanted when pictures are wanted again is not made', () => {
    const { encoding, take } = wanting();
    take();
    encoding.want({ bits: BITS, key: true });
    encoding.want(null);
    encoding.want({ bits: BITS, key: false });
    take();
    expect(keys()).toEqual([true, false]);
  });

  test('survives an encoder that refuses it', () => {
    const { encoding, take } = wanting();
    take();
    encoding.want({ bits: BITS, key: true });
    FakeEncoder.fails = 'code';
    take();
    FakeEncoder.fails = null;
    encoding.want({ bits: BITS, key: false });
    for (let n = 0; n < 2; n++) take();
    expect(FakeEncoder.made.map((encoder) => encoder.keys)).toEqual([[true], [true, false]]);
  });

  test('survives an encoder that breaks with it', () => {
    const { encoding, take } = wanting();
    take();
    encoding.want({ bits: BITS, key: true });
    take();
    FakeEncoder.newest().breaks();
    take();
    expect(FakeEncoder.made.map((encoder) => encoder.keys)).toEqual([[true, true], [true]]);
  });
});

test('an older encoder that breaks late takes nothing from the present one', () => {
  const { take } = wanting();
  take();
  const older = FakeEncoder.newest();
  older.breaks();
  take();
  older.breaks();
  take();
  expect(FakeEncoder.made).toHaveLength(2);
  expect(FakeEncoder.newest().keys).toEqual([true, false]);
});

describe('the encoder is configured', () => {
  const configured = () => FakeEncoder.newest().configured;

  test('for calls, once', () => {
    const { take } = wanting();
    for (let n = 0; n < 5; n++) take();
    expect(configured()).toEqual([
      { codec: 'vp8', width: 640, height: 480, bitrate: BITS, framerate: 30, latencyMode: 'realtime' },
    ]);
  });

  test('for a change of the bits by more than a tenth, which needs no key frame', () => {
    const { encoding, take } = wanting();
    take();
    for (const bits of [1_099_999, 900_000, 1_100_000]) {
      encoding.want({ bits, key: false });
      take();
    }
    expect(configured()).toHaveLength(1);
    encoding.want({ bits: 1_100_001, key: false });
    take();
    expect(configured().map(({ bitrate }) => bitrate)).toEqual([BITS, 1_100_001]);
    expect(keys()).toEqual([true, false, false, false, false]);
  });

  test('for many small changes in the same direction at last', () => {
    const { encoding, take } = wanting();
    for (let n = 0; n < 10; n++) {
      encoding.want({ bits: BITS * 1.03 ** n, key: false });
      take();
    }
    expect(configured().map(({ bitrate = 0 }) => Math.round(bitrate / 1000))).toEqual([1000, 1126, 1267]);
  });

  test('for another size, with a key frame', () => {
    const { take } = wanting();
    take();
    take({ width: 480, height: 640 });
    take({ width: 480, height: 640 });
    expect(configured().map(({ width, height }) => [width, height])).toEqual([
      [640, 480],
      [480, 640],
    ]);
    expect(keys()).toEqual([true, true, false]);
  });

  test('for a screen, with a key frame and fewer pictures', () => {
    const { take } = wanting();
    take();
    take({ content: 'screen' });
    expect(configured().map(({ framerate }) => framerate)).toEqual([30, 15]);
    expect(keys()).toEqual([true, true]);
  });

  test('smaller when the path has got narrow, after a while', () => {
    const { encoding, take, clock } = wanting();
    take({ width: 1280, height: 720 });
    encoding.want({ bits: 300_000, key: false });
    for (let n = 0; n < 90; n++) {
      clock.now += 33;
      take({ width: 1280, height: 720 });
    }
    expect(configured().map(({ width }) => width)).toEqual([1280, 1280, 738]);
    expect(keys().filter((key) => key)).toHaveLength(2);
  });

  test('smaller when the encoder is too slow', () => {
    const { take, clock } = wanting();
    take({ width: 1280, height: 720 });
    for (let n = 0; n < 180; n++) {
      clock.now += 33;
      FakeEncoder.newest().encodeQueueSize = n % 2 === 0 ? 2 : 0;
      take({ width: 1280, height: 720 });
    }
    expect(configured().map(({ width }) => width)).toEqual([1280, 738]);
  });
});
