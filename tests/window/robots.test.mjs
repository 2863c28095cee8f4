// @ts-check
/** The window and a node without a page: calls both ways, and the echo contact inside the window's own node. */

import { Scene } from './scene.mjs';

/** @typedef {import('../e2e/robot.mjs').Robot} Robot */

/** The mock microphone's bop and bip, in hertz. A robot names the mean pitch of a second, in which both may lie. */
const PITCHES = /** @type {const} */ ([450, 1600]);
const LOUD_DB = -30;

const scene = await Scene.open();
const [tone, ada] = await Promise.all([scene.robot({ name: 'Tone' }), scene.calls('Ada')]);

scene.proves('the window calls a node: its colour is seen and its tone heard, at both ends', async () => {
  await ada.window.lists('Tone', 'Available');
  await ada.calls(tone);
  await tone.isInCall();
  await Promise.all([bothAreThere(tone), ada.sees(tone), ada.hears(tone), ada.seesItMove()]);
  tone.goesOn();
  await ada.hangsUp();
  await Promise.all([tone.isTold('hung_up'), ada.isFree()]);
});

scene.proves('a node calls the window: the same', async () => {
  const cal = await scene.robotCalls({ name: 'Cal', whom: 'Ada', seconds: 60 });
  await ada.accepts(cal);
  await Promise.all([bothAreThere(cal), ada.sees(cal), ada.hears(cal), ada.seesItMove()]);
  await ada.hangsUp();
  await Promise.all([cal.isTold('hung_up'), ada.isFree()]);
});

scene.proves('the echo test sends the window’s own picture and sound back', async () => {
  await ada.window.presses('Video call Echo test');
  const echo = { name: 'Echo test', look: ada.look };
  await ada.isInCall();
  await Promise.all([ada.sees(echo), ada.hears(echo), ada.seesItMove()]);
  await ada.window.shot('echo-test');
  await ada.hangsUp();
  await ada.isFree();
});

/** What the window's mock devices show and say arrives. @param {Robot} robot */
async function bothAreThere(robot) {
  await Promise.all([
    ada.isInCall(),
    robot.sees(ada),
    robot.seesItMove(),
    robot.until('hears the bip and the bop', ({ perceived: { tone_hz, loudness_db } }) => {
      const [lowest, highest] = PITCHES;
      return tone_hz !== null && tone_hz > lowest && tone_hz < highest && (loudness_db ?? -200) > LOUD_DB;
    }),
  ]);
}
