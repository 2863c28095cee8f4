// @ts-check
/** The engine in Rust against the one in Chromium: who sees and hears whom, in what, from when on and until when. */

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { speakOnly } from './codec.mjs';
import { moment } from './measured.mjs';
import { LOOKS } from './media.mjs';
import { seeAndHearEachOther } from './person.mjs';
import { codecs, connectionState, devicesRunning, openConnections } from './received.mjs';
import { callRobot, ENDED } from './robot.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

/** Longer than any call here, which somebody else ends. */
const LONG = 60;
/** How long it rings where nobody answers yet. */
const RINGS_MS = 3000;
/** It takes a moment; this long, and whoever is left would wonder. */
const TOLD_MS = 5000;

const scene = await Scene.open(2);
const [ada, tone] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.robot({ name: 'Tone', host: 1 }),
]);

// Looks for somebody all the while.
const dan = await scene.robotCalls({ name: 'Dan', host: 1, whom: 'Nobody of this name', seconds: LONG });

scene.proves('a node without a page that calls sends nothing before Accept, and everything after it', async () => {
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Ada', seconds: LONG });
  const sent = async () => (await scene.lab.count(cal.host)).from.rtp_packets;
  const before = await sent();
  await ada.hearsRinging(cal);
  await ada.isWarm();
  await pause(RINGS_MS);
  assert.equal(await connectionState(ada.page), 'connected', 'the path did not stay');
  assert.equal(await sent(), before, 'packets of media while it rang');
  await ada.answers('Accept');
  await seeAndHearEachOther(ada, cal);
  const after = await sent();
  assert.ok(after > before + 60, `${after - before} packets of media after Accept`);
});

scene.proves('Chromium calls a node: both see and hear each other', async (t) => {
  await callRobot(ada, tone);
  await seeAndHearEachOther(ada, tone);
  await inCodec(tone, 'VP8');
  await keysAreMade(t);
  await ada.hangsUp();
  await Promise.all([ada.isFree(), tone.isTold('hung_up')]);
});

scene.proves('a node calls Chromium: both see and hear each other', async () => {
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Ada', seconds: LONG });
  await ada.accepts(cal);
  await seeAndHearEachOther(ada, cal);
  await inCodec(cal, 'VP8');
});

scene.proves('nothing comes from a node for seconds: Chromium asks for a whole picture, and gets it', async () => {
  await callRobot(ada, tone);
  await Promise.all([ada.seesItMove(), tone.seesItMove()]);
  const { keys_asked, key_frames } = tone.stats().shown;
  await scene.lab.during([tone.host], { loss: 1 }, async () => {
    // The questions pass, the answers do not.
    await tone.until('a key frame is asked for', ({ stats: { shown } }) => shown.keys_asked > keys_asked);
  });
  await Promise.all([ada.seesItMove(), ada.sees(tone)]);
  const now = tone.stats().shown;
  assert.ok(now.key_frames > key_frames, `${key_frames} key frames before, ${now.key_frames} after`);
  const { keysAsked } = await moment(ada.page);
  assert.ok(keysAsked > 0, 'Ada says that she asked for none');
});

scene.proves('whoever is called hangs up: the node that called is told at once, and ends well', async () => {
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Ada', seconds: LONG });
  await ada.accepts(cal);
  await Promise.all([ada.isInCall(), cal.isInCall()]);
  const began = performance.now();
  await ada.hangsUp();
  await cal.isTold('hung_up');
  toldSoon(began);
  await nothingIsLeft('Cal');
  await cal.node.ends();
});

scene.proves('a node calls for four seconds and hangs up: the other side is told, and all was well', async () => {
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Ada', seconds: 4 });
  await ada.accepts(cal);
  await Promise.all([ada.isInCall(), cal.isInCall()]);
  await cal.isTold('hung_up');
  const began = performance.now();
  await nothingIsLeft('Cal');
  toldSoon(began);
  assert.equal(await cal.node.ends(), ENDED.well);
});

scene.proves('a node that calls says by its exit code that it was declined, or that nobody is there', async () => {
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Ada', seconds: LONG });
  await ada.hearsRinging(cal);
  await ada.answers('Decline');
  assert.equal(await cal.node.ends(), ENDED.notAccepted);
  assert.equal(cal.call?.reason, 'declined');
  assert.equal(await dan.node.ends(), ENDED.nobody);
});

scene.proves('Chromium calls a node, with no other codec than H264: both see and hear each other', async (t) => {
  await speakOnly(ada.page, 'H264');
  await callRobot(ada, tone);
  await seeAndHearEachOther(ada, tone);
  await inCodec(tone, 'H264');
  await keysAreMade(t);
});

scene.proves('a node calls Chromium, which has no other codec than H264: both see and hear each other', async () => {
  await speakOnly(ada.page, 'H264');
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Ada', seconds: LONG });
  await ada.accepts(cal);
  await seeAndHearEachOther(ada, cal);
  await inCodec(cal, 'H264');
});

scene.proves('without a codec for pictures in common both hear each other all the same', async () => {
  await speakOnly(ada.page, 'AV1');
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Ada', seconds: LONG });
  await ada.accepts(cal);
  await Promise.all([ada.isInCall(), cal.isInCall()]);
  await Promise.all([ada.hears(cal), cal.hears(ada)]);
});

/**
 * @param {import('./robot.mjs').Robot} robot
 * @param {'VP8' | 'H264'} codec
 */
async function inCodec(robot, codec) {
  const both = { audio: 'opus', video: codec };
  assert.deepEqual(await codecs(ada.page), { received: both, sent: both });
  assert.deepEqual(robot.stats().seen.map((seen) => seen.codec), [codec]);
  assert.equal(robot.stats().malformed, 0);
}

/**
 * A node without a decoder of its own for all pictures asks for one that needs no other every second or two, and gets it.
 * @param {import('node:test').TestContext} t
 */
async function keysAreMade(t) {
  const before = await moment(ada.page);
  const [track] = tone.stats().seen;
  const now = await until('more key frames, because they are asked for', async () => {
    const now = await moment(ada.page);
    return now.keysAskedOfUs > before.keysAskedOfUs && now.keysSent > before.keysSent ? now : null;
  });
  await tone.until('sees those key frames', ({ stats }) => (stats.seen[0]?.key_frames ?? 0) > (track?.key_frames ?? 0));
  t.diagnostic(`asked for ${now.keysAskedOfUs}, sent ${now.keysSent}`);
}

/** @param {number} began */
function toldSoon(began) {
  const took = performance.now() - began;
  assert.ok(took < TOLD_MS, `told after ${Math.round(took)} ms`);
}

/**
 * Ada is told that the call is over, and it really is.
 * @param {string} name
 */
async function nothingIsLeft(name) {
  await ada.isTold(`The call with ${name} has ended.`);
  await until('Ada’s devices are off', async () => (await devicesRunning(ada.page)).length === 0);
  await until('Ada has no connection left', async () => (await openConnections(ada.page)) === 0);
}
