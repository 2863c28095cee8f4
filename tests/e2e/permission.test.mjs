// @ts-check
/** Two browsers that never used a camera here, on a network without a way to the Internet: the normal first call. */

import assert from 'node:assert/strict';
import { LOOKS } from './media.mjs';
import { answerWith, forgetAnswers } from './permission.mjs';
import { seeAndHearEachOther } from './person.mjs';
import { connectionState, devicesAsked, devicesRunning } from './received.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

const scene = await Scene.open(2);
const [ada, ben] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red, devices: 'asked' }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue, devices: 'asked' }),
]);

scene.proves('nobody is asked before their own click, and each is asked once', async () => {
  await ada.calls(ben);
  await ben.hearsRinging(ada);
  await until('Ada was asked', async () => (await devicesAsked(ada.page)).length > 0);
  assert.deepEqual(await devicesAsked(ben.page), []);
  await ben.answers('Accept');
  await seeAndHearEachOther(ada, ben);
  for (const { page } of [ada, ben]) assert.deepEqual((await devicesAsked(page)).sort(), ['camera', 'microphone']);
});

scene.proves('both answer the question only after Accept: the call connects then', async () => {
  await asAtFirst();
  const [adas, bens] = [held(), held()];
  answerWith(ada.page, {}, adas.until);
  answerWith(ben.page, {}, bens.until);
  await ada.calls(ben);
  await ben.accepts(ada);
  // Longer than either page waits for the answer: both have made a connection that knows no address.
  for (const { page } of [ada, ben]) await until('a connection', async () => (await connectionState(page)) !== null);
  bens.release();
  adas.release();
  await seeAndHearEachOther(ada, ben);
});

for (const first of [ada, ben]) {
  const other = first === ada ? ben : ada;
  const who = first === ada ? 'the caller' : 'whoever was called';
  scene.proves(`only ${who} answers at first: sound and picture come from there, and both ways in the end`, async () => {
    await asAtFirst();
    const late = held();
    answerWith(other.page, {}, late.until);
    await ada.calls(ben);
    await ben.accepts(ada);
    await Promise.all([other.sees(first), other.hears(first)]);
    late.release();
    await seeAndHearEachOther(ada, ben);
  });
}

scene.proves('a camera that is refused: a sentence says so, and sound goes on', async () => {
  await asAtFirst();
  answerWith(ben.page, { camera: 'denied' });
  await ada.calls(ben);
  await ben.accepts(ada);
  await ben
    .words('Dogeller may not use your camera. Allow it for this page, then try again. Ada hears you but does not see you.')
    .waitFor();
  await Promise.all([ada.hears(ben), ben.hears(ada), ben.sees(ada), ada.words("Ben's camera is off").waitFor()]);
  // Allowed after all.
  await forgetAnswers(ben.page);
  await ben.button('Try again').click();
  await ada.sees(ben);
});

scene.proves('everything refused: the call still shows and sounds the other side', async () => {
  await asAtFirst();
  answerWith(ada.page, { camera: 'denied', microphone: 'denied' });
  await ada.calls(ben);
  await ben.accepts(ada);
  await Promise.all([ada.sees(ben), ada.hears(ben)]);
  await ada.page.getByText('You can see and hear Ben; Ben cannot see or hear you.').waitFor();
  assert.deepEqual(await devicesRunning(ada.page), []);
});

/** As if neither had ever been asked. */
async function asAtFirst() {
  await Promise.all([ada, ben].map(({ page }) => forgetAnswers(page)));
  await Promise.all([ada, ben].map(({ page }) => page.reload()));
}

/** A question that stays open until it is released. */
function held() {
  let release = () => {};
  const until = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  return { until, release };
}
