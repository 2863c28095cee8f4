// @ts-check
/** Starting a second time, starting where it cannot, and ending. */

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
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

scene.proves('a link that names somebody shows the conversation with them, and one that names nobody does nothing', async () => {
  const { code, log } = await desk.runs([`dogeller://person/${ben.peerId}`, '--data-dir', window.data]);
  assert.equal(code, 0, log);
  await until('the conversation with Ben is open', () => window.page.find('textarea', 'textbox', 'Message Ben'));
  const wrong = await desk.runs(['dogeller://person/nobody', '--data-dir', window.data]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.log, /this link leads nowhere/);
});

scene.proves('a start where a node runs without a window opens that node’s page in the browser', async () => {
  const cleo = await scene.neighbour({ name: 'Cleo', here: true });
  const { code, log } = await desk.runs(['--data-dir', cleo.folder]);
  assert.equal(code, 0, log);
  assert.match(await desk.browser.next(), /^http:\/\/127\.0\.0\.1:\d+\/open\/[0-9a-f]{64}$/);
});

scene.proves('what starts at login is what the settings say', async () => {
  const entry = join(desk.home, '.config/autostart/Dogeller.desktop');
  await window.presses('Settings');
  const turn = async () => {
    const chosen = await until('the switch is there', () => window.page.find('input', 'switch', 'Start Dogeller when I log in'));
    // Its track lies over it, as it does for a person, who presses that.
    if (chosen !== null) await window.page.run((input) => input.click(), chosen.handle);
  };
  await turn();
  const words = await until('the system keeps it', () => readFile(entry, 'utf8').catch(() => null));
  assert.match(words ?? '', /^Exec=.*dogeller --background$/m);
  await turn();
  await until('the system forgets it', () => readFile(entry).then(() => false, () => true));
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

scene.proves('started in the background no window is seen until somebody calls', async () => {
  const quiet = await desk.opens('Ada', ['--background']);
  await ben.sees('Ada', 'online');
  await until('the page is there', () => quiet.page.run(() => document.querySelector('aside') !== null));
  assert.equal(await quiet.frame(), null);
  const cal = await scene.robotCalls({ name: 'Cal', whom: 'Ada', seconds: 20 });
  await until('the call is in sight', () => quiet.frame());
  await quiet.presses('Decline');
  await cal.isTold('declined');
  await quiet.isAskedToEnd();
});
