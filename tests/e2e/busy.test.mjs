// @ts-check
/** Three people: two of them talk. */

import assert from 'node:assert/strict';
import { LOOKS } from './media.mjs';
import { connect } from './person.mjs';
import { Scene } from './scene.mjs';

const scene = await Scene.open(3);
const [ada, ben, cid] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
  scene.arrive({ name: 'Cid', host: 2, look: LOOKS.green }),
]);

scene.proves('whoever calls somebody in a call is told so, and the call goes on undisturbed', async () => {
  await connect(ada, ben);
  await cid.entry(ada).getByText('In a call').waitFor();
  for (const other of [ada, ben]) {
    await cid.calls(other);
    await cid.isTold(`${other.name} is in another call.`);
    await cid.isFree();
    assert.equal(await other.page.getByRole('dialog').count(), 0, `it rang at ${other.name}`);
  }
  await Promise.all([ada.sees(ben), ada.seesItMove(), ben.sees(ada), ben.seesItMove()]);
});

scene.proves('whoever calls somebody who is being called is told so, and it rings on', async () => {
  await ada.calls(ben);
  await ben.hearsRinging(ada);
  await cid.calls(ben);
  await cid.isTold('Ben is in another call.');
  assert.ok(await ben.incoming(ada).isVisible());
  assert.equal(await ben.page.getByRole('dialog').count(), 1);
  await ben.answers('Accept');
  await Promise.all([ada.sees(ben), ben.sees(ada)]);
});

scene.proves('after a call both can be called again', async () => {
  await connect(cid, ada, 'Voice');
  await Promise.all([cid.hears(ada), ada.hears(cid)]);
});
