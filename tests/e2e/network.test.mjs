// @ts-check
/** A call when the network or a whole machine goes away. */

import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { LOOKS } from './media.mjs';
import { connect, seeAndHearEachOther } from './person.mjs';
import { devicesAsked, devicesRunning, seekPath, watchOffers } from './received.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

const UNPLUGGED_MS = 5_000;

const scene = await Scene.open(3);
const [ada, ben, cid] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
  scene.arrive({ name: 'Cid', host: 2, look: LOOKS.green }),
]);

for (const one of [ada, ben]) {
  const who = one === ada ? 'the caller' : 'whoever was called';
  scene.proves(`the cable of ${who} is out for 5 s: the call goes on by itself`, async () => {
    await connect(ada, ben);
    await Promise.all([ada.seesItMove(), ben.seesItMove()]);
    const asked = await devicesAsked(ben.page);
    await scene.lab.cable(one.host, false);
    await pause(UNPLUGGED_MS);
    await scene.lab.cable(one.host, true);
    await seeAndHearEachOther(ada, ben);
    assert.deepEqual(await devicesAsked(ben.page), asked, 'the camera was opened anew');
  });
}

scene.proves('the cable is out for long: both say “Reconnecting”, and the call goes on when it is back', async () => {
  await connect(ada, ben);
  await scene.lab.cable(ada.host, false);
  await Promise.all([ada, ben].map((person) => person.words('Reconnecting').first().waitFor()));
  await scene.lab.cable(ada.host, true);
  await seeAndHearEachOther(ada, ben);
});

for (const caller of [ada, ben]) {
  const callee = caller === ada ? ben : ada;
  scene.proves(`${caller.name} calls, and both look for a new path at the same moment: the call goes on`, async () => {
    await connect(caller, callee);
    await seeAndHearEachOther(caller, callee);
    const watched = await Promise.all([watchOffers(caller.page), watchOffers(callee.page)]);
    let crossed = false;
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([caller, callee].map(({ page }) => seekPath(page)));
      await seeAndHearEachOther(caller, callee);
      for (const yielded of watched) crossed ||= await yielded();
    }
    assert.ok(crossed, 'no offers crossed: nothing was proven');
  });
}

scene.proves('the other machine loses power in a call: this side says so and turns its devices off', async () => {
  await connect(ada, cid);
  await scene.powerCut(cid);
  await ada.isTold('The connection to Cid was lost.');
  await until('Ada’s devices are off', async () => (await devicesRunning(ada.page)).length === 0);
  await ada.entry(cid).waitFor({ state: 'hidden' });
});

scene.proves('the other machine loses power while it rings there: the caller is told', async () => {
  await ada.calls(ben);
  await ben.hearsRinging(ada);
  await scene.powerCut(ben);
  await ada.isTold('Ben cannot be reached any more.');
  await until('Ada’s devices are off', async () => (await devicesRunning(ada.page)).length === 0);
});
