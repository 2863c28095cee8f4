// @ts-check
/** What each browser's camera shows and its microphone hears: a colour and a tone of its own. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @typedef {{ colour: readonly [number, number, number], tone: number }} Look */

/** Far from each other in colour and in pitch; none is another's overtone. */
export const LOOKS = {
  /** @type {Look} */
  red: { colour: [200, 40, 40], tone: 440 },
  /** @type {Look} */
  blue: { colour: [40, 60, 200], tone: 660 },
  /** @type {Look} */
  green: { colour: [40, 170, 60], tone: 1000 },
};

/** How far a colour may drift through encoder, decoder and colour spaces; the looks lie more than 150 apart. */
const COLOUR_DRIFT = 60;

const WIDTH = 320;
const HEIGHT = 240;
const FRAMES = 30;
const BLOCK = 24;

const RATE = 48_000;
const SECONDS = 2;

/**
 * Writes both files, as Chromium's fake devices read them.
 * @param {string} folder
 * @param {Look} look
 */
export async function writeMedia(folder, { colour, tone }) {
  const picture = join(folder, 'camera.y4m');
  const sound = join(folder, 'microphone.wav');
  await writeFile(picture, y4m(colour));
  await writeFile(sound, wav(tone));
  return { picture, sound };
}

/**
 * Whether a mean colour is that of a look.
 * @param {readonly [number, number, number]} seen
 * @param {Look} look
 */
export function isColourOf([r, g, b], { colour: [red, green, blue] }) {
  return Math.hypot(r - red, g - green, b - blue) < COLOUR_DRIFT;
}

/**
 * One second of a plain colour with a brighter block that moves, so that there is something to encode.
 * @param {readonly [number, number, number]} rgb
 */
function y4m([r, g, b]) {
  // BT.601, limited range.
  const y = Math.round(16 + 0.257 * r + 0.504 * g + 0.098 * b);
  const u = Math.round(128 - 0.148 * r - 0.291 * g + 0.439 * b);
  const v = Math.round(128 + 0.439 * r - 0.368 * g - 0.071 * b);
  const chroma = (WIDTH / 2) * (HEIGHT / 2);
  const parts = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420mpeg2\n`)];
  for (let frame = 0; frame < FRAMES; frame++) {
    const luma = Buffer.alloc(WIDTH * HEIGHT, y);
    const left = Math.round(((WIDTH - BLOCK) * frame) / FRAMES);
    for (let row = 0; row < BLOCK; row++) luma.fill(y + 30, row * WIDTH + left, row * WIDTH + left + BLOCK);
    parts.push(Buffer.from('FRAME\n'), luma, Buffer.alloc(chroma, u), Buffer.alloc(chroma, v));
  }
  return Buffer.concat(parts);
}

/**
 * A tone that comes and goes four times a second: the browser's noise suppression takes a steady one for noise.
 * @param {number} tone hertz
 */
function wav(tone) {
  const samples = RATE * SECONDS;
  const data = Buffer.alloc(samples * 2);
  for (let at = 0; at < samples; at++) {
    const time = at / RATE;
    const loudness = Math.max(0, Math.sin(2 * Math.PI * 4 * time));
    data.writeInt16LE(Math.round(16_000 * loudness * Math.sin(2 * Math.PI * tone * time)), at * 2);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
