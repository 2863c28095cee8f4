// @ts-check
/** A machine with no camera and no microphone. */

import assert from 'node:assert/strict';
import { LOOKS } from './media.mjs';
import { Scene } from './scene.mjs';
import { devicesRunning, traffic } from './received.mjs';

const scene = await Scene.open(2);
const [ada, ben] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red, devices: 'none' }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
]);

const SENTENCE =
  'No microphone or camera was found. Connect one, then try again. You can see and hear Ben; Ben cannot see or hear you.';

for (const [caller, callee] of /** @type {const} */ ([
  [ada, ben],
  [ben, ada],
])) {
  const what = caller === ada ? 'calls' : 'is called';
  scene.proves(`somebody without devices ${what}: a sentence says so, and the other side is seen and heard`, async () => {
    await caller.calls(callee);
    await callee.accepts(caller);
    await Promise.all([ada.isInCall(), ben.isInCall()]);
    await ada.words(SENTENCE).waitFor();
    await Promise.all([ada.sees(ben), ada.hears(ben), ada.seesItMove()]);
    await Promise.all(["Ada's camera is off", "Ada's microphone is off"].map((words) => ben.words(words).waitFor()));
    assert.deepEqual(await devicesRunning(ada.page), []);
    assert.equal((await traffic(ada.page)).sent, 0);
  });
}
