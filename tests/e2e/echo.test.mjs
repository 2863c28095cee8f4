// @ts-check
/** The contact everybody has: it sends back what it gets, half a second later, so that anybody can try their devices alone. */

import assert from 'node:assert/strict';
import { LOOKS } from './media.mjs';
import { Scene } from './scene.mjs';

/** @typedef {import('./watch.mjs').WatchedWindow} WatchedWindow */

const EARLIEST_MS = 400;
const LATEST_MS = 1500;

const scene = await Scene.open(2);
const [ada, far] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.robot({ name: 'Far echo', host: 1, answer: 'echo' }),
]);
/** Looks and sounds like whoever calls it. */
const echo = { name: 'Echo test', look: ada.look };
const farEcho = { name: far.name, look: ada.look };

scene.proves('the echo contact is on a list of its own, and nobody else has it', async () => {
  await ada.page.getByRole('list', { name: 'Try it out', exact: true }).getByText(echo.name, { exact: true }).waitFor();
  await ada.entry(farEcho).waitFor();
  assert.equal(await ada.entry(echo).count(), 0);
  const people = far.node.lines.filter(({ event }) => event === 'peer').map((line) => JSON.stringify(line));
  assert.ok(people.length > 0 && people.every((line) => line.includes('"Ada"')), people.join());
});

for (const contact of [echo, farEcho]) {
  const where = contact === echo ? 'the echo contact' : 'an echo on another machine';
  scene.proves(`${where} sends back a caller’s own picture and sound, about half a second later`, async (t) => {
    await withHeadphones();
    await ada.calls(contact);
    await seesAndHearsOwn(contact);
    const delay = await echoDelay(contact);
    t.diagnostic(`heard again after ${Math.round(delay)} ms`);
    assert.ok(delay > EARLIEST_MS && delay < LATEST_MS, `heard again after ${Math.round(delay)} ms`);
    await ada.hangsUp();
    await ada.isTold(`The call with ${contact.name} has ended.`);
  });
}

scene.proves('in a voice call the echo contact sends sound alone, and the picture once there is one', async () => {
  await withHeadphones();
  await ada.calls(echo, 'Voice');
  await ada.isInCall();
  await ada.hears(echo);
  await ada.videoOf(echo).waitFor({ state: 'hidden' });
  await ada.button('Turn camera on').click();
  await seesAndHearsOwn(echo);
  await ada.button('Turn camera off').click();
  await ada.videoOf(echo).waitFor({ state: 'hidden' });
  await ada.hears(echo);
});

scene.proves('without any network the echo contact is still there, and the call comes up once there is one', async () => {
  await withHeadphones();
  await scene.lab.cable(ada.host, false);
  await ada.entry(farEcho).waitFor({ state: 'hidden' });
  await ada.calls(echo);
  // Chromium itself makes no connection on a machine without a network, not even to that machine.
  await ada.words('Connecting').waitFor();
  await scene.lab.cable(ada.host, true);
  await seesAndHearsOwn(echo);
});

/** @param {import('./person.mjs').Somebody} contact */
async function seesAndHearsOwn(contact) {
  await ada.isInCall();
  await Promise.all([ada.sees(contact), ada.hears(contact), ada.seesItMove()]);
}

/** Else the browser takes what comes back for an echo, which it is, and cancels it out of what it sends. */
async function withHeadphones() {
  await ada.page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = (constraints) => {
      const audio = constraints?.audio;
      return open({ ...constraints, audio: audio ? { ...(audio === true ? {} : audio), echoCancellation: false } : false });
    };
  });
}

/**
 * How long what Ada says takes until she hears it: her microphone is off until nothing comes back any more, and then on.
 * @param {import('./person.mjs').Somebody} contact
 */
async function echoDelay(contact) {
  const delay = await ada.videoOf(contact).evaluate(async (element) => {
    if (!(element instanceof HTMLVideoElement) || !(element.srcObject instanceof MediaStream)) return null;
    const { opened } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    const microphone = opened.findLast((track) => track.kind === 'audio' && track.readyState === 'live');
    if (microphone === undefined) return null;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 512 });
    context.createMediaStreamSource(new MediaStream(element.srcObject.getAudioTracks())).connect(analyser);
    const wave = new Float32Array(analyser.fftSize);
    const hears = () => {
      analyser.getFloatTimeDomainData(wave);
      return wave.some((value) => Math.abs(value) > 0.02);
    };
    /** @param {() => boolean} is */
    const waited = async (is) => {
      const began = performance.now();
      while (!is() && performance.now() < began + 10_000) await new Promise((resolve) => setTimeout(resolve, 5));
      return performance.now() - began;
    };
    microphone.enabled = false;
    let heard = performance.now();
    // The tone itself is silent for an eighth of a second, again and again.
    await waited(() => {
      if (hears()) heard = performance.now();
      return performance.now() - heard > 1000;
    });
    microphone.enabled = true;
    const delay = await waited(hears);
    await context.close();
    return delay;
  });
  assert.ok(delay !== null, 'Ada’s microphone is not open');
  return delay;
}
