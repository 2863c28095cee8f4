// @ts-check
/** On a slow line: both call at once, and an answer that comes before anything is ready. Beside it somebody does not answer. */

import assert from 'node:assert/strict';
import { LOOKS } from './media.mjs';
import { seeAndHearEachOther } from './person.mjs';
import { devicesAsked, openConnections, traffic } from './received.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

/** @typedef {import('./watch.mjs').WatchedWindow} WatchedWindow */

const DELAY_MS = 100;

/** Five rounds of every pair of clicks. */
const ROUNDS = 5;
/** @type {readonly ('Video' | 'Voice')[]} */
const KINDS = ['Video', 'Voice'];

// On a network of their own, so that nothing disturbs them.
const elsewhere = await Scene.open(2);
const [eve, fay] = await Promise.all([
  elsewhere.arrive({ name: 'Eve', host: 0, look: LOOKS.green }),
  elsewhere.arrive({ name: 'Fay', host: 1, look: LOOKS.blue }),
]);
const unanswered = ringsOut();
// Whoever waits for it below hears of it; until then it is nobody's business.
unanswered.catch(() => undefined);

const scene = await Scene.open(2);
const [ada, ben] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
]);
await Promise.all([ada, ben].map(({ host }) => scene.lab.delay(host, DELAY_MS)));

scene.proves('an answer that comes before there is a path is as good as any', async () => {
  const answered = ben.page.evaluate(async () => {
    for (;;) {
      const buttons = [...document.querySelectorAll('[role=dialog] button')];
      const accept = buttons.find((button) => button.textContent?.trim() === 'Accept');
      if (accept instanceof HTMLElement) {
        const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
        accept.click();
        return connections.at(-1)?.connectionState ?? 'none yet';
      }
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  });
  await ada.calls(ben);
  assert.notEqual(await answered, 'connected', 'this test came too late to prove anything');
  await seeAndHearEachOther(ada, ben);
});

for (const hers of KINDS) {
  for (const his of KINDS) {
    scene.proves(`both call at once (${hers}, ${his}), ${ROUNDS} times: one call each time, and each sends what it clicked`, async () => {
      for (let round = 0; round < ROUNDS; round++) await cross(hers, his);
    });
  }
}

elsewhere.proves('nobody answers: the caller and the called are told so', async () => {
  const seconds = await unanswered;
  assert.ok(seconds > 30 && seconds < 70, `it rang for ${seconds} s`);
});

/**
 * @param {'Video' | 'Voice'} hers
 * @param {'Video' | 'Voice'} his
 */
async function cross(hers, his) {
  const clicks = /** @type {const} */ ([
    [ada, ben, hers],
    [ben, ada, his],
  ]);
  for (const [one, other, kind] of clicks) {
    await until('the other can be called', () => one.button(`${kind} call ${other.name}`).isEnabled());
  }
  const asked = await Promise.all([ada, ben].map(async ({ page }) => (await devicesAsked(page)).length));
  // One clock for both: they are on one machine. Neither invite may arrive before the other click.
  const at = Date.now() + 500;
  const rang = clicks.map(([one, other, kind]) =>
    one.button(`${kind} call ${other.name}`).evaluate(async (button, at) => {
      let dialogs = 0;
      const observer = new MutationObserver(() => {
        dialogs += document.querySelectorAll('[role=dialog]').length;
      });
      observer.observe(document.body, { childList: true, subtree: true });
      await new Promise((resolve) => setTimeout(resolve, at - Date.now()));
      const clicked = Date.now();
      if (button instanceof HTMLElement) button.click();
      await new Promise((resolve) => setTimeout(resolve, 600));
      observer.disconnect();
      return { dialogs, clicked };
    }, at),
  );
  const results = await Promise.all(rang);
  const [first = 0, second = 0] = results.map(({ clicked }) => clicked);
  assert.ok(Math.abs(first - second) < DELAY_MS, `${Math.abs(first - second)} ms between the clicks: nothing crossed`);
  for (const { dialogs } of results) assert.equal(dialogs, 0, 'it rang where somebody was calling');
  await Promise.all([ada.isInCall(), ben.isInCall()]);
  for (const [number, [one, other, kind]] of clicks.entries()) {
    await Promise.all([
      other.hears(one),
      kind === 'Video' ? other.sees(one) : other.videoOf(one).waitFor({ state: 'hidden' }),
    ]);
    assert.equal(await openConnections(one.page), 1);
    assert.equal((await traffic(one.page)).pictureSent > 0, kind === 'Video');
    const devices = (await devicesAsked(one.page)).slice(asked[number]).sort();
    assert.deepEqual(devices, kind === 'Video' ? ['camera', 'microphone'] : ['microphone']);
  }
  await ada.hangsUp();
  await Promise.all([ada.isFree(), ben.isFree()]);
  await ada.isTold('The call with Ben has ended.');
  await ben.isTold('The call with Ada has ended.');
  for (const { page } of [ada, ben]) await until('no connection is left', async () => (await openConnections(page)) === 0);
}

/** Somebody is called and is not there; gives how many seconds it rang. */
async function ringsOut() {
  const began = performance.now();
  await eve.calls(fay, 'Voice');
  await fay.hearsRinging(eve);
  await eve.words('Ringing').waitFor();
  await eve.status('Fay did not answer.').waitFor({ timeout: 90_000 });
  await fay.isTold('You missed a call from Eve.');
  await Promise.all([eve.isFree(), fay.isFree()]);
  return Math.round((performance.now() - began) / 1000);
}
