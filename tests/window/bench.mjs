// @ts-check
/**
 * What a call in the window costs and how late it is, beside two browsers on the same switch. Nothing is asserted;
 * `cargo xtask bench` prints it. The windows are those of the tests: mock cameras, checks compiled in.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { LOOKS } from '../e2e/media.mjs';
import { until } from '../e2e/until.mjs';
import { familyOf, secondsOf } from './processes.mjs';
import { Scene } from './scene.mjs';

const CLOCK_MS = 20_000;
const ACCEPTS = 10;
const ECHO_MS = 20_000;
/** A call starts modestly and grows to the size of its camera. */
const SETTLED_MS = 12_000;
process.env.RUST_LOG ??= 'warn';

/** @typedef {import('./windowCall.mjs').WindowCall} WindowCall */
/** @typedef {import('../e2e/person.mjs').Person} Person */
/**
 * Both ends of a call, asked in the same way.
 * @typedef {object} End
 * @property {string} name
 * @property {<T>(body: (argument: any) => T, argument?: any) => Promise<Awaited<T>>} run
 * @property {(other: { name: string }) => Promise<void>} calls
 * @property {(other: any) => Promise<void>} rings
 * @property {() => Promise<void>} accepts
 * @property {() => Promise<void>} hangsUp
 * @property {() => Promise<void>} isFree
 * @property {() => Promise<void>} reloads
 */

const scene = await Scene.open({ desks: 2, tested: false });
/** Nothing else runs yet: from the start of the program to a list that can be used. */
const started = performance.now();
const first = await scene.calls('Ada', 0);
await first.window.says('Active users');
const START_MS = performance.now() - started;
const windows = /** @type {[WindowCall, WindowCall]} */ ([first, await scene.calls('Ben', 1)]);
const browsers = /** @type {[Person, Person]} */ (
  await Promise.all([
    scene.arrives({ name: 'Cleo', look: LOOKS.red, here: true }),
    scene.arrives({ name: 'Dan', look: LOOKS.blue }),
  ])
);

/** @type {Record<string, { window: string, browser: string, ratio: string, goal: string }>} */
const figures = {};
const pairs = { window: windows.map(ofWindow), browser: browsers.map(ofBrowser) };
figures['start to a list that can be used, ms'] = { window: START_MS.toFixed(0), browser: '', ratio: '', goal: '' };
await glassToGlass();
await acceptToFirstFrame();
await echo();
await scene.close();
console.table(figures);

/** A clock is painted into the camera's picture, and read where the picture is shown. */
async function glassToGlass() {
  /** @type {Record<string, number[]>} */
  const late = {};
  for (const [kind, [one, other]] of Object.entries(pairs)) {
    if (one === undefined || other === undefined) continue;
    await Promise.all([one.run(paintClock), other.run(paintClock)]);
    await connect(one, other);
    await pause(5000);
    const read = await Promise.all([one.run(readClock, CLOCK_MS), other.run(readClock, CLOCK_MS)]);
    late[kind] = read.flat();
    await one.hangsUp();
    await Promise.all([one.isFree(), other.isFree()]);
    await Promise.all([one.reloads(), other.reloads()]);
  }
  compare('glass to glass, median ms', (kind) => median(late[kind] ?? []), '<= 1.5 x browsers');
  compare('glass to glass, 95 % ms', (kind) => quantile(late[kind] ?? [], 0.95), '');
}

async function acceptToFirstFrame() {
  /** @type {Record<string, number[]>} */
  const took = { window: [], browser: [] };
  for (let round = 0; round < ACCEPTS; round++) {
    for (const [kind, [one, other]] of Object.entries(pairs)) {
      if (one === undefined || other === undefined) continue;
      await one.calls(other);
      await other.rings(one);
      // It rings for a moment, as for people: the path is found meanwhile.
      await pause(1500);
      const first = other.run(firstFrame);
      await other.accepts();
      took[kind]?.push(await first);
      await one.hangsUp();
      await Promise.all([one.isFree(), other.isFree()]);
    }
    process.stderr.write(`\rround ${round + 1} of ${ACCEPTS}`);
  }
  process.stderr.write('\n');
  compare('Accept to first frame, median ms', (kind) => median(took[kind] ?? []), '<= 1.5 x browsers');
}

/** The window alone, in a call with the echo contact inside its own node. */
async function echo() {
  const [ada] = windows;
  for (const [name, width, height] of /** @type {const} */ ([
    ['1280x720', 1280, 720],
    ['640x480', 640, 480],
  ])) {
    await ada.asksFor({ width, height });
    await ada.window.presses('Video call Echo test');
    await ada.isInCall();
    await pause(SETTLED_MS);
    const { pid } = await ada.window.running();
    const parts = familyOf(pid).filter((one) => one.pid === pid || one.name.startsWith('WebKitWeb') || one.name.startsWith('WebKitNet'));
    const before = { shown: await shown(ada), used: parts.map((part) => secondsOf(part.pid)), at: performance.now() };
    await pause(ECHO_MS);
    const after = { shown: await shown(ada), used: parts.map((part) => secondsOf(part.pid)), at: performance.now() };
    const seconds = (after.at - before.at) / 1000;
    const share = parts.map((part, at) => {
      const percent = (100 * ((after.used[at] ?? 0) - (before.used[at] ?? 0))) / seconds;
      return { name: part.name.replace('WebKit', ''), percent };
    });
    const taken = after.shown.own - before.shown.own;
    const back = after.shown.theirs - before.shown.theirs;
    figures[`echo at ${name}: pictures back`] = {
      window: `${back} of ${taken} (${((100 * back) / taken).toFixed(1)} %)`,
      browser: '',
      ratio: '',
      goal: width === 1280 ? '>= 95 %' : '',
    };
    figures[`echo at ${name}: % of a core`] = {
      window: share.map(({ name: part, percent }) => `${part} ${percent.toFixed(0)}`).join(', '),
      browser: '',
      ratio: '',
      goal: width === 640 ? 'WebProcess < 60' : '',
    };
    await ada.window.shot(`bench-echo-${name}`);
    await ada.hangsUp();
    await ada.isFree();
  }
}

/**
 * @param {string} what
 * @param {(kind: string) => number} of
 * @param {string} goal
 */
function compare(what, of, goal) {
  const [here, there] = [of('window'), of('browser')];
  const ratio = (here / there).toFixed(2);
  figures[what] = { window: here.toFixed(0), browser: there.toFixed(0), ratio, goal };
}

/**
 * @param {End} one
 * @param {End} other
 */
async function connect(one, other) {
  await one.calls(other);
  await other.rings(one);
  await other.accepts();
}

/** @param {WindowCall} caller @returns {End} */
function ofWindow(caller) {
  const { name, window } = caller;
  return {
    name,
    run: (body, argument) => window.page.run(/** @type {any} */ (body), argument ?? null),
    calls: (other) => caller.calls(/** @type {any} */ (other)),
    rings: async (other) => void (await until(`${other.name} rings`, () => window.incoming(other.name))),
    accepts: () => window.presses('Accept'),
    hangsUp: () => caller.hangsUp(),
    isFree: () => caller.isFree(),
    reloads: () => window.reloads(),
  };
}

/** @param {Person} person @returns {End} */
function ofBrowser(person) {
  return {
    name: person.name,
    run: /** @type {any} */ (
      (/** @type {any} */ body, /** @type {any} */ argument) => person.page.evaluate(body, argument)
    ),
    calls: (other) => person.calls(/** @type {any} */ (other)),
    rings: (other) => person.hearsRinging(/** @type {any} */ (other)),
    accepts: () => person.answers('Accept'),
    hangsUp: () => person.hangsUp(),
    isFree: () => person.isFree(),
    reloads: async () => void (await person.page.reload()),
  };
}

/** @param {WindowCall} caller @returns {Promise<{ own: number, theirs: number }>} */
function shown(caller) {
  return caller.window.page.run(() => {
    const count = { own: 0, theirs: 0 };
    for (const video of document.querySelectorAll('video')) {
      const frames = video.getVideoPlaybackQuality().totalVideoFrames;
      if (video.getAttribute('aria-label') === 'Your video') count.own += frames;
      else count.theirs += frames;
    }
    return count;
  });
}

/** In a page: its camera shows a clock from now on, 16 bits of the milliseconds in black and white. */
function paintClock() {
  const [width, height, bits] = [640, 480, 16];
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    if (!wanted?.video) return open(wanted);
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    let painted = 0;
    const paint = () => {
      if (context === null) return;
      const time = Date.now() & 0xffff;
      painted += 1;
      context.fillStyle = `hsl(${(painted * 3) % 360} 50% 50%)`;
      context.fillRect(0, 0, width, height);
      for (let bit = 0; bit < bits; bit++) {
        context.fillStyle = (time >> bit) & 1 ? '#fff' : '#000';
        context.fillRect((bit * width) / bits, 0, width / bits, height / 4);
      }
    };
    paint();
    setInterval(paint, 33);
    const stream = canvas.captureStream(30);
    /** @type {any} */ (globalThis).__kept = stream;
    return stream;
  };
}

/** In a page: how old each clock is when it is first seen in the other side's picture. @param {number} ms */
function readClock(ms) {
  const bits = 16;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: bits * 4, height: 16 });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  /** @type {number[]} */
  const late = [];
  const end = performance.now() + ms;
  let last = -1;
  return new Promise((resolve) => {
    const look = () => {
      const video = [...document.querySelectorAll('video')].find((one) => one.getAttribute('aria-label') !== 'Your video');
      if (video !== undefined && video.videoWidth > 0 && context !== null) {
        const { videoWidth, videoHeight } = video;
        context.drawImage(video, 0, 0, videoWidth, videoHeight / 4, 0, 0, bits * 4, 16);
        const { data } = context.getImageData(0, 8, bits * 4, 1);
        let time = 0;
        for (let bit = 0; bit < bits; bit++) if ((data[(bit * 4 + 2) * 4] ?? 0) > 128) time |= 1 << bit;
        const age = (Date.now() - time) & 0xffff;
        if (time !== last && age < 5000) late.push(age);
        last = time;
      }
      if (performance.now() > end) resolve(late);
      else setTimeout(look, 5);
    };
    look();
  });
}

/**
 * In a page: milliseconds from the next click to the first picture of the other side that is painted. A picture has
 * colours: an element that was black beforehand shows none yet.
 */
function firstFrame() {
  return new Promise((resolve) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 4, height: 4 });
    const pen = canvas.getContext('2d', { willReadFrequently: true });
    let clicked = 0;
    document.addEventListener('click', () => {
      clicked = performance.now();
    }, { capture: true, once: true });
    const look = setInterval(() => {
      const video = [...document.querySelectorAll('video')].find((one) => one.getAttribute('aria-label') !== 'Your video');
      if (clicked === 0 || video === undefined || video.videoWidth === 0) return;
      if (video.getVideoPlaybackQuality().totalVideoFrames === 0 || pen === null) return;
      pen.drawImage(video, 0, 0, 4, 4);
      if (!pen.getImageData(0, 0, 4, 4).data.some((value, at) => at % 4 < 3 && value > 40)) return;
      clearInterval(look);
      resolve(performance.now() - clicked);
    }, 4);
  });
}

/** @param {number[]} values */
function median(values) {
  return quantile(values, 0.5);
}

/**
 * @param {number[]} values
 * @param {number} share
 */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
