// @ts-check
/** The engine in Rust against the one in Chromium on a line too narrow for what they would like to send. */

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { frameRate, grown, longestStop, measure } from './measured.mjs';
import { LOOKS } from './media.mjs';
import { seeAndHearEachOther } from './person.mjs';
import { callRobot, pictures, STOP_MS } from './robot.mjs';
import { Scene } from './scene.mjs';

/** @typedef {import('./measured.mjs').Moment} Moment */

const WIDE_KBIT = 880;
const NARROW_KBIT = 400;
const QUEUE_PACKETS = 20;
/** How long the line is as it is. */
const STAYS_MS = 10_000;
/** After so long the picture is as good as it gets. */
const SETTLES_MS = 5000;
const FRAMES_A_SECOND = 10;
/** Later than this and people talk over each other. */
const LATE_MS = 1000;

const scene = await Scene.open(2);
const [ada, tone] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.robot({ name: 'Tone', host: 1 }),
]);

scene.proves('the line of a node gets narrow, narrower, wide again: sound goes on, picture is back soon and in time', async (t) => {
  await callRobot(ada, tone);
  await seeAndHearEachOther(ada, tone);
  const good = await measure(ada.page, 1000);
  await scene.lab.during([tone.host], line(WIDE_KBIT), async () => {
    for (const kbit of [WIDE_KBIT, NARROW_KBIT, WIDE_KBIT]) {
      await scene.lab.set(tone.host, line(kbit));
      const moments = await measure(ada.page, STAYS_MS);
      t.diagnostic(`${kbit} kbit/s: ${goesOn(good, moments)}; ${tone.stats().shown.target_bits} bits for the picture`);
    }
  });
  tone.hearsAllTheTime();
});

scene.proves('the line of Chromium gets narrow: the node hears on, and sees on after a while', async (t) => {
  await callRobot(ada, tone);
  await seeAndHearEachOther(ada, tone);
  const [before, after] = await scene.lab.during([ada.host], line(NARROW_KBIT), async () => {
    await pause(SETTLES_MS);
    const before = await tone.nextStats();
    await pause(3000);
    return [before, await tone.nextStats()];
  });
  const rate = ((pictures(after) - pictures(before)) * 1000) / (after.live_ms - before.live_ms);
  t.diagnostic(`${rate.toFixed(1)} frames a second; ${JSON.stringify(after.heard)}`);
  tone.hearsAllTheTime();
  assert.ok(rate > FRAMES_A_SECOND / 2, `${rate} frames a second`);
});

/** @param {number} rate_kbit */
function line(rate_kbit) {
  return { rate_kbit, queue_packets: QUEUE_PACKETS };
}

/**
 * What a narrow line may cost, and what it must not.
 * @param {readonly Moment[]} good the same call before
 * @param {readonly Moment[]} moments
 */
function goesOn(good, moments) {
  const settled = moments.filter(({ at }) => at >= grown(moments).first.at + SETTLES_MS);
  const [rate, late, silence] = [frameRate(settled), lateness(good, moments), longestStop(moments, 'energy')];
  const words = `${rate.toFixed(1)} frames a second at the end, at most ${late} ms late, still for ${longestStop(moments, 'frames')} ms`;
  assert.ok(longestStop(moments, 'soundPackets') < STOP_MS, 'no packet of sound came for a second');
  assert.ok(silence < STOP_MS, `Ada heard nothing for ${silence} ms`);
  assert.ok(rate > FRAMES_A_SECOND, words);
  assert.ok(late < LATE_MS, words);
  return words;
}

/**
 * How much later than on a good line the picture came at worst, in milliseconds: whatever the two clocks say, they say it
 * in both.
 * @param {readonly Moment[]} good
 * @param {readonly Moment[]} moments
 */
function lateness(good, moments) {
  const known = (/** @type {readonly Moment[]} */ some) => some.map(({ late }) => late).filter((late) => late !== null);
  const [best, worst] = [Math.min(...known(good)), Math.max(...known(moments))];
  assert.ok(Number.isFinite(best) && Number.isFinite(worst), 'the page does not know how late the picture is');
  return Math.round(worst - best);
}
