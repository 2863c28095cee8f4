// @ts-check
/**
 * Makes a screenshot small enough for the repository. Of a call, colours that nobody can tell apart become one: that
 * takes away the noise which an encoder leaves in a picture. Everything else stays as it was seen.
 */

import { crc32, deflateSync } from 'node:zlib';

/** @typedef {import('playwright-core').Page} Page */

/** How far a pixel may be moved then, of the 441 from black to white. */
const NEAR = 4.5;

/**
 * @param {Page} page whose browser reads the screenshot
 * @param {Buffer} screenshot
 * @param {'call' | 'page'} of
 */
export async function small(page, screenshot, of) {
  const { width, height, pixels } = await decoded(page, screenshot);
  /** @type {Map<number, number>} */
  const instead = of === 'call' ? merged(pixels) : new Map();
  // A row is how it is filtered (not at all), and then red, green and blue of each pixel.
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (const [at, colour] of pixels.entries()) rows.writeUIntBE(instead.get(colour) ?? colour, 1 + Math.floor(at / width) + at * 3, 3);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits a colour, three colours a pixel.
  head.set([8, 2], 8);
  const chunks = [
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

/**
 * Each pixel as one number, `0xrrggbb`.
 * @param {Page} page
 * @param {Buffer} screenshot
 */
async function decoded(page, screenshot) {
  const { width, height, bytes } = await page.evaluate(async (png) => {
    const blob = new Blob([Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))], { type: 'image/png' });
    const image = await createImageBitmap(blob);
    const { width, height } = image;
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext('2d'));
    pen.drawImage(image, 0, 0);
    const reader = new FileReader();
    const read = new Promise((resolve) => reader.addEventListener('load', resolve));
    reader.readAsDataURL(new Blob([pen.getImageData(0, 0, width, height).data]));
    await read;
    return { width, height, bytes: String(reader.result).split(',')[1] ?? '' };
  }, screenshot.toString('base64'));
  const data = Buffer.from(bytes, 'base64');
  const pixels = new Uint32Array(width * height);
  for (const at of pixels.keys()) pixels[at] = data.readUIntBE(at * 4, 3);
  return { width, height, pixels };
}

/**
 * What each colour becomes: the nearest of those that more pixels have, if it is near; otherwise it stays.
 * @param {Uint32Array} pixels
 */
function merged(pixels) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const common = [...counts].sort(([, one], [, other]) => other - one).map(([colour]) => colour);
  /** @type {number[]} */
  const kept = [];
  /** @type {Map<number, number>} */
  const instead = new Map();
  for (const colour of common) {
    let best = { colour, distance: NEAR };
    for (const other of kept) {
      const distance = apart(colour, other);
      if (distance < best.distance) best = { colour: other, distance };
    }
    if (best.colour === colour) kept.push(colour);
    instead.set(colour, best.colour);
  }
  return instead;
}

/**
 * @param {number} one
 * @param {number} other
 */
function apart(one, other) {
  const red = (one >> 16) - (other >> 16);
  const green = ((one >> 8) & 255) - ((other >> 8) & 255);
  const blue = (one & 255) - (other & 255);
  return Math.sqrt(red * red + green * green + blue * blue);
}

/**
 * @param {string} name
 * @param {Buffer} data
 */
function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
