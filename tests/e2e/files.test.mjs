// @ts-check
/** Files in a conversation: dropped, picked or pasted at one end, and at the other as they were, with a yes in between. */

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { LOOKS } from './media.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

/** @typedef {import('./person.mjs').Person} Person */

/** Some ten seconds for the large file, so that there is something to see of it. */
const SLOW = { rate_kbit: 16_000 };
const LARGE = 20_000_000;

const scene = await Scene.open(2);
const [ada, ben] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
]);
const home = await mkdtemp(join(tmpdir(), 'dogeller-files-'));
after(() => rm(home, { recursive: true, force: true }));

/** @param {Person} one */
const other = (one) => (one === ada ? ben : ada);
/** @param {Person} one */
const log = (one) => one.page.getByRole('log', { name: 'Messages' });
/** @param {Person} one */
const last = (one) => log(one).getByRole('listitem').last();
/** @param {Person} one */
const downloads = (one) => join(scene.folderOf(one), 'downloads');
/** @param {Buffer} bytes */
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @param {Person} one */
async function opens(one) {
  await one.button(other(one).name).click();
  await one.page.getByRole('textbox', { name: `Message ${other(one).name}`, exact: true }).waitFor();
}

/**
 * As the browser does when files come from the desktop.
 * @param {Person} one
 * @param {string[]} files paths
 */
async function drops(one, files) {
  const box = await one.page.getByRole('textbox', { name: `Message ${other(one).name}`, exact: true }).boundingBox();
  assert.ok(box !== null);
  const devtools = await one.page.context().newCDPSession(one.page);
  const data = { items: [], files, dragOperationsMask: 1 };
  const at = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y - 100) };
  await devtools.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at, data });
  await devtools.send('Input.dispatchDragEvent', { type: 'dragOver', ...at, data });
  await one.words(`Drop to send to ${other(one).name}`).waitFor();
  await devtools.send('Input.dispatchDragEvent', { type: 'drop', ...at, data });
  await devtools.detach();
}

/**
 * @param {Person} one
 * @param {string} words
 */
const shows = (one, words) => last(one).getByText(words, { exact: true }).waitFor();

/** @param {Person} one */
const percent = async (one) => Number((await last(one).getByRole('progressbar').getAttribute('aria-valuenow')) ?? 0);

/**
 * @param {Person} one
 * @param {number} past
 */
const moves = (one, past) => until(`more than ${past} % at ${one.name}`, async () => (await percent(one)) > past);

scene.proves('a file that is dropped is offered, and comes once it is accepted', async () => {
  await ada.entry(ben).waitFor();
  await Promise.all([opens(ada), opens(ben)]);
  const film = join(home, 'film <b>.mp4');
  const bytes = randomBytes(3_000_000);
  await writeFile(film, bytes);
  await drops(ada, [film]);
  await shows(ada, 'Waiting for Ben to accept');
  await last(ben).getByText('film _b_.mp4').waitFor();
  assert.deepEqual(await readdir(downloads(ben)).catch(() => []), [], 'nothing comes before Ben says yes');
  await last(ben).getByRole('button', { name: 'Accept film _b_.mp4' }).click();
  await Promise.all([shows(ada, 'Received'), shows(ben, 'Received')]);
  const path = join(downloads(ben), 'film _b_.mp4');
  await last(ben).getByText(path).waitFor();
  assert.equal(hash(await readFile(path)), hash(bytes));
});

scene.proves('a folder comes with all that is in it', async () => {
  const trip = join(home, 'trip');
  await mkdir(join(trip, 'photos'), { recursive: true });
  for (let n = 0; n < 30; n++) await writeFile(join(trip, 'photos', `${n}.jpg`), randomBytes(1000 * n));
  await writeFile(join(trip, 'notes.txt'), 'hello');
  await drops(ben, [trip]);
  await last(ada).getByText('31 files in 2 folders', { exact: false }).waitFor();
  await last(ada).getByRole('button', { name: 'Accept trip' }).click();
  await Promise.all([shows(ada, 'Received'), shows(ben, 'Received')]);
  assert.equal(await readFile(join(downloads(ada), 'trip/notes.txt'), 'utf8'), 'hello');
  assert.equal((await readdir(join(downloads(ada), 'trip/photos'))).length, 30);
});

scene.proves('what is declined does not come', async () => {
  const chosen = ada.page.waitForEvent('filechooser');
  await ada.button('Send file to Ben').click();
  await (await chosen).setFiles({ name: 'advert.pdf', mimeType: 'application/pdf', buffer: randomBytes(1000) });
  await last(ben).getByRole('button', { name: 'Decline advert.pdf' }).click();
  await Promise.all([shows(ada, 'Ben declined'), shows(ben, 'You declined')]);
  assert.ok(!(await readdir(downloads(ben))).includes('advert.pdf'));
});

scene.proves('a picture that is pasted is sent after a question', async () => {
  await ada.page.getByRole('textbox', { name: 'Message Ben', exact: true }).focus();
  await ada.page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 64, height: 48 });
    const blob = await new Promise((resolve) => canvas.toBlob(resolve));
    const data = new DataTransfer();
    data.items.add(new File([/** @type {Blob} */ (blob)], 'image.png', { type: 'image/png' }));
    document.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await ada.page.getByRole('alertdialog').getByRole('button', { name: /^Send / }).click();
  const accept = last(ben).getByRole('button', { name: /^Accept picture / });
  await accept.click();
  await Promise.all([shows(ada, 'Received'), shows(ben, 'Received')]);
  const pictures = (await readdir(downloads(ben))).filter((name) => /^picture .*\.png$/.test(name));
  assert.equal(pictures.length, 1);
});

/**
 * The preview of the last entry, decoded: its size, and the colours left and right.
 * @param {Person} one
 */
async function preview(one) {
  const picture = last(one).getByRole('img', { name: /^Preview of / });
  await picture.waitFor();
  return picture.evaluate(async (element) => {
    const image = /** @type {HTMLImageElement} */ (element);
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    const canvas = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.drawImage(image, 0, 0);
    const at = (/** @type {number} */ x) => {
      const [r = 0, , b = 0] = context.getImageData(x, height / 2, 1, 1).data;
      return r > 150 && b < 100 ? 'red' : b > 150 && r < 100 ? 'blue' : 'other';
    };
    return { width, height, left: at(10), right: at(width - 10) };
  });
}

scene.proves('a photograph is seen at both ends, and still after a restart; what only calls itself one is not', async () => {
  const bytes = await ada.page.evaluate(() => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 1600, height: 1200 });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.fillStyle = 'rgb(230, 10, 10)';
    context.fillRect(0, 0, 800, 1200);
    context.fillStyle = 'rgb(10, 10, 230)';
    context.fillRect(800, 0, 800, 1200);
    return canvas.toDataURL('image/jpeg').split(',')[1] ?? '';
  });
  const photo = join(home, 'beach.JPG');
  await writeFile(photo, Buffer.from(bytes, 'base64'));
  await drops(ada, [photo]);
  const seen = { width: 480, height: 360, left: 'red', right: 'blue' };
  assert.deepEqual(await preview(ada), seen, 'who sends it sees it before anybody accepts');
  await last(ben).getByRole('button', { name: 'Accept beach.JPG' }).waitFor();
  assert.equal(await last(ben).getByRole('img', { name: /^Preview of / }).count(), 0, 'nothing comes before a yes');
  await last(ben).getByRole('button', { name: 'Accept beach.JPG' }).click();
  await shows(ben, 'Received');
  assert.deepEqual(await preview(ben), seen);
  await rm(join(downloads(ben), 'beach.JPG'));
  await ben.node.kill();
  await scene.restart(ben);
  await opens(ben);
  assert.deepEqual(await preview(ben), seen);
  const fake = join(home, 'fake.png');
  await writeFile(fake, Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), randomBytes(5000)]));
  await drops(ada, [fake]);
  await last(ben).getByRole('button', { name: 'Accept fake.png' }).click();
  await Promise.all([shows(ada, 'Received'), shows(ben, 'Received')]);
  // A later entry has none by then, as it is looked at after it.
  await drops(ada, [photo]);
  assert.deepEqual(await preview(ada), seen);
  const before = log(ada).getByRole('listitem').nth(-2);
  await before.getByText('fake.png').waitFor();
  assert.equal(await before.getByRole('img', { name: /^Preview of / }).count(), 0);
  await last(ben).getByRole('button', { name: 'Decline beach.JPG' }).click();
  await shows(ada, 'Ben declined');
});

scene.proves('both see how far it is, either may pause, and it goes on over a kill -9', async (t) => {
  const large = join(home, 'large.bin');
  const bytes = randomBytes(LARGE);
  await writeFile(large, bytes);
  await Promise.all([scene.lab.set(0, SLOW), scene.lab.set(1, SLOW)]);
  await drops(ada, [large]);
  await last(ben).getByRole('button', { name: 'Accept large.bin' }).click();
  await Promise.all([moves(ada, 3), moves(ben, 3)]);
  for (const one of [ada, ben])
    await until(`a speed at ${one.name}`, async () => /\d+ % · [\d.]+ [MK]B\/s/.test(await last(one).innerText()));
  await last(ben).getByRole('button', { name: 'Pause large.bin' }).click();
  await Promise.all([shows(ben, 'Paused'), shows(ada, 'Paused by Ben')]);
  const paused = await percent(ben);
  await last(ben).getByRole('button', { name: 'Resume large.bin' }).click();
  await moves(ada, paused);
  await ben.node.kill();
  await scene.restart(ben);
  await opens(ben);
  await Promise.all([shows(ada, 'Received'), shows(ben, 'Received')]);
  assert.equal(hash(await readFile(join(downloads(ben), 'large.bin'))), hash(bytes));
  assert.deepEqual((await readdir(downloads(ben))).filter((name) => name.startsWith('.')), [], 'no half file is left');
  t.diagnostic(`paused at ${paused} %`);
});

scene.proves('what is cancelled under way is gone at both ends', async () => {
  await drops(ada, [join(home, 'large.bin')]);
  await last(ben).getByRole('button', { name: 'Accept large.bin' }).click();
  await Promise.all([moves(ada, 3), moves(ben, 3)]);
  await last(ada).getByRole('button', { name: 'Cancel large.bin', exact: true }).click();
  await ada.page.getByRole('alertdialog').getByText('Cancel it').click();
  await Promise.all([shows(ada, 'You cancelled this'), shows(ben, 'Cancelled by Ada')]);
  await until('nothing is left of it', async () => {
    const left = await readdir(downloads(ben));
    return !left.some((name) => name.startsWith('.') || name === 'large (2).bin');
  });
  const kept = await readdir(join(scene.folderOf(ada), 'files')).catch(() => []);
  assert.deepEqual(kept, [], 'nor of what the page handed over');
});

scene.proves('files of somebody who was verified come without asking, if that was chosen', async () => {
  await Promise.all([scene.lab.set(0, {}), scene.lab.set(1, {})]);
  const note = join(home, 'note.txt');
  await writeFile(note, 'unasked');
  await ben.button('Settings').click();
  await ben.page.getByText('Take files from verified people without asking').click();
  await drops(ada, [note]);
  await last(ben).getByRole('button', { name: 'Accept note.txt' }).waitFor();
  assert.ok(!(await readdir(downloads(ben))).includes('note.txt'), 'Ada was not verified');
  await ada.page.getByRole('region', { name: 'Conversation with Ben' }).getByRole('button', { name: 'Voice call Ben' }).click();
  await ben.accepts(ada);
  await Promise.all([ada.isInCall(), ben.isInCall()]);
  await ben.button('Verify').click();
  await ben.button('They match').click();
  await ben.hangsUp();
  await Promise.all([ada.isFree(), ben.isFree()]);
  await opens(ada);
  await drops(ada, [note]);
  await shows(ada, 'Received');
  assert.equal(await readFile(join(downloads(ben), 'note.txt'), 'utf8'), 'unasked');
});
