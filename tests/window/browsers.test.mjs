// @ts-check
/** The window and Chromium: calls both ways, what changes in the middle of one, and what breaks. */

import assert from 'node:assert/strict';
import { draw } from '../e2e/canvas.mjs';
import { LOOKS } from '../e2e/media.mjs';
import { seeAndHearEachOther } from '../e2e/person.mjs';
import { until } from '../e2e/until.mjs';
import { Scene } from './scene.mjs';

const UNPLUGGED_MS = 5000;
const HIDDEN_MS = 3000;

const scene = await Scene.open();
const [ben, ada] = await Promise.all([scene.arrives({ name: 'Ben', look: LOOKS.blue }), scene.calls('Ada')]);

scene.proves('Chromium calls the window: both see and hear each other, and go on when another picture is added', async () => {
  await calledByBen();
  await seeAndHearEachOther(ada, ben);
  await ada.window.shot('call-with-a-browser');
  // Its track is one of its own: both have to agree anew.
  await draw(ben.page, { place: 'beside', width: 320, height: 180 });
  await seeAndHearEachOther(ada, ben);
  await ben.hangsUp();
  await ada.isTold('The call with Ben has ended.');
});

scene.proves('the window calls Chromium: the same, and a picture of another size is shown in its size', async () => {
  await ada.calls(ben);
  await ben.accepts(ada);
  await seeAndHearEachOther(ada, ben);
  await draw(ben.page, { place: 'instead', width: 240, height: 320 });
  let last = null;
  await until('an upright picture', async () => {
    last = await ada.picture('Ben');
    return last !== null && last.width === 240 && last.height === 320;
  }).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(last)}`));
  await ada.seesItMove();
  await ada.hangsUp();
  await ben.isTold('The call with Ada has ended.');
});

scene.proves('a voice call carries sound alone, until a camera is turned on', async () => {
  await ben.calls(ada, 'Voice');
  await ada.accepts(ben);
  await Promise.all([ada.isInCall(), ben.isInCall()]);
  await Promise.all([ada.hears(ben), ben.hears(ada)]);
  await ada.window.presses('Turn camera on');
  await Promise.all([ben.sees(ada), ben.seesItMove()]);
  await ada.window.presses('Mute microphone');
  await ben.hearsNothingOf(ada);
  await ada.window.presses('Unmute microphone');
  await ben.hears(ada);
  await ada.hangsUp();
  await ben.isFree();
});

scene.proves('the window shares its screen, and takes it back', async () => {
  await calledByBen();
  await seeAndHearEachOther(ada, ben);
  await ada.window.presses('Share screen');
  await ben.words('Ada is sharing a screen').waitFor();
  let last = null;
  await until('a picture of the size of a screen', async () => {
    last = await shownSize();
    return last.width > last.height && last.width >= 1600;
  }).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(last)}`));
  await ben.seesItMove();
  await ada.window.shot('sharing-the-screen');
  await ada.window.presses('Stop sharing');
  await ben.words('Ada is sharing a screen').waitFor({ state: 'hidden' });
  await Promise.all([ben.seesItMove(), ben.sees(ada)]);
  await ada.hangsUp();
  await ben.isFree();
});

scene.proves('a hidden window goes on sending', async () => {
  await calledByBen();
  await seeAndHearEachOther(ada, ben);
  const frame = await ada.window.frame();
  assert.ok(frame, 'there is no window');
  await ada.desk.screen.hide(frame.id);
  await until('the page knows that it is hidden', () => ada.window.page.run(() => document.hidden));
  await new Promise((resolve) => setTimeout(resolve, HIDDEN_MS));
  await Promise.all([ben.seesItMove(), ben.hears(ada)]);
  await ada.desk.screen.show(frame.id);
  await seeAndHearEachOther(ada, ben);
  await ben.hangsUp();
  await ada.isFree();
});

scene.proves('5 % of all packets are lost and 50 ms late: picture and sound go on', async () => {
  await calledByBen();
  await seeAndHearEachOther(ada, ben);
  await scene.lab.during([0, 1], { delay_ms: 50, loss: 0.05 }, async () => {
    await seeAndHearEachOther(ada, ben);
    await seeAndHearEachOther(ada, ben);
  });
  await ben.hangsUp();
  await ada.isFree();
});

scene.proves('the cable is out for five seconds: the call comes back', async () => {
  await calledByBen();
  await seeAndHearEachOther(ada, ben);
  await scene.lab.cable(ada.host, false);
  await new Promise((resolve) => setTimeout(resolve, UNPLUGGED_MS));
  await scene.lab.cable(ada.host, true);
  await seeAndHearEachOther(ada, ben);
  await ben.hangsUp();
  await ada.isFree();
});

scene.proves('the page is loaded anew in a call: sound and picture are back, and it does not ring again', async () => {
  await calledByBen();
  await seeAndHearEachOther(ada, ben);
  await ada.window.reloads();
  await seeAndHearEachOther(ada, ben);
  await ben.hangsUp();
  await ada.isFree();
});

scene.proves('the web process is killed in a call: the window comes back with the call', async () => {
  await calledByBen();
  await seeAndHearEachOther(ada, ben);
  await ada.window.losesItsPage();
  await ben.words('Reconnecting').waitFor();
  await Promise.all([ben.isInCall(), ben.sees(ada)]);
  await Promise.all([ben.seesItMove(), ben.hears(ada)]);
  await ben.hangsUp();
});

/** How large what Ben sees of Ada is. */
function shownSize() {
  return ben.videoOf(ada).evaluate((video) => {
    const { videoWidth: width, videoHeight: height } = /** @type {HTMLVideoElement} */ (video);
    return { width, height };
  });
}

async function calledByBen() {
  await ben.entry(ada).getByText('Available').waitFor();
  await ben.calls(ada);
  await ada.accepts(ben);
}
