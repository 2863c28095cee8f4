// @ts-check
/** What people send each other in the pictures of the guide. */

import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @typedef {import('playwright-core').Page} Page */

const PHOTOS = 12;
const PHOTO_BYTES = 1_150_000;
const FILM_BYTES = 64_000_000;

/**
 * Twelve photos in a folder, a film, and a photo that is one: it is shown small.
 * @param {string} home
 * @param {Page} page where the photo is drawn
 */
export async function makeFiles(home, page) {
  const folder = join(home, 'Trip to the lake');
  await mkdir(folder);
  for (let n = 1; n <= PHOTOS; n++) await writeFile(join(folder, `lake ${n}.jpg`), randomBytes(PHOTO_BYTES));
  const film = join(home, 'The boat race.mp4');
  await writeFile(film, randomBytes(FILM_BYTES));
  const photo = join(home, 'The lake.jpg');
  await writeFile(photo, Buffer.from(await page.evaluate(drawLake), 'base64'));
  return { folder, film, photo };
}

/** In a page: a lake between mountains, as a JPEG in base64. */
function drawLake() {
  const [width, height] = [1800, 800];
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  /** @type {(colour: string | CanvasGradient, points: readonly (readonly [number, number])[]) => void} */
  const shape = (colour, points) => {
    pen.fillStyle = colour;
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x * width, y * height);
    pen.fill();
  };
  /** @type {(top: string, bottom: string, from: number, to: number) => void} */
  const fade = (top, bottom, from, to) => {
    const colours = pen.createLinearGradient(0, from * height, 0, to * height);
    colours.addColorStop(0, top);
    colours.addColorStop(1, bottom);
    shape(colours, [[0, from], [1, from], [1, to], [0, to]]);
  };
  fade('#7fb7d8', '#fbe3c0', 0, 0.6);
  pen.fillStyle = '#fff4d6';
  pen.beginPath();
  pen.arc(0.72 * width, 0.22 * height, 70, 0, 7);
  pen.fill();
  shape('#8e9db8', [[0, 0.6], [0, 0.36], [0.12, 0.2], [0.24, 0.42], [0.38, 0.14], [0.56, 0.46], [0.7, 0.3], [0.86, 0.5], [1, 0.34], [1, 0.6]]);
  shape('#f4f6fb', [[0.38, 0.14], [0.33, 0.228], [0.36, 0.21], [0.385, 0.24], [0.41, 0.2], [0.43, 0.229]]);
  shape('#55785a', [[0, 0.6], [0, 0.5], [0.18, 0.44], [0.4, 0.56], [0.62, 0.5], [0.84, 0.57], [1, 0.48], [1, 0.6]]);
  fade('#9cc6d6', '#2f6f8c', 0.6, 1);
  pen.fillStyle = 'rgb(255 244 214 / 55%)';
  for (let n = 0; n < 9; n++) pen.fillRect((0.68 + 0.004 * n) * width, (0.63 + 0.035 * n) * height, (0.08 - 0.008 * n) * width, 7);
  shape('#7a4526', [[0.2, 0.8], [0.38, 0.8], [0.35, 0.87], [0.23, 0.87]]);
  shape('#fffaf0', [[0.29, 0.42], [0.29, 0.78], [0.37, 0.78]]);
  shape('#c8553d', [[0.282, 0.48], [0.282, 0.78], [0.215, 0.78]]);
  return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] ?? '';
}
