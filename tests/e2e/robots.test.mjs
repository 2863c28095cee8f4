// @ts-check
/** The engine in Rust against itself, without any browser. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { seeAndHearEachOther } from './person.mjs';
import { ENDED, pictures } from './robot.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

const CALLS = 20;
/** From the middle on one packet in ten is lost, so that some of every step of connecting are. */
const GOOD_CALLS = 10;
/** After so many calls everything is there that stays. */
const SETTLED = 5;
const LOSSY_SECONDS = 8;

// On a network of their own, so that nothing disturbs them.
const elsewhere = await Scene.open(2);
const many = callAgainAndAgain();
// Whoever waits for it below hears of it; until then it is nobody's business.
many.catch(() => undefined);

const scene = await Scene.open(2);
const tone = await scene.robot({ name: 'Tone', host: 0 });

scene.proves('a node calls another: both see and hear each other, and the end is the same at both', async () => {
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Tone', seconds: 4 });
  await seeAndHearEachOther(cal, tone);
  await Promise.all([cal.isTold('hung_up'), tone.isTold('hung_up')]);
  assert.equal(await cal.node.ends(), ENDED.well);
  for (const robot of [cal, tone]) {
    assert.equal(robot.stats().malformed, 0);
    robot.goesOn();
  }
});

scene.proves('a node calls another by its id, with sound alone', async () => {
  const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: tone.node.peerId, seconds: 3, voice: true });
  await Promise.all([cal.isInCall(), tone.isInCall()]);
  await Promise.all([cal.hears(tone), tone.hears(cal)]);
  assert.equal(await cal.node.ends(), ENDED.well);
  await tone.isTold('hung_up');
  for (const robot of [cal, tone]) {
    assert.equal(robot.stats().shown.frames, 0);
    assert.equal(pictures(robot.stats()), 0);
  }
});

scene.proves('one packet in ten is lost both ways: sound and picture go on', async (t) => {
  const cal = await scene.lab.during([0, 1], { loss: 0.1, delay_ms: 20 }, async () => {
    const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: 'Tone', seconds: LOSSY_SECONDS });
    await seeAndHearEachOther(cal, tone);
    assert.equal(await cal.node.ends(), ENDED.well);
    return cal;
  });
  await tone.isTold('hung_up');
  for (const robot of [cal, tone]) {
    const { heard, repair, live_ms } = robot.stats();
    t.diagnostic(`${robot.name}: ${JSON.stringify({ heard, repair, live_ms })}`);
    assert.ok(repair.repaired > 0, 'nothing was repaired');
    assert.ok(heard.concealed_ms < live_ms / 10, `${heard.concealed_ms} of ${live_ms} ms of sound were made up`);
    robot.goesOn();
  }
});

for (const who of ['the caller', 'whoever was called']) {
  scene.proves(`${who} is killed: the other side says that the connection is lost`, async () => {
    const spare = await scene.robot({ name: `Spare of ${who}`, host: 0 });
    const cal = await scene.robotCalls({ name: 'Cal', host: 1, whom: spare.name, seconds: 120 });
    await seeAndHearEachOther(cal, spare);
    const [killed, left] = who === 'the caller' ? [cal, spare] : [spare, cal];
    await killed.node.kill();
    await left.isTold('lost');
    if (left === cal) assert.equal(await cal.node.ends(), ENDED.lost);
  });
}

elsewhere.proves(`${CALLS} calls one after another come up, and leave nothing behind in the node that answers them`, async (t) => {
  const memory = await many;
  t.diagnostic(`MB after each call: ${memory.map((megabytes) => megabytes.toFixed(1)).join(' ')}`);
  const [before = NaN, after = NaN] = [memory[SETTLED - 1], memory.at(-1)];
  assert.ok(after <= before * 1.1 + 4, `${before.toFixed(1)} MB after ${SETTLED} calls, ${after.toFixed(1)} after ${CALLS}`);
});

/** Calls one node again and again, and gives the megabytes it had after each call. */
async function callAgainAndAgain() {
  const busy = await elsewhere.robot({ name: 'Busy', host: 0 });
  const memory = [];
  for (let call = 1; call <= CALLS; call++) {
    if (call > GOOD_CALLS) await Promise.all([0, 1].map((host) => elsewhere.lab.set(host, { loss: 0.1, delay_ms: 5 })));
    const cal = await elsewhere.robotCalls({ name: 'Cal', host: 1, whom: busy.name, seconds: 2 });
    assert.equal(await cal.node.ends(), ENDED.well, `call ${call}`);
    await until('the end of the same call', () => busy.call?.call === cal.call?.call && busy.call?.state === 'ended');
    memory.push(await residentMegabytes(busy));
  }
  return memory;
}

/** @param {import('./robot.mjs').Robot} robot */
async function residentMegabytes({ node }) {
  const status = await readFile(`/proc/${node.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
