/** How large pictures are encoded: as large as the path and this machine can carry, and changed rarely. */

import type { Content } from '../engine';
import type { Size } from './packets';

interface Level {
  /** The most pixels. */
  readonly pixels: number;
  /** From so many bits per second on it looks better than the next smaller one. */
  readonly bits: number;
  /** More than these cannot be seen in it, and cost both machines. */
  readonly most: number;
}

/** VP8 in realtime mode at 30 pictures a second: fewer bits than these make blocks of a face. */
const LEVELS: Record<Content, readonly [Level, ...Level[]]> = {
  camera: [
    { pixels: 320 * 240, bits: 0, most: 500_000 },
    { pixels: 640 * 480, bits: 250_000, most: 1_500_000 },
    { pixels: 1280 * 720, bits: 900_000, most: 2_500_000 },
  ],
  screen: [
    { pixels: 1280 * 720, bits: 0, most: 2_500_000 },
    { pixels: 1920 * 1080, bits: 900_000, most: 4_000_000 },
  ],
};
/** A size is left only when another was the better one for so long: each change costs a key frame. */
const SETTLED_MS = 2000;
/** How long this machine is watched before it is found too slow, and how long it is spared then. */
const WATCHED_MS = 3000;
const SPARED_MS = 30_000;
/** The share of pictures that may be missed because the encoder is still busy. */
const MISSED = 0.2;
const FEWEST_WATCHED = 30;
/** Even numbers make a picture a little larger than its level. */
const ROUNDED = 1.05;

export class Sizing {
  #level: number | null = null;
  #content: Content = 'camera';
  #unsettled: number | null = null;
  #watch = { since: 0, taken: 0, missed: 0 };
  #spare: { readonly below: number; readonly until: number } | null = null;

  /** The size for a picture of this size, with these bits per second, at this time in milliseconds. */
  fit(source: Size, content: Content, bits: number, now: number): Size {
    const levels = LEVELS[content];
    const best = this.#best(levels, bits, now);
    if (this.#level === null || content !== this.#content || this.#settled(best, now)) {
      this.#level = best;
      this.#content = content;
      this.#unsettled = null;
      // What the last size made the encoder miss says nothing about this one.
      this.#watch = { since: now, taken: 0, missed: 0 };
    }
    const { pixels } = levels[this.#level] ?? levels[0];
    const scale = Math.min(1, Math.sqrt(pixels / (source.width * source.height)));
    return { width: even(source.width * scale), height: even(source.height * scale) };
  }

  /** How many of these bits per second pictures of this size can make use of. */
  spend(size: Size, content: Content, bits: number): number {
    const pixels = size.width * size.height;
    const level = LEVELS[content].find((level) => pixels <= level.pixels * ROUNDED) ?? LEVELS[content].at(-1);
    return Math.min(bits, level?.most ?? bits);
  }

  /** A picture was taken; `missed` when the encoder had no time for it. */
  taken(missed: boolean, now: number): void {
    if (now - this.#watch.since > WATCHED_MS) {
      const { taken, missed: lost } = this.#watch;
      if (this.#level !== null && this.#level > 0 && taken >= FEWEST_WATCHED && lost / taken > MISSED) {
        this.#spare = { below: this.#level, until: now + SPARED_MS };
      }
      this.#watch = { since: now, taken: 0, missed: 0 };
    }
    this.#watch.taken += 1;
    if (missed) this.#watch.missed += 1;
  }

  #best(levels: readonly Level[], bits: number, now: number): number {
    const afforded = levels.findLastIndex((level) => bits >= level.bits);
    if (this.#spare !== null && now >= this.#spare.until) this.#spare = null;
    return Math.max(0, this.#spare === null ? afforded : Math.min(afforded, this.#spare.below - 1));
  }

  #settled(best: number, now: number): boolean {
    if (best === this.#level) {
      this.#unsettled = null;
      return false;
    }
    this.#unsettled ??= now;
    return now - this.#unsettled >= SETTLED_MS;
  }
}

/** Encoders want even sizes; the next smaller one, so that no picture grows. */
function even(length: number): number {
  return Math.max(2, 2 * Math.floor(Math.round(length) / 2));
}
