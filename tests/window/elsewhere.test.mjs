// @ts-check
/** Being called and calling from a window whose webview cannot encode pictures: calls open in the browser. */

import assert from 'node:assert/strict';
import { LOOKS } from '../e2e/media.mjs';
import { Person, seeAndHearEachOther } from '../e2e/person.mjs';
import { until } from '../e2e/until.mjs';
import { Scene } from './scene.mjs';

const OPENED = 'Calls open in your browser on this system.';

// As on a machine where the package with GStreamer's VP8 is not installed.
const scene = await Scene.open({ environment: { GST_PLUGIN_FEATURE_RANK: 'fakeaudiosink:MAX,vp8enc:NONE' } });
const [ben, browser, window] = await Promise.all([
  scene.arrives({ name: 'Ben', look: LOOKS.blue }),
  scene.browserHere(LOOKS.red),
  scene.opensWindow('Ada'),
]);
const { desk } = scene;
/** Ada's page in the browser, while it is open. @type {Person | null} */
let there = null;
/** Ada as Ben knows her. */
const ada = /** @type {Person} */ ({ name: 'Ada' });

scene.proves('a call rings aloud in a window that nobody has touched yet', async () => {
  // Not even by the driver, whose questions might count as touching: Ben's page tells how far it is.
  await ben.entry(ada).getByText('Available').waitFor();
  await ben.calls(ada);
  await ben.words('Ringing').waitFor();
  let heard = 0;
  let last = await window.ring();
  await until('a second of the ring was played', async () => {
    const now = await window.ring();
    heard += Math.max(0, now.at - last.at);
    last = now;
    return heard > 1;
  }).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(last)}`));
  assert.deepEqual({ ...last, at: 0 }, { paused: false, muted: false, volume: 1, at: 0 });
  assert.notEqual(await window.incoming('Ben'), null, 'the dialog');
  await window.shot('ringing');
  await ben.hangsUp();
  await window.says('Ben called and hung up before you answered.');
  assert.equal((await window.ring()).paused, true, 'it rings on');
});

scene.proves('“Decline” ends the ringing, and the caller is told', async () => {
  await rings();
  await window.presses('Decline');
  await ben.isTold('Ada declined.');
  await window.says('You declined the call from Ben.');
  await window.isFree();
  assert.equal((await window.ring()).paused, true, 'it rings on');
  assert.equal(await desk.browser.waiting(), 0, 'a browser was opened for a call that was declined');
});

scene.proves('“Accept” opens the browser in the call, and “Hang up” in the window ends it', async () => {
  assert.equal(await window.page.run(() => typeof RTCPeerConnection), 'undefined', 'this webview has an engine');
  await rings();
  await window.presses('Accept');
  await window.says(OPENED);
  await window.says('gstreamer1.0-plugins-good');
  there = await browserOpens();
  // Nobody clicks anything there.
  await seeAndHearEachOther(there, ben);
  await window.says(OPENED);
  await window.shot('call-in-the-browser');
  await window.presses('Hang up');
  await Promise.all([
    ben.isTold('The call with Ada has ended.'),
    there.isTold('The call with Ben has ended.'),
    window.says('The call with Ben has ended.'),
  ]);
  await there.page.close();
});

scene.proves(
  'a call placed in the window opens the browser too, and ends for the window with the other’s “Hang up”',
  async () => {
    await window.isTheOnlyPage();
    await window.presses('Video call Ben');
    await window.says(OPENED);
    there = await browserOpens();
    await ben.hearsRinging(ada);
    await ben.answers('Accept');
    await seeAndHearEachOther(there, ben);
    await ben.hangsUp();
    await Promise.all([there.isTold('The call with Ben has ended.'), window.says('The call with Ben has ended.')]);

    // It is open still.
    await window.presses('Voice call Ben');
    await ben.hearsRinging(ada);
    await ben.answers('Accept');
    await Promise.all([there.isInCall(), ben.isInCall()]);
    await Promise.all([there.hears(ben), ben.hears(there), window.says(OPENED)]);
    assert.equal(await desk.browser.waiting(), 0, 'another page was opened beside the one there was');
    await window.presses('Hang up');
    await Promise.all([ben.isFree(), there.isFree(), window.isFree()]);
  },
);

scene.proves('where no browser can be opened the window says so, and “Hang up” stops the ringing', async () => {
  await there?.page.close();
  await window.isTheOnlyPage();
  await desk.browser.uninstall();
  await window.presses('Video call Ben');
  await window.says('Calls open in a browser on this system, and none could be opened.');
  await window.shot('no-browser');
  await ben.hearsRinging(ada);
  await window.presses('Hang up');
  await Promise.all([ben.isTold('Ada called and hung up before you answered.'), window.isFree()]);
});

async function rings() {
  await ben.calls(ada);
  await until('it rings in the window', () => window.incoming('Ben'));
}

/** The browser opens what it is asked to. Whoever reads its command line gets no lasting key to the page. */
async function browserOpens() {
  const url = await desk.browser.next();
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/open\/[0-9a-f]{64}$/);
  const page = await browser.context.newPage();
  await page.goto(url);
  return new Person({ name: 'Ada', host: 0, look: LOOKS.red, page, node: /** @type {any} */ (null) });
}
