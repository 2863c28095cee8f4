// @ts-check
/** The engine in Rust against the one in Chromium when the network is bad, and when the two agree on something anew. */

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { draw } from './canvas.mjs';
import { concealedShare, frameRate, grown, longestStop, measure } from './measured.mjs';
import { LOOKS } from './media.mjs';
import { seeAndHearEachOther } from './person.mjs';
import { newFrames } from './received.mjs';
import { callRobot, pictures, STOP_MS } from './robot.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

/** @typedef {import('./watch.mjs').WatchedWindow} WatchedWindow */

const DELAY_MS = 50;
const LOSSY_MS = 10_000;
const UNPLUGGED_MS = 5000;
/** With the cable back it takes a second or two. */
const BACK_MS = 15_000;

const scene = await Scene.open(2);
const [ada, tone] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.robot({ name: 'Tone', host: 1 }),
]);

scene.proves('nothing here needs a way to the Internet', async () => {
  for (const { host } of [ada, tone]) {
    // The lab gives no host a default route.
    assert.doesNotMatch(await scene.lab.run(host, ['ip', 'route', 'show']), /default/);
  }
});

scene.proves('Chromium sends a second picture in the middle of a call: both come, and the first does not stop', async () => {
  await callRobot(ada, tone);
  await tone.seesItMove();
  const offers = await negotiations(ada);
  const [stop] = await Promise.all([
    measure(ada.page, 5000).then((moments) => longestStop(moments, 'frames')),
    draw(ada.page, { place: 'beside', width: 320, height: 180 }),
  ]);
  assert.ok((await negotiations(ada)) > offers, 'nothing was agreed on anew: this proves nothing');
  const { stats } = await tone.until('a second picture', ({ stats: { seen } }) => (seen[1]?.frames ?? 0) > 30);
  const first = stats.seen[0]?.frames ?? 0;
  await tone.until('more of the first picture', ({ stats: { seen } }) => (seen[0]?.frames ?? 0) > first + 30);
  assert.equal(tone.stats().seen.length, 2);
  assert.ok(stop < STOP_MS, `Ada's picture stood still for ${stop} ms`);
  tone.goesOn();
});

scene.proves('a node that calls offers anew every two seconds, and Chromium once meanwhile: nothing stops', async () => {
  const options = ['--renegotiate', '2'];
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Ada', seconds: 60, options });
  await ada.accepts(cal);
  await Promise.all([ada.isInCall(), cal.isInCall()]);
  await cal.seesItMove();
  const offers = await negotiations(ada);
  const [stop] = await Promise.all([
    measure(ada.page, 8000).then((moments) => longestStop(moments, 'frames')),
    pause(3000).then(() => draw(ada.page, { place: 'beside', width: 320, height: 180 })),
  ]);
  const agreed = (await negotiations(ada)) - offers;
  assert.ok(agreed >= 4, `agreed on anew ${agreed} times in 8 s`);
  await cal.until('a second picture', ({ stats: { seen } }) => (seen[1]?.frames ?? 0) > 30);
  assert.ok(stop < STOP_MS, `Ada's picture stood still for ${stop} ms`);
  cal.goesOn();
});

scene.proves('Chromium changes the size of its picture: the node sees the new one', async () => {
  await callRobot(ada, tone);
  await tone.until('a picture', ({ perceived: { width, height } }) => width > height);
  const { perceived: before } = await tone.until('a picture', () => true);
  await draw(ada.page, { place: 'instead', width: 240, height: 320 });
  const { perceived } = await tone.until('an upright picture', ({ perceived: { width, height } }) => height > width);
  assert.ok(perceived.width <= 240 && perceived.height <= 320, `${perceived.width} times ${perceived.height}`);
  assert.notEqual(perceived.width, before.width);
  await seeAndHearEachOther(ada, tone);
});

for (const loss of [0.03, 0.1]) {
  const percent = loss * 100;
  scene.proves(`${percent} % of all packets are lost: picture goes on at both ends, sound too, and little is sent twice`, async (t) => {
    await callRobot(ada, tone);
    await tone.seesItMove();
    const before = { stats: await tone.nextStats(), lost: await lost() };
    const moments = await scene.lab.during([ada.host, tone.host], { delay_ms: DELAY_MS, loss }, () => {
      return measure(ada.page, LOSSY_MS);
    });
    const after = { stats: await tone.nextStats(), lost: await lost() };

    const repair = difference(before.stats.repair, after.stats.repair);
    const heard = difference(before.stats.heard, after.stats.heard);
    const [sentToTone = 0, sentToAda = 0] = after.lost.map((packets, at) => packets - (before.lost[at] ?? 0));
    const { first, last, seconds } = grown(moments);
    const sentAgain = last.sentAgain - first.sentAgain;
    const madeUp = { ada: concealedShare(moments), tone: heard.concealed_ms / (seconds * 1000) };
    t.diagnostic(JSON.stringify({ sentToTone, sentToAda, repair, heard, sentAgain, madeUp, fps: frameRate(moments) }));

    // As many as really got lost on the line, sound and all: the line did lose what it should.
    assert.ok(sentToTone > 10 && sentToAda > 10, `${sentToTone} and ${sentToAda} packets lost: this proves nothing`);
    assert.ok(longestStop(moments, 'frames') < STOP_MS, `Ada's picture stood still for ${longestStop(moments, 'frames')} ms`);
    tone.goesOn();
    assert.ok(longestStop(moments, 'energy') < STOP_MS, `Ada heard nothing for ${longestStop(moments, 'energy')} ms`);
    assert.ok(madeUp.ada < 0.1, `${madeUp.ada} of what Ada heard was made up`);
    assert.ok(madeUp.tone < 0.1, `${madeUp.tone} of what the node heard was made up`);
    // Few of each, so that one more does not decide.
    const few = 5;
    assert.ok(repair.asked <= 2 * repair.missing + few, `asked ${repair.asked} times for ${repair.missing} packets`);
    assert.ok(sentAgain <= 2 * repair.missing + few, `Chromium sent ${sentAgain} for ${repair.missing} that were missing`);
    assert.ok(repair.sent_again <= 2 * sentToAda + few, `sent ${repair.sent_again} for ${sentToAda} lost on the line`);
    assert.ok(repair.sent_again <= repair.asked_of_us + few, JSON.stringify(repair));
    assert.ok(repair.repaired > 0 && repair.sent_again > 0, 'nothing was repaired at all');
  });
}

scene.proves('the cable of the one, then of the other is out for 5 s: the call goes on by itself', async (t) => {
  await callRobot(ada, tone);
  await tone.seesItMove();
  const { call } = tone.call ?? {};
  for (const one of [tone, ada]) {
    await scene.lab.cable(one.host, false);
    await pause(UNPLUGGED_MS);
    const frames = { ada: await newFrames(ada.page), tone: pictures(tone.stats()) };
    await scene.lab.cable(one.host, true);
    const began = performance.now();
    await Promise.all([
      until('picture is back at Ada', async () => (await frames.ada()) > 10),
      tone.until('picture is back', ({ stats }) => pictures(stats) > frames.tone + 10),
    ]);
    const took = performance.now() - began;
    t.diagnostic(`back ${Math.round(took)} ms after the cable of ${one.name}`);
    assert.ok(took < BACK_MS, `picture was back after ${Math.round(took)} ms`);
    await seeAndHearEachOther(ada, tone);
  }
  assert.equal(tone.call?.call, call, 'it is another call');
});

scene.proves('with IPv6 alone both find each other, and see and hear each other', async () => {
  await Promise.all([ada, tone].map(({ host }) => scene.lab.onlyIpv6(host)));
  for (const { host } of [ada, tone]) {
    assert.doesNotMatch(await scene.lab.run(host, ['ip', '-oneline', 'address', 'show', 'dev', 'eth0']), /inet /);
  }
  // Whether they noticed or not: the links over the old addresses are dead.
  await callRobot(ada, tone);
  await seeAndHearEachOther(ada, tone);
});

/** Packets lost on the lines of Ada and the node so far. */
async function lost() {
  return (await Promise.all([ada, tone].map(({ host }) => scene.lab.count(host)))).map(({ lost }) => lost);
}

/**
 * @template {string} K
 * @param {Record<K, number>} before
 * @param {Record<K, number>} after
 * @returns {Record<K, number>}
 */
function difference(before, after) {
  const keys = /** @type {K[]} */ (Object.keys(after));
  return /** @type {Record<K, number>} */ (Object.fromEntries(keys.map((key) => [key, after[key] - before[key]])));
}

/**
 * How often the newest connection of a page agreed on something anew since this was asked first.
 * @param {import('./person.mjs').Person} person
 */
function negotiations({ page }) {
  return page.evaluate(() => {
    const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    const connection = /** @type {RTCPeerConnection & { __agreed?: number }} */ (connections.at(-1));
    if (connection.__agreed === undefined) {
      connection.__agreed = 0;
      connection.addEventListener('signalingstatechange', () => {
        if (connection.signalingState === 'stable') connection.__agreed = (connection.__agreed ?? 0) + 1;
      });
    }
    return connection.__agreed;
  });
}
