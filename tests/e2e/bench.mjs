// @ts-check
/**
 * What a person waits for in a call, against a floor measured in the same run: the same warm-up and `replaceTrack` inside
 * one page, with the devices open already. Medians of 20 and their spread; nothing is asserted.
 */

import { LOOKS } from './media.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

const ROUNDS = 20;
const ROBOT_ROUNDS = 10;
// Logging is not what is measured.
process.env.RUST_LOG ??= 'warn';

/** Times of events in a page, in milliseconds of the machine's clock, which all pages share. */
/** @typedef {Partial<Record<'clicked' | 'rang' | 'asked' | 'opened' | 'frame' | 'pressed' | 'written', number>>} Times */
/** @typedef {Window & { __times: Times, __first: (video: HTMLVideoElement) => Promise<number> }} TimedWindow */

const scene = await Scene.open(2);
const [ada, ben] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
]);
for (const { page } of [ada, ben]) {
  await page.addInitScript(stopwatch);
  await page.reload();
}
const apart = await ada.page.context().newPage();
await apart.addInitScript(stopwatch);
// Without its token the page does nothing: it is only a place that may use the devices.
await apart.goto(new URL('/', ada.node.url).href);

/** @type {Record<'floor' | 'ringing' | 'callers' | 'callees' | 'devices' | 'robots' | 'written' | 'read', number[]>} */
const taken = { floor: [], ringing: [], callers: [], callees: [], devices: [], robots: [], written: [], read: [] };
for (let round = 0; round < ROUNDS; round++) {
  // A page behind another draws once a second.
  await apart.bringToFront();
  taken.floor.push(await floor());
  await ada.page.bringToFront();
  const { hers, his } = await call();
  taken.ringing.push(his.rang - hers.clicked);
  taken.callers.push(his.frame - his.clicked);
  taken.callees.push(hers.frame - his.opened);
  taken.devices.push(his.opened - his.asked);
  process.stderr.write(`\rround ${round + 1} of ${ROUNDS}`);
}
process.stderr.write('\n');
for (let round = 0; round < ROBOT_ROUNDS; round++) {
  taken.robots.push(await robotCall());
  process.stderr.write(`\rcall of the engine in Rust ${round + 1} of ${ROBOT_ROUNDS}`);
}
process.stderr.write('\n');
await Promise.all([ada.button('Ben').click(), ben.button('Ada').click()]);
for (let round = 0; round < ROUNDS; round++) {
  const { written, read } = await message(`message ${round}`);
  taken.written.push(written);
  taken.read.push(read);
}
await scene.close();

const base = median(taken.floor);
console.log(`${ROUNDS} calls; milliseconds`);
console.table({
  'floor: replaceTrack to first frame, in one page': row(taken.floor, null),
  "Accept to the caller's first frame at the callee": row(taken.callers, '<= 1.5 x floor'),
  'the same when the engine in Rust calls': row(taken.robots, `<= ${Math.round(1.5 * median(taken.callers))} ms (1.5 x browser)`),
  "callee's camera open to its first frame at the caller": row(taken.callees, '<= 1.5 x floor'),
  "callee's getUserMedia, both devices": row(taken.devices, null),
  'click on "Video call" to ringing at the other page': row(taken.ringing, '< 50 ms'),
  'key pressed to the text on the own page, once it is on the disk': row(taken.written, null),
  'key pressed to the text on the other page': row(taken.read, '< 50 ms'),
});

/** A whole call: rings, warms up, is accepted, shows a picture at both ends, and ends. */
async function call() {
  await until('Ben can be called', () => ada.button('Video call Ben').isEnabled());
  await Promise.all([ada, ben].map(forget));
  await ada.calls(ben);
  await ben.hearsRinging(ada);
  await Promise.all([ada.isWarm(), ben.isWarm()]);
  await ben.answers('Accept');
  const [hers, his] = await Promise.all([ada, ben].map((of) => until('a picture', async () => {
    const times = await timed(of);
    const missing = times.frame === undefined || (of === ben && times.opened === undefined);
    return missing ? null : times;
  })));
  await ada.hangsUp();
  await Promise.all([ada.isFree(), ben.isFree()]);
  return { hers: complete(hers), his: complete(his) };
}

/**
 * A message: milliseconds from the key that sends it until it stands on the own page, and on the other.
 * @param {string} text
 */
async function message(text) {
  await Promise.all([ada, ben].map(forget));
  const field = ada.page.getByRole('textbox', { name: 'Message Ben' });
  await field.fill(text);
  await field.press('Enter');
  const { pressed = NaN, written = NaN } = await until('the own page', async () => {
    const times = await timed(ada);
    return times.written === undefined ? null : times;
  });
  const { written: read = NaN } = await until('the other page', async () => {
    const times = await timed(ben);
    return times.written === undefined ? null : times;
  });
  return { written: written - pressed, read: read - pressed };
}

/** A node without a page calls: milliseconds from Accept to its first frame in the browser. */
async function robotCall() {
  const robot = await scene.robotCalls({ name: 'Robot', host: 0, whom: 'Ben', seconds: 20 });
  await ben.hearsRinging(robot);
  await ben.isWarm();
  // What is clicked from now on is Accept.
  await forget(ben);
  await ben.answers('Accept');
  const { clicked, frame } = await until('a picture', async () => {
    const times = await timed(ben);
    return times.frame === undefined ? null : complete(times);
  });
  await ben.hangsUp();
  await ben.isFree();
  await robot.node.ends();
  return frame - clicked;
}

/**
 * What is timed begins anew in this page.
 * @param {import('./person.mjs').Person} person
 */
async function forget({ page }) {
  await page.evaluate(() => {
    /** @type {TimedWindow} */ (/** @type {unknown} */ (window)).__times = {};
  });
}

/**
 * What was timed in this page since.
 * @param {import('./person.mjs').Person} person
 */
function timed({ page }) {
  return page.evaluate(() => /** @type {TimedWindow} */ (/** @type {unknown} */ (window)).__times);
}

/** @param {Times | null | undefined} times */
function complete(times) {
  const { clicked = NaN, rang = NaN, asked = NaN, opened = NaN, frame = NaN } = times ?? {};
  return { clicked, rang, asked, opened, frame };
}

/** Milliseconds from `replaceTrack` to the first frame between two connections of one page, warmed up before. */
function floor() {
  return apart.evaluate(async () => {
    const { __first: first } = /** @type {TimedWindow} */ (/** @type {unknown} */ (window));
    const devices = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
    const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
    one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate ?? undefined);
    other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate ?? undefined);
    const stream = new MediaStream();
    const lines = ['audio', 'video'].map((kind) => one.addTransceiver(kind, { direction: 'sendrecv', streams: [stream] }));
    const video = document.createElement('video');
    video.muted = true;
    document.body.append(video);
    other.ontrack = ({ streams: [remote] }) => {
      video.srcObject ??= remote ?? null;
    };
    const up = Promise.all([one, other].map((pc) => new Promise((resolve) => {
      pc.onconnectionstatechange = () => pc.connectionState === 'connected' && resolve(undefined);
    })));
    await one.setLocalDescription();
    if (one.localDescription) await other.setRemoteDescription(one.localDescription);
    await other.setLocalDescription();
    if (other.localDescription) await one.setRemoteDescription(other.localDescription);
    await up;
    void video.play();
    const frame = first(video);
    const began = performance.timeOrigin + performance.now();
    for (const [at, line] of lines.entries()) {
      const track = (at === 0 ? devices.getAudioTracks() : devices.getVideoTracks())[0];
      void line.sender.replaceTrack(track ?? null);
    }
    const took = (await frame) - began;
    one.close();
    other.close();
    video.remove();
    for (const track of devices.getTracks()) track.stop();
    return took;
  });
}

/** Runs in every page before its own scripts. */
function stopwatch() {
  const page = /** @type {TimedWindow} */ (/** @type {unknown} */ (window));
  page.__times = {};
  const now = () => performance.timeOrigin + performance.now();
  page.__first = (video) => new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(now())));

  document.addEventListener('click', () => (page.__times.clicked ??= now()), { capture: true });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') page.__times.pressed ??= now();
  }, { capture: true });
  let entries = 0;
  /** @type {WeakSet<HTMLVideoElement>} */
  const seen = new WeakSet();
  new MutationObserver(() => {
    if (document.querySelector('[role=dialog]') !== null) page.__times.rang ??= now();
    const shown = document.querySelectorAll('[data-position]').length;
    if (shown > entries) page.__times.written ??= now();
    entries = shown;
    for (const video of document.querySelectorAll('video')) {
      if (seen.has(video) || video.hidden || video.srcObject === null) continue;
      if (video.getAttribute('aria-label') === 'Your video') continue;
      seen.add(video);
      page.__first(video).then((at) => (page.__times.frame ??= at));
    }
  }).observe(document, { attributes: true, childList: true, subtree: true });

  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    page.__times.asked ??= now();
    const stream = await open(constraints);
    // Sound and picture are asked for apart; the picture is what the other side waits for.
    if (stream.getVideoTracks().length > 0) page.__times.opened ??= now();
    return stream;
  };
}

/** @param {number[]} values */
function sorted(values) {
  return [...values].sort((a, b) => a - b);
}

/** @param {number[]} values */
function median(values) {
  const all = sorted(values);
  return ((all[Math.floor((all.length - 1) / 2)] ?? NaN) + (all[Math.ceil((all.length - 1) / 2)] ?? NaN)) / 2;
}

/**
 * @param {number[]} values
 * @param {string | null} goal
 */
function row(values, goal) {
  const all = sorted(values);
  return {
    median: Math.round(median(all)),
    spread: `${Math.round(all[0] ?? NaN)} to ${Math.round(all.at(-1) ?? NaN)}`,
    'x floor': Number((median(all) / base).toFixed(2)),
    goal: goal ?? '',
  };
}
