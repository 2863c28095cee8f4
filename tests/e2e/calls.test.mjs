// @ts-check
/** Calls as they should go: each side sees the other's own colour and hears the other's own tone. */

import assert from 'node:assert/strict';
import { LOOKS } from './media.mjs';
import { connect, ring, seeAndHearEachOther } from './person.mjs';
import { devicesAsked, devicesRunning, openConnections, traffic } from './received.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

const scene = await Scene.open(2);
const [ada, ben] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
]);

scene.proves('people on one network are on each other’s list', async () => {
  await Promise.all([ada.entry(ben).getByText('Available').waitFor(), ben.entry(ada).getByText('Available').waitFor()]);
});

scene.proves('nothing leaves camera or microphone before Accept, and everything flows after it', async () => {
  const asked = await devicesAsked(ben.page);
  const before = await Promise.all([ada, ben].map(mediaOnTheWire));
  await ring(ada, ben);
  for (const person of [ada, ben]) {
    assert.equal((await traffic(person.page)).sent, 0, `${person.name} sent media while it rang`);
  }
  assert.deepEqual(await Promise.all([ada, ben].map(mediaOnTheWire)), before, 'packets of media while it rang');
  assert.deepEqual(await devicesAsked(ben.page), asked, 'a device was opened where it only rings');

  await ben.answers('Accept');
  await seeAndHearEachOther(ada, ben);
  // The counters that stood still do count.
  const after = await Promise.all([ada, ben].map(mediaOnTheWire));
  for (const [at, packets] of after.entries()) assert.ok(packets > (before[at] ?? 0) + 60, `${packets} packets`);
});

scene.proves('whoever is called hears it ring', async () => {
  await ada.calls(ben);
  await ben.hearsRinging(ada);
  await until('a sound plays', () =>
    ben.page.evaluate(() => [...document.querySelectorAll('audio')].some((sound) => !sound.paused && !sound.muted)),
  );
});

scene.proves('“Accept without camera” sends sound alone and still shows the caller', async () => {
  await ring(ada, ben);
  const asked = (await devicesAsked(ben.page)).length;
  await ben.answers('Accept without camera');
  await Promise.all([ada.isInCall(), ben.isInCall()]);
  await Promise.all([ben.sees(ada), ben.hears(ada), ada.hears(ben), ada.words("Ben's camera is off").waitFor()]);
  assert.deepEqual((await devicesAsked(ben.page)).slice(asked), ['microphone']);
  assert.equal((await traffic(ben.page)).pictureSent, 0);
});

scene.proves('in a voice call both hear each other, and no camera is asked for', async () => {
  const asked = await Promise.all([ada, ben].map(async ({ page }) => (await devicesAsked(page)).length));
  await connect(ada, ben, 'Voice');
  await Promise.all([ada.hears(ben), ben.hears(ada)]);
  for (const [at, { page }] of [ada, ben].entries()) {
    assert.deepEqual((await devicesAsked(page)).slice(asked[at]), ['microphone']);
    assert.equal((await traffic(page)).pictureSent, 0);
  }
});

for (const [one, other] of /** @type {const} */ ([
  [ada, ben],
  [ben, ada],
])) {
  const who = one === ada ? 'the caller' : 'whoever was called';
  scene.proves(`${who} hangs up: the call ends at both ends, and no device stays on`, async () => {
    await connect(ada, ben);
    await one.hangsUp();
    await one.isTold(`The call with ${other.name} has ended.`);
    await other.isTold(`The call with ${one.name} has ended.`);
    for (const { name, page } of [one, other]) {
      await until(`${name}'s devices are off`, async () => (await devicesRunning(page)).length === 0);
      await until(`${name} has no connection left`, async () => (await openConnections(page)) === 0);
    }
  });
}

scene.proves('“Decline” ends the ringing, and the caller is told', async () => {
  const asked = await devicesAsked(ben.page);
  await ada.calls(ben);
  await ben.hearsRinging(ada);
  await ben.answers('Decline');
  await ada.isTold('Ben declined.');
  await ben.isTold('You declined the call from Ada.');
  await Promise.all([ada.isFree(), ben.isFree()]);
  assert.deepEqual(await devicesAsked(ben.page), asked);
});

scene.proves('a caller who gives up stops the ringing', async () => {
  await ada.calls(ben);
  await ben.hearsRinging(ada);
  await ada.hangsUp();
  await ben.incoming(ada).waitFor({ state: 'hidden' });
  await ada.isTold('You stopped calling Ben.');
  await ben.isTold('Ada called and hung up before you answered.');
  await until('Ada’s devices are off', async () => (await devicesRunning(ada.page)).length === 0);
});

scene.proves('a muted microphone is silent at the other side, which says so', async () => {
  await connect(ada, ben);
  await ben.hears(ada);
  await ada.button('Mute microphone').click();
  await ben.words("Ada's microphone is off").waitFor();
  await ben.hearsNothingOf(ada);
  await ada.button('Unmute microphone').click();
  await ben.words("Ada's microphone is off").waitFor({ state: 'hidden' });
  await ben.hears(ada);
});

scene.proves('a camera that is turned off is off, and the other side says so', async () => {
  await connect(ada, ben);
  await ben.sees(ada);
  await ada.button('Turn camera off').click();
  await ben.words("Ada's camera is off").waitFor();
  await ben.videoOf(ada).waitFor({ state: 'hidden' });
  await until('Ada’s camera is off', async () => !(await devicesRunning(ada.page)).includes('video'));
  await ben.hears(ada);
  await ada.button('Turn camera on').click();
  await ben.words("Ada's camera is off").waitFor({ state: 'hidden' });
  await ben.sees(ada);
  await ben.seesItMove();
});

scene.proves('both screens show the same short code', async () => {
  const codes = [];
  for (const _call of [1, 2]) {
    await connect(ada, ben, 'Voice');
    const [hers, his] = await Promise.all([ada, ben].map(shortCode));
    assert.deepEqual(hers, his);
    assert.equal(hers?.length, 6);
    codes.push(hers?.join(' '));
    await ada.hangsUp();
    await Promise.all([ada.isFree(), ben.isFree()]);
  }
  assert.notEqual(codes[0], codes[1], 'a code belongs to one call');
});

/** @param {import('./person.mjs').Person} person */
async function shortCode(person) {
  await person.button('Verify').click();
  const pictures = person.page.getByRole('region', { name: /^Is it really/ }).getByRole('listitem');
  await pictures.first().waitFor();
  return pictures.allInnerTexts();
}

/** @param {import('./person.mjs').Person} person */
async function mediaOnTheWire({ host }) {
  return (await scene.lab.count(host)).from.rtp_packets;
}
