// @ts-check
/** Somebody who calls with the window: what they do in it, and what they really see and hear there. */

import assert from 'node:assert/strict';
import { isColourOf } from '../e2e/media.mjs';
import { until } from '../e2e/until.mjs';

/** @typedef {import('../e2e/media.mjs').Look} Look */
/** @typedef {import('../e2e/person.mjs').Somebody} Somebody */
/** @typedef {import('./window.mjs').Window} Window */

/** What WebKitGTK's mock devices show and say: white on black, and a bip and a bop that take turns. */
const MOCK = { colour: /** @type {const} */ ([25, 25, 25]), tone: 1500 };
/** Two seconds of picture from a camera that is asked for little. */
const FRAMES = 30;
/** The share that a pitch may be off. */
const TONE_DRIFT = 0.03;
/** Quieter than this nobody hears it (decibels, 0 is the most there is). */
const AUDIBLE_DB = -60;

/** What `ears.js` puts into every page. @typedef {{ __ears?: import('./ears.js').Ear[] }} HeardWindow */

export class WindowCall {
  /** @type {Look} */
  look = MOCK;

  /** @param {{ name: string, window: Window, desk: import('./desk.mjs').Desk, host: number }} parts */
  constructor({ name, window, desk, host }) {
    this.name = name;
    this.window = window;
    this.desk = desk;
    this.host = host;
  }

  /**
   * @param {Somebody} other
   * @param {'Video' | 'Voice'} [kind]
   */
  async calls(other, kind = 'Video') {
    await this.window.presses(`${kind} call ${other.name}`);
  }

  /** @param {Somebody} other */
  async accepts(other) {
    await until(`${other.name} rings at ${this.name}`, () => this.window.incoming(other.name));
    await this.window.presses('Accept');
  }

  async hangsUp() {
    await this.window.presses('Hang up');
  }

  /** @param {string} words */
  async isTold(words) {
    await this.window.says(words);
  }

  async isFree() {
    await this.window.isFree();
  }

  /** Sound and picture flow: the window counts the seconds. */
  async isInCall() {
    let text = '';
    await until(`${this.name} is in the call`, async () => {
      text = await this.window.page.run(() => document.body.innerText);
      return /^\d\d:\d\d/m.test(text);
    }).catch((error) => assert.fail(`${error.message}; the window says:\n${text}`));
  }

  /**
   * How what is shown of somebody is: its size, and the mean colour; `null` while nothing is.
   * @param {string} name
   * @returns {Promise<{ width: number, height: number, colour: [number, number, number] } | null>}
   */
  picture(name) {
    return this.window.page.run((/** @type {string} */ label) => {
      const video = [...document.querySelectorAll('video')].find((video) => video.getAttribute('aria-label') === label);
      if (video === undefined || video.videoWidth === 0) return null;
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: 32, height: 24 });
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (context === null) return null;
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const mean = (/** @type {number} */ of) => {
        let sum = 0;
        for (let at = of; at < data.length; at += 4) sum += data[at] ?? 0;
        return Math.round((sum * 4) / data.length);
      };
      const colour = /** @type {[number, number, number]} */ ([mean(0), mean(1), mean(2)]);
      return { width: video.videoWidth, height: video.videoHeight, colour };
    }, `${name}'s video`);
  }

  /** @param {Somebody} other */
  async sees(other) {
    let last = null;
    await until('colour', async () => {
      last = await this.picture(other.name);
      return last !== null && isColourOf(last.colour, other.look);
    }).catch(() => assert.fail(`${this.name} sees ${JSON.stringify(last)}, and ${other.name} shows ${other.look.colour}`));
  }

  /**
   * The strongest pitch at the loudspeaker within a second, at its loudest moment.
   * @param {number} [wanted] hertz; when it is heard, the second is over
   * @returns {Promise<{ tone: number, loudness: number }>}
   */
  sound(wanted) {
    return this.window.page.run(
      async (wanted, drift, audible) => {
        const { __ears: ears = [] } = /** @type {HeardWindow} */ (/** @type {unknown} */ (globalThis));
        let loudest = { tone: 0, loudness: -200 };
        const end = performance.now() + 1000;
        while (performance.now() < end) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          for (const { analyser, context } of ears) {
            if (context.state !== 'running') continue;
            const bins = new Float32Array(analyser.frequencyBinCount);
            analyser.getFloatFrequencyData(bins);
            const loudness = Math.max(...bins);
            if (!Number.isFinite(loudness)) continue;
            const now = { tone: (bins.indexOf(loudness) * context.sampleRate) / analyser.fftSize, loudness };
            if (wanted !== null && loudness > audible && Math.abs(now.tone - wanted) < wanted * drift) return now;
            if (loudness > loudest.loudness) loudest = now;
          }
        }
        return loudest;
      },
      wanted ?? null,
      TONE_DRIFT,
      AUDIBLE_DB,
    );
  }

  /** @param {Somebody} other */
  async hears({ name, look: { tone } }) {
    let last = { tone: 0, loudness: -200 };
    await until('tone', async () => {
      last = await this.sound(tone);
      return last.loudness > AUDIBLE_DB && Math.abs(last.tone - tone) < tone * TONE_DRIFT;
    }).catch(() => assert.fail(`${this.name} hears ${JSON.stringify(last)}, and the tone of ${name} is ${tone}`));
  }

  async seesItMove() {
    // However slow the machine is now: how many a second is asked by whoever asks for it.
    await until(`${FRAMES} different pictures at ${this.name}`, async () => (await this.different(10_000, FRAMES)) >= FRAMES);
  }

  /**
   * How many different pictures of the other side are shown in some milliseconds: none is counted twice, and none that
   * was not painted.
   * @param {number} ms
   * @param {number} [enough] no more are counted
   * @returns {Promise<number>}
   */
  different(ms, enough) {
    return this.window.page.run((/** @type {number} */ ms, /** @type {number} */ enough) => {
      const [width, height] = [96, 72];
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d', { willReadFrequently: true });
      const seen = new Set();
      let shown = -1;
      const end = performance.now() + ms;
      return new Promise((resolve) => {
        const look = () => {
          const video = [...document.querySelectorAll('video')].find((one) => one.ariaLabel !== 'Your video');
          // Looking costs what it measures: only a picture that is new is looked at.
          const frames = video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
          if (video !== undefined && video.videoWidth > 0 && context !== null && frames !== shown) {
            shown = frames;
            context.drawImage(video, 0, 0, width, height);
            let hash = 0;
            for (const byte of context.getImageData(0, 0, width, height).data) hash = (Math.imul(hash, 31) + byte) | 0;
            seen.add(hash);
          }
          if (performance.now() > end || seen.size >= enough) resolve(seen.size);
          else setTimeout(look, 25);
        };
        look();
      });
    }, ms, enough ?? Number.MAX_SAFE_INTEGER);
  }

  /** How many pictures of the other side were shown so far, as the page counts them. @returns {Promise<number>} */
  frames() {
    return this.window.page.run(() => {
      const video = [...document.querySelectorAll('video')].find((one) => one.ariaLabel !== 'Your video');
      return video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
    });
  }

  /** Cameras are asked for this size from now on, until the page is loaded anew. @param {{ width: number, height: number }} size */
  async asksFor(size) {
    await this.window.page.run((/** @type {{ width: number, height: number }} */ { width, height }) => {
      const devices = navigator.mediaDevices;
      const kept = /** @type {any} */ (globalThis);
      kept.__open ??= devices.getUserMedia.bind(devices);
      devices.getUserMedia = (wanted) =>
        kept.__open(wanted?.video ? { ...wanted, video: { width, height, frameRate: 30 } } : wanted);
    }, size);
  }

  /** What there is to know when something does not come. */
  account() {
    return this.window.page.run(() => {
      const { __ears: ears } = /** @type {HeardWindow} */ (/** @type {unknown} */ (globalThis));
      return {
        videos: [...document.querySelectorAll('video')].map((video) => ({
          label: video.getAttribute('aria-label'),
          size: [video.videoWidth, video.videoHeight],
          paused: video.paused,
          frames: video.getVideoPlaybackQuality().totalVideoFrames,
        })),
        ears: ears?.map(({ context }) => context.state),
        hidden: document.hidden,
      };
    });
  }
}

