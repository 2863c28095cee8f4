// @ts-check
/** Two windows, each on a machine of its own: calls in both directions, also while one is hidden. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { seeAndHearEachOther } from '../e2e/person.mjs';
import { until } from '../e2e/until.mjs';
import { familyOf, memoryOf } from './processes.mjs';
import { Scene } from './scene.mjs';

/** So many different pictures are a call that moves; the promise of a minute says how fast, once everything has warmed up. */
const DIFFERENT = 100;
const MEASURED_MS = 25_000;
/** 100 pictures in 8 seconds, of the machine that both windows share. */
const A_SECOND = 12.5;
/** A call is watched for so long, ten minutes in a soak, after this much of it: codecs and pools have filled then. */
const WATCHED_MS = process.env.DOGELLER_SOAK ? 600_000 : 30_000;
const SETTLED_MS = 15_000;
/** Memory goes up and down by some 20 MB as it is swept up: the least of so many looks counts. */
const LOOKS = 8;
const LOOK_EVERY_MS = 1000;
/** A frame that nobody closes is half a megabyte at 640x480: one of 25 kept would be this much in this time. */
const GROWTH_MB = 20;

const scene = await Scene.open({ desks: 2 });
const [ada, ben] = await Promise.all([scene.calls('Ada', 0), scene.calls('Ben', 1)]);
// Two windows share a machine here that people have one of each.
await Promise.all([ada.asksFor({ width: 640, height: 480 }), ben.asksFor({ width: 640, height: 480 })]);

scene.proves('Ada calls Ben: both see and hear each other, as moving pictures', async (t) => {
  await ada.window.lists('Ben', 'Available');
  await ada.calls(ben);
  await ben.accepts(ada);
  await seeAndHearEachOther(ada, ben);
  await bothSeeItMove(t);
  await ada.window.shot('window-to-window');
  await ada.hangsUp();
  await Promise.all([ada.isTold('The call with Ben has ended.'), ben.isTold('The call with Ada has ended.')]);
});

scene.proves('Ben calls Ada: the same', async (t) => {
  await ben.calls(ada);
  await ada.accepts(ben);
  await seeAndHearEachOther(ada, ben);
  await bothSeeItMove(t);
  await ben.hangsUp();
  await Promise.all([ada.isFree(), ben.isFree()]);
});

scene.proves('a call of a minute: pictures go on, none is kept, and memory stays what it was', async (t) => {
  await ada.calls(ben);
  await ben.accepts(ada);
  await Promise.all([ada.isInCall(), ben.isInCall()]);
  await pause(SETTLED_MS);
  const before = await memory();
  const frames = await Promise.all([ada.frames(), ben.frames()]);
  await pause(WATCHED_MS);
  const after = await memory();
  const more = (await Promise.all([ada.frames(), ben.frames()])).map((now, at) => now - (frames[at] ?? 0));
  const grown = Object.keys(before).map((name) => ({ name, mb: (after[name] ?? NaN) - (before[name] ?? NaN) }));
  t.diagnostic(JSON.stringify({ before, after, more }));
  for (const { name, mb } of grown) assert.ok(mb < GROWTH_MB, `${name} grew by ${mb} MB`);
  const least = (WATCHED_MS / 1000) * A_SECOND;
  assert.ok(more.every((shown) => shown > least), `${more} pictures were shown in ${WATCHED_MS / 1000} s`);
  for (const { desk } of [ada, ben]) assert.doesNotMatch(desk.log, /destroyed without having been closed/);
  await seeAndHearEachOther(ada, ben);
  await ada.hangsUp();
  await Promise.all([ada.isFree(), ben.isFree()]);
}, SETTLED_MS + WATCHED_MS + 90_000);

/** Enter, as WebDriver names it. */
const ENTER = '\uE007';

scene.proves('Ada and Ben write to each other, and each sees how far it came', async () => {
  await Promise.all([ada.window.lists('Ben', 'Available'), ben.window.lists('Ada', 'Available')]);
  await Promise.all([ada.window.presses('Ben'), ben.window.presses('Ada')]);
  const field = (/** @type {typeof ada} */ one, /** @type {string} */ name) =>
    until(`${one.name}'s field`, () => one.window.page.find('textarea', 'textbox', `Message ${name}`));
  await (await field(ada, 'Ben')).type(`Hello Ben${ENTER}`);
  await ben.window.says('Hello Ben');
  await (await field(ben, 'Ada')).type(`Hello Ada${ENTER}`);
  await ada.window.says('Hello Ada');
  const come = () => ada.window.page.run(() => document.querySelector('[role=log] [role=img]')?.getAttribute('aria-label'));
  await until('the message is delivered', async () => ['Delivered', 'Read'].includes((await come()) ?? ''));
  await ada.window.shot('conversation');
});

scene.proves('Ada sends Ben a file, and it lies with Ben as it was', async () => {
  // What a person drops or picks reaches the page as such an object; it goes to the node through the bridge, in pieces.
  const size = 2_500_000;
  await ada.window.page.run((/** @type {number} */ size) => {
    const bytes = new Uint8Array(size).map((_, at) => (at * 31 + (at >> 8)) & 0xff);
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'plan of the house.bin'));
    const input = document.querySelector('input[type=file]');
    if (!(input instanceof HTMLInputElement)) throw new Error('there is nothing to pick files with');
    input.files = data.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, size);
  // Once its row has come to rest, or the driver's pointer misses it.
  await ben.window.says('Ada wants to send you this');
  await ben.window.presses('Accept plan of the house.bin');
  await Promise.all([ada.window.says('Received'), ben.window.says('Received')]);
  const place = await ben.window.page.run(() => document.querySelector('[role=log] code')?.textContent ?? '');
  const hash = (/** @type {Uint8Array} */ bytes) => createHash('sha256').update(bytes).digest('hex');
  assert.equal(hash(await readFile(place)), hash(new Uint8Array(size).map((_, at) => (at * 31 + (at >> 8)) & 0xff)));
  await rm(place);
  await ben.window.shot('file-received');
});

/** @param {import('node:test').TestContext} t */
async function bothSeeItMove(t) {
  await Promise.all(
    [ada, ben].map(async (one) => {
      const from = performance.now();
      const seen = await one.different(MEASURED_MS, DIFFERENT);
      t.diagnostic(`${seen} different pictures at ${one.name} in ${Math.round(performance.now() - from)} ms`);
      assert.ok(seen >= DIFFERENT, `${seen} different pictures at ${one.name}`);
    }),
  );
}

/** The least memory in some seconds of each process of both windows that has to do with calls, in MB. */
async function memory() {
  /** @type {Record<string, number>} */
  const used = {};
  for (let look = 0; look < LOOKS; look++) {
    for (const { name, window } of [ada, ben]) {
      const { pid } = await window.running();
      for (const one of familyOf(pid)) {
        if (one.pid !== pid && !one.name.startsWith('WebKitWeb')) continue;
        const is = `${one.name} of ${name}`;
        used[is] = Math.min(used[is] ?? Infinity, memoryOf(one.pid));
      }
    }
    await pause(LOOK_EVERY_MS);
  }
  return used;
}
