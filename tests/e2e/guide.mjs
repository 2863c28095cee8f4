// @ts-check
/**
 * Takes the pictures of docs/guide: `npm run guide`. Some people on a network of their own write, call and send files, and
 * what Ben sees of it is the guide's: their nodes, their pages, what crosses their cables. Cameras
 * and the photo show drawings, the other files are noise, and a time zone makes it morning.
 */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PORTRAITS, paintCamera } from './guideCamera.mjs';
import { makeFiles } from './guideFiles.mjs';
import { small } from './guidePng.mjs';
import { accept, last, log, opens, percent, progress, send, sendFolder, shows, writes } from './guideTalk.mjs';
import { LOOKS } from './media.mjs';
import { DogellerNode } from './node.mjs';
import { connect } from './person.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

/** @typedef {import('./person.mjs').Person} Person */

const PICTURES = fileURLToPath(new URL('../../docs/guide/pictures/', import.meta.url));
/** Half a minute for the film, so that there is something to see of it. */
const SLOW = { rate_kbit: 16_000 };
/** The hour of the day where these people live, whenever and wherever the pictures are taken. */
const MORNING = 10;

/** @param {Person} one */
const rows = (one) => one.page.getByRole('list', { name: 'Active users' }).getByRole('listitem');

const began = performance.now();
const scene = await Scene.open(6);
const home = await mkdtemp(join(tmpdir(), 'dogeller-guide-'));
const kitchen = await DogellerNode.start({ lab: scene.lab, host: 5, name: 'Kitchen', folder: join(home, 'kitchen') });
/** @type {import('playwright-core').Page[]} */
const pages = [];
/** What pages threw. @type {Error[]} */
const thrown = [];
try {
  await takePictures();
  if (thrown.length > 0) throw new AggregateError(thrown, 'A page threw');
} catch (error) {
  const seen = await mkdtemp(join(tmpdir(), 'dogeller-guide-failed-'));
  for (const [at, page] of pages.entries()) await page.screenshot({ path: join(seen, `${at}.png`) }).catch(() => undefined);
  console.error(`What there was to see: ${seen}`);
  throw error;
} finally {
  await Promise.all([kitchen.stop(), scene.close()]);
  await rm(home, { recursive: true, force: true });
}
console.log(`The pictures are in ${PICTURES}, after ${Math.round((performance.now() - began) / 1000)} s`);

async function takePictures() {
  const [anna, ben, chloe, dilara, grandma] = await everybody();
  const { folder, film, photo } = await makeFiles(home, ben.page);
  await settings(ben);
  await chat(ben, anna);
  await call(ben, anna);
  await photograph(ben, { anna, chloe }, photo);
  await files(ben, chloe, { folder, film });
  await list(ben, { chloe, dilara, grandma });
}

/** They arrive; nobody has met anybody before. */
async function everybody() {
  const names = ['Anna', 'Ben', 'Chloé', 'Dilara', 'Grandma'];
  const people = await Promise.all(names.map((name, host) => scene.arrive({ name, host, look: LOOKS.blue })));
  for (const { page, name } of people) {
    pages.push(page);
    page.on('pageerror', (error) => thrown.push(error));
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setTimezoneOverride', { timezoneId: zoneNow(MORNING) });
    await page.addInitScript(paintCamera, name === 'Anna' ? PORTRAITS.anna : PORTRAITS.ben);
    await page.reload();
  }
  return /** @type {[Person, Person, Person, Person, Person]} */ (people);
}

/** A time zone where this is the hour now. @param {number} hour */
function zoneNow(hour) {
  const later = hour - new Date().getUTCHours();
  const ahead = later < -12 ? later + 24 : later;
  // These names count the other way round.
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

/** @param {Person} ben */
async function settings(ben) {
  await until('everybody is there', async () => (await rows(ben).count()) === 5);
  await rows(ben).filter({ hasText: 'Not at the screen' }).waitFor();
  await ben.button('Settings').click();
  await picture(ben, 'settings');
  await ben.button('Less').click();
}

/**
 * @param {Person} ben
 * @param {Person} anna
 */
async function chat(ben, anna) {
  await Promise.all([opens(ben, anna), opens(anna, ben)]);
  await writes(anna, ben, 'Good morning Ben! Will you come to the lake on Sunday?');
  await shows(ben, 'Good morning Ben! Will you come to the lake on Sunday?');
  await writes(ben, anna, 'Yes, gladly! Who has the boat?');
  await shows(ben, 'Who has the boat?');
  await last(ben).hover();
  await last(ben).getByRole('button', { name: 'Edit' }).click();
  await writes(ben, anna, 'Yes, gladly! 🎉 Who has the boat, and is there room for Grandma?');
  await shows(anna, 'is there room for Grandma?');
  await last(anna).hover();
  await last(anna).getByRole('button', { name: 'Reply' }).click();
  await writes(anna, ben, 'Dilara. And yes!');
  await shows(ben, 'Dilara. And yes!');
}

/**
 * Anna calls, and they compare the six pictures.
 * @param {Person} ben
 * @param {Person} anna
 */
async function call(ben, anna) {
  await begins(ben);
  await anna.button('Video call Ben').first().click();
  await ben.hearsRinging(anna);
  await picture(ben, 'incoming');
  await ben.answers('Accept');
  await Promise.all([ben.isInCall(), anna.isInCall()]);
  await ben.seesItMove();
  await until('the whole of the picture', async () => {
    const size = await ben.videoOf(anna).evaluate((video) => /** @type {HTMLVideoElement} */ (video).videoWidth);
    return size === 960;
  });
  await anna.button('Verify').click();
  await ben.button('Verify').click();
  const codes = await Promise.all([code(ben, anna), code(anna, ben)]);
  assert.equal(codes[0].length, 6);
  assert.deepEqual(codes[0], codes[1]);
  await picture(ben, 'verify', 'call');
  for (const one of [anna, ben]) {
    await one.button('They match').click();
    await one.button('Verified').waitFor();
  }
  await ben.seesItMove();
  await picture(ben, 'call', 'call');
  await ben.hangsUp();
  await Promise.all([ben.isFree(), anna.isFree()]);
  await Promise.all([opens(ben, anna), opens(anna, ben)]);
}

/**
 * What Anna has seen is read, and what comes when she looks at something else is delivered.
 * @param {Person} ben
 * @param {Record<'anna' | 'chloe', Person>} others
 * @param {string} photo
 */
async function photograph(ben, { anna, chloe }, photo) {
  await send(ben, anna, photo, 'The lake.jpg');
  await accept(anna, ben, 'The lake.jpg');
  await shows(ben, 'Received');
  await last(ben).getByRole('img', { name: 'Preview of The lake.jpg' }).waitFor();
  await until('all of it is read', async () => (await progress(ben)).join() === 'Read,Read');
  await opens(anna, chloe);
  await writes(ben, anna, "I'll bring 🍰");
  await until('that is delivered', async () => (await progress(ben)).at(-1) === 'Delivered');
  await picture(ben, 'conversation');
}

/**
 * @param {Person} one
 * @param {Person} other
 */
function code(one, other) {
  const card = one.page.getByRole('region', { name: `Is it really ${other.name}?` });
  return card.getByRole('listitem').allInnerTexts();
}

/**
 * Something comes and something goes, both slowly; what goes waits.
 * @param {Person} ben
 * @param {Person} chloe
 * @param {{ folder: string, film: string }} what
 */
async function files(ben, chloe, { folder, film }) {
  await Promise.all([opens(ben, chloe), opens(chloe, ben)]);
  await writes(chloe, ben, 'Here is the film. Do you have the photos?');
  await shows(ben, 'Here is the film. Do you have the photos?');
  await writes(ben, chloe, 'Yes, one moment.');
  await scene.lab.during([ben.host, chloe.host], SLOW, async () => {
    await sendFolder(ben, folder);
    await accept(chloe, ben, 'Trip to the lake');
    await until('half of the photos', async () => (await percent(ben)) >= 45);
    await last(ben).getByRole('button', { name: 'Pause Trip to the lake' }).click();
    await shows(ben, 'Paused');
    await send(chloe, ben, film, 'The boat race.mp4');
    await accept(ben, chloe, 'The boat race.mp4');
    await until('a third of the film', async () => (await percent(ben)) >= 33);
    await last(ben).getByText(/ s left$/).waitFor();
    await last(ben).getByText(/\d MB\/s$/).waitFor();
    await picture(ben, 'file');
  });
  await log(ben).getByRole('button', { name: 'Resume Trip to the lake' }).click();
  await until('all has come', async () => (await log(ben).getByText('Received', { exact: true }).count()) === 2);
}

/**
 * Chloé and Dilara talk, Dilara wrote before, and Grandma has called and gone.
 * @param {Person} ben
 * @param {Record<'chloe' | 'dilara' | 'grandma', Person>} others
 */
async function list(ben, { chloe, dilara, grandma }) {
  await grandma.calls(ben);
  await ben.hearsRinging(grandma);
  await grandma.hangsUp();
  await ben.isTold('Grandma called and hung up before you answered.');
  await ben.button('Close').click();
  await grandma.node.stop();
  await opens(dilara, ben);
  for (const text of ['Hello Ben!', 'The boat is ready.', 'At nine?']) await writes(dilara, ben, text);
  await connect(chloe, dilara, 'Voice');
  await begins(ben);
  await until('two in a call', async () => (await rows(ben).filter({ hasText: 'In a call' }).count()) === 2);
  await ben.entry(dilara).getByText('At nine?').waitFor();
  await ben.page.getByRole('list', { name: 'Not here now' }).getByText('Missed video call').waitFor();
  await picture(ben, 'list');
  await chloe.hangsUp();
}

/** As who has just opened Dogeller: no conversation is. A browser rings only once it was clicked. @param {Person} one */
async function begins({ page }) {
  await page.reload();
  await page.getByText('Who would you like to talk to?').click();
}

/**
 * Once nothing moves by itself any more, and with the mouse where nothing is.
 * @param {Person} one
 * @param {string} name
 * @param {'call' | 'page'} [of]
 */
async function picture({ page }, name, of = 'page') {
  await page.mouse.move(740, 30);
  await page.mouse.move(750, 36);
  await page.evaluate(async () => {
    const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await document.fonts.ready;
    await drawn();
    await Promise.all(document.getAnimations().map(({ effect, finished }) => {
      return effect?.getComputedTiming().iterations === Number.POSITIVE_INFINITY ? null : finished.catch(() => null);
    }));
    await drawn();
  });
  await writeFile(join(PICTURES, `${name}.png`), await small(page, await page.screenshot(), of));
}
