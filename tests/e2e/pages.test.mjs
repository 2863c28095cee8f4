// @ts-check
/** The page and its node: several pages, none, a wrong link, a node that ends. */

import assert from 'node:assert/strict';
import { LOOKS } from './media.mjs';
import { connect, seeAndHearEachOther } from './person.mjs';
import { devicesAsked, devicesRunning } from './received.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

const scene = await Scene.open(2);
const [ada, ben] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
]);

for (const first of ['the older page', 'the newer page']) {
  scene.proves(`two pages both ring; ${first} accepts and has the call, the other says so and opens nothing`, async () => {
    const newer = await scene.anotherPage(ben);
    const [taker, other] = first === 'the older page' ? [ben, newer] : [newer, ben];
    const asked = await devicesAsked(other.page);
    await newer.button('Video call Ada').waitFor();
    await ada.calls(ben);
    await Promise.all([ben.hearsRinging(ada), newer.hearsRinging(ada)]);
    await taker.answers('Accept');
    await other.words('This call is in another window').waitFor();
    assert.ok(!(await other.incoming(ada).isVisible()), 'it still rings in the other page');
    await seeAndHearEachOther(ada, taker);
    assert.deepEqual(await devicesAsked(other.page), asked, 'the other page opened a device');
    await newer.page.close();
    // Whichever page it was in, the person can end it from the one that is left.
  });
}

scene.proves('a call goes on in another page when it is taken over there', async () => {
  const newer = await scene.anotherPage(ben);
  await connect(ada, ben);
  await newer.button('Continue it here').click();
  await seeAndHearEachOther(ada, newer);
  await ben.words('This call is in another window').waitFor();
  await until('the first page’s devices are off', async () => (await devicesRunning(ben.page)).length === 0);
  await newer.hangsUp();
  await newer.page.close();
});

scene.proves('nobody has a page open: the caller is told that the other is not at the screen', async () => {
  await ben.page.goto('about:blank');
  await ada.calls(ben);
  await ada.isTold('Ben is not at the screen.');
  await ben.page.goto(ben.node.url);
  await ben.entry(ada).waitFor();
});

scene.proves('a page with a wrong link says so', async () => {
  const page = await ben.page.context().newPage();
  const wrong = new URL(ben.node.url);
  wrong.hash = `t=${'0'.repeat(64)}`;
  await page.goto(wrong.href);
  await page.getByText("This page's link is out of date").waitFor();
  await page.close();
});

scene.proves('the node of a page ends in a call: the page says so, turns the camera off, and the call ends', async () => {
  await connect(ada, ben);
  await ada.node.kill();
  await ada.page.getByText('Dogeller is not running on this computer').waitFor();
  await until('Ada’s devices are off', async () => (await devicesRunning(ada.page)).length === 0);
  await ben.isTold('The connection to Ada was lost.');
});
