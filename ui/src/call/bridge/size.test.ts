import { describe, expect, test } from 'vitest';
import type { Content } from '../engine';
import { Sizing } from './size';

const HD = { width: 1280, height: 720 };
const FULL = { width: 1920, height: 1080 };
const [SMALL, MIDDLE, LARGE] = [100_000, 500_000, 1_500_000];

/** A camera of 30 pictures a second: every `missed`th comes while the encoder is busy. */
class Camera {
  readonly sizing = new Sizing();
  now = 1e6;
  readonly #source;
  readonly #content: Content;
  width = 0;

  constructor(source = HD, content: Content = 'camera') {
    this.#source = source;
    this.#content = content;
  }

  run(seconds: number, bits: number, missed = Number.POSITIVE_INFINITY): number {
    for (let n = 1; n <= seconds * 30; n++) {
      const busy = n % missed === 0;
      this.sizing.taken(busy, this.now);
      if (!busy) this.width = this.sizing.fit(this.#source, this.#content, bits, this.now).width;
      this.now += 1000 / 30;
    }
    return this.width;
  }
}

describe('the size', () => {
  const first = (source: typeof HD, content: Content, bits: number) => new Sizing().fit(source, content, bits, 0);

  test.each([
    ['camera', HD, SMALL, { width: 370, height: 208 }],
    ['camera', HD, MIDDLE, { width: 738, height: 416 }],
    ['camera', HD, LARGE, HD],
    ['camera', FULL, LARGE, HD],
    ['screen', FULL, SMALL, HD],
    ['screen', FULL, LARGE, FULL],
    ['screen', { width: 3840, height: 2160 }, LARGE, FULL],
  ] as const)('of a %s of %o at %i bits', (content, source, bits, size) => {
    expect(first(source, content, bits)).toEqual(size);
  });

  test('begins at the right one, without waiting', () => {
    expect(first(HD, 'camera', 899_999).width).toBe(738);
    expect(first(HD, 'camera', 900_000).width).toBe(1280);
    expect(first(HD, 'camera', 250_000).width).toBe(738);
    expect(first(HD, 'camera', 249_999).width).toBe(370);
  });

  test('is even, never above the source, and hardly above the level', () => {
    const levels = [
      ['camera', 0, 320 * 240],
      ['camera', MIDDLE, 640 * 480],
      ['camera', LARGE, 1280 * 720],
      ['screen', 0, 1280 * 720],
      ['screen', LARGE, 1920 * 1080],
    ] as const;
    for (const [content, bits, pixels] of levels) {
      for (let side = 2; side < 2500; side += 37) {
        for (const source of [
          { width: side, height: 481 },
          { width: 641, height: side },
          { width: side + 1, height: side },
        ]) {
          const { width, height } = first(source, content, bits);
          expect([width % 2, height % 2]).toEqual([0, 0]);
          expect(width).toBeLessThanOrEqual(source.width);
          expect(height).toBeLessThanOrEqual(source.height);
          expect(Math.min(width, height)).toBeGreaterThanOrEqual(2);
          expect(width * height).toBeLessThan(pixels * 1.01);
        }
      }
    }
  });

  test('of a tiny picture is the least an encoder takes', () => {
    expect(first({ width: 1, height: 1 }, 'camera', LARGE)).toEqual({ width: 2, height: 2 });
  });

  test('keeps the shape of what is upright', () => {
    const { width, height } = first({ width: 720, height: 1280 }, 'camera', MIDDLE);
    expect([width, height]).toEqual([416, 738]);
  });
});

describe('a change', () => {
  test('of the bits has to last for two seconds, upwards and downwards', () => {
    const camera = new Camera();
    expect(camera.run(1, MIDDLE)).toBe(738);
    expect(camera.run(1.9, LARGE)).toBe(738);
    expect(camera.run(0.3, LARGE)).toBe(1280);
    expect(camera.run(1.9, SMALL)).toBe(1280);
    expect(camera.run(0.3, SMALL)).toBe(370);
  });

  test('that is taken back in between begins again', () => {
    const camera = new Camera();
    camera.run(1, MIDDLE);
    for (let n = 0; n < 5; n++) {
      expect(camera.run(1.5, LARGE)).toBe(738);
      camera.run(0.1, MIDDLE);
    }
  });

  test('of what is shown counts at once', () => {
    const sizing = new Sizing();
    expect(sizing.fit(FULL, 'camera', SMALL, 0).width).toBe(370);
    expect(sizing.fit(FULL, 'screen', SMALL, 1).width).toBe(1280);
    expect(sizing.fit(FULL, 'camera', SMALL, 2).width).toBe(370);
  });

  test('of the source counts at once', () => {
    const sizing = new Sizing();
    expect(sizing.fit(HD, 'camera', LARGE, 0).width).toBe(1280);
    expect(sizing.fit({ width: 320, height: 240 }, 'camera', LARGE, 1).width).toBe(320);
  });
});

describe('a machine that is too slow', () => {
  test('is spared by one size for half a minute, and then has another try', () => {
    const camera = new Camera();
    expect(camera.run(2, LARGE, 2)).toBe(1280);
    // Three seconds to notice and two to settle; what the large size missed is not held against the smaller.
    expect(camera.run(4, LARGE, 2)).toBe(738);
    expect(camera.run(24, LARGE)).toBe(738);
    expect(camera.run(8, LARGE)).toBe(1280);
    expect(camera.run(60, LARGE)).toBe(1280);
  });

  test('goes on to the next size when that is too large too', () => {
    const camera = new Camera();
    camera.run(15, LARGE, 2);
    expect(camera.width).toBe(370);
  });

  test('has no smaller size than the smallest', () => {
    const camera = new Camera();
    expect(camera.run(60, LARGE, 2)).toBe(370);
    expect(camera.run(40, LARGE)).toBe(1280);
  });

  test('may miss a sixth of its pictures, and no third', () => {
    const camera = new Camera();
    expect(camera.run(60, LARGE, 6)).toBe(1280);
    expect(camera.run(60, LARGE, 3)).toBeLessThan(1280);
  });

  test('is not judged by a few pictures', () => {
    const sizing = new Sizing();
    for (let n = 0; n < 30; n++) {
      const now = n * 1000;
      // One a second, as of a screen that stands still, and each second one is missed.
      sizing.taken(n % 2 === 0, now);
      expect(sizing.fit(HD, 'camera', LARGE, now).width).toBe(1280);
    }
  });
});

test('no more bits are spent than can be seen', () => {
  const sizing = new Sizing();
  expect(sizing.spend({ width: 320, height: 240 }, 'camera', 3_000_000)).toBe(500_000);
  expect(sizing.spend({ width: 740, height: 416 }, 'camera', 3_000_000)).toBe(1_500_000);
  expect(sizing.spend({ width: 1280, height: 720 }, 'camera', 600_000)).toBe(600_000);
  expect(sizing.spend({ width: 3840, height: 2160 }, 'screen', 9_000_000)).toBe(4_000_000);
});
