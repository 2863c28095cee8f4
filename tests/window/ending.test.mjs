// @ts-check
/** Starting a second time, starting where it cannot, and ending. */

import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../e2e/until.mjs';
import { Scene } from './scene.mjs';

const scene = await Scene.open();
const { desk } = scene;
const [ben, window] = await Promise.all([scene.neighbour({ name: 'Ben' }), scene.opensWindow('Ada')]);

scene.proves('a second start on the same data folder brings the window to the front and ends', async () => {
  await ben.sees('Ada', 'online');
  await desk.screen.cover();
  assert.equal(await window.isInFront(), false, 'nothing lies over it');
  const { code, log } = await desk.runs(['--data-dir', window.data]);
  assert.equal(code, 0, log);
  await until('the window is in front', () => window.isInFront());
});

scene.proves('a start where a node runs without a window opens that node’s page in the browser', async () => {
  const cleo = await scene.neighbour({ name: 'Cleo', here: true });
  const { code, log } = await desk.runs(['--data-dir', cleo.folder]);
  assert.equal(code, 0, log);
  assert.match(await desk.browser.next(), /^http:\/\/127\.0\.0\.1:\d+\/open\/[0-9a-f]{64}$/);
});

scene.proves('without a display it says so and ends', async () => {
  const { code, log } = await desk.runs(['--data-dir', join(window.data, '..', 'other')], { DISPLAY: undefined });
  assert.equal(code, 1, log);
  assert.match(log, /^Dogeller found no display for its window\. dogeller-headless runs without one\.$/m);
});

scene.proves('closing the window ends everything it started, and the others see it leave', async () => {
  await window.close();
  await ben.sees('Ada', 'offline');
  assert.equal((await readdir(window.data)).includes('running.json'), false);
});

scene.proves('the same window opens again, and ends when the system asks for it', async () => {
  const again = await scene.opensWindow('Ada');
  await ben.sees('Ada', 'online');
  await again.lists('Ben', 'Not at the screen');
  await again.isAskedToEnd();
  await ben.sees('Ada', 'offline');
});
