// @ts-check
/** Two windows, each on a machine of its own: calls in both directions, also while one is hidden. */

import assert from 'node:assert/strict';
import { seeAndHearEachOther } from '../e2e/person.mjs';
import { Scene } from './scene.mjs';

/** What a picture must at least move to be called one: 100 pictures in 8 seconds. */
const MEASURED_MS = 8000;
const DIFFERENT = 100;

const scene = await Scene.open({ desks: 2 });
const [ada, ben] = await Promise.all([scene.calls('Ada', 0), scene.calls('Ben', 1)]);

scene.proves('Ada calls Ben: both see and hear each other, as moving pictures', async (t) => {
  await ada.window.lists('Ben', 'Available');
  await ada.calls(ben);
  await ben.accepts(ada);
  await seeAndHearEachOther(ada, ben);
  const [here, there] = await Promise.all([ada.different(MEASURED_MS), ben.different(MEASURED_MS)]);
  t.diagnostic(`different pictures in 8 s: ${here} at Ada, ${there} at Ben`);
  assert.ok(here >= DIFFERENT && there >= DIFFERENT, `${here} different pictures at Ada, ${there} at Ben`);
  await ada.window.shot('window-to-window');
  await ada.hangsUp();
  await Promise.all([ada.isTold('The call with Ben has ended.'), ben.isTold('The call with Ada has ended.')]);
});

scene.proves('Ben calls Ada: the same', async (t) => {
  await ben.calls(ada);
  await ada.accepts(ben);
  await seeAndHearEachOther(ada, ben);
  const [here, there] = await Promise.all([ada.different(MEASURED_MS), ben.different(MEASURED_MS)]);
  t.diagnostic(`different pictures in 8 s: ${here} at Ada, ${there} at Ben`);
  assert.ok(here >= DIFFERENT && there >= DIFFERENT, `${here} different pictures at Ada, ${there} at Ben`);
});
