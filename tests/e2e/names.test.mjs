// @ts-check
/** A name from the network is text, whatever it holds. */

import assert from 'node:assert/strict';
import { LOOKS } from './media.mjs';
import { seeAndHearEachOther } from './person.mjs';
import { Scene } from './scene.mjs';

const MARKUP = '<img src=x onerror=alert(1)>';

const scene = await Scene.open(2);
const [ada, mallory] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: MARKUP, host: 1, look: LOOKS.blue }),
]);

scene.proves('a name made of markup is shown as it is, in every place', async () => {
  let alerts = 0;
  ada.page.on('dialog', async (dialog) => {
    alerts += 1;
    await dialog.dismiss();
  });
  await ada.entry(mallory).waitFor();
  assert.match((await ada.entry(mallory).innerText()), /^<img src=x onerror=alert\(1\)>/m);
  await mallory.calls(ada);
  await ada.hearsRinging(mallory);
  assert.ok((await ada.page.title()).includes(MARKUP));
  await ada.answers('Accept');
  await seeAndHearEachOther(ada, mallory);
  await mallory.hangsUp();
  await ada.isTold(`The call with ${MARKUP} has ended.`);
  assert.equal(await ada.page.locator('img[src="x"]').count(), 0);
  assert.equal(alerts, 0);
});
