// @ts-check
/** A page that is loaded again is right at once: while it rings, and in a call. */

import assert from 'node:assert/strict';
import { LOOKS } from './media.mjs';
import { connect, ring, seeAndHearEachOther } from './person.mjs';
import { Scene } from './scene.mjs';

/** It takes well below a second; this long, and a person would call it broken. */
const DIALOG_MS = 10_000;
/** It takes about two seconds. */
const MEDIA_MS = 15_000;

const scene = await Scene.open(2);
const [ada, ben] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
]);

scene.proves('whoever is called reloads while it rings: the same dialog, and Accept works', async () => {
  await ring(ada, ben);
  await ben.page.reload();
  await ben.incoming(ada).waitFor({ timeout: DIALOG_MS });
  assert.ok(await ada.words('Ringing').isVisible(), 'the caller noticed');
  await ben.answers('Accept');
  await seeAndHearEachOther(ada, ben);
});

scene.proves('the caller reloads while it rings: it goes on ringing, and Accept works', async () => {
  await ring(ada, ben);
  await ada.page.reload();
  await ada.words('Ringing').waitFor({ timeout: DIALOG_MS });
  assert.ok(await ben.incoming(ada).isVisible(), 'it stopped ringing');
  await ben.answers('Accept');
  await seeAndHearEachOther(ada, ben);
});

scene.proves('a reload between two pictures of the dialog: Accept works at once', async () => {
  await ada.calls(ben);
  await ben.hearsRinging(ada);
  await ben.page.reload();
  await ben.answers('Accept');
  await seeAndHearEachOther(ada, ben);
});

for (const [one, other] of /** @type {const} */ ([
  [ada, ben],
  [ben, ada],
])) {
  const who = one === ada ? 'the caller' : 'whoever was called';
  scene.proves(`${who} reloads in a call: the other side says “Reconnecting”, and nobody has to answer again`, async (t) => {
    await connect(ada, ben);
    await Promise.all([ada.seesItMove(), ben.seesItMove()]);
    const noticed = other.words('Reconnecting').first().waitFor();
    const began = performance.now();
    await one.page.reload();
    await noticed;
    await Promise.all([one.sees(other), other.clock.waitFor()]);
    const took = performance.now() - began;
    t.diagnostic(`media was back after ${Math.round(took)} ms`);
    assert.ok(took < MEDIA_MS, `media was back after ${took} ms`);
    assert.equal(await one.page.getByRole('dialog').count(), 0);
    await seeAndHearEachOther(ada, ben);
  });
}

scene.proves('what was turned off in a call stays off through a reload', async () => {
  await connect(ada, ben);
  await ada.button('Turn camera off').click();
  await ada.button('Mute microphone').click();
  await ben.words("Ada's camera is off").waitFor();
  await ada.page.reload();
  await Promise.all([ada.button('Turn camera on').waitFor(), ada.button('Unmute microphone').waitFor()]);
  await ada.sees(ben);
  await Promise.all(["Ada's camera is off", "Ada's microphone is off"].map((words) => ben.words(words).waitFor()));
  await ben.hearsNothingOf(ada);
});
