// @ts-check
/** A window whose WebKitGTK cannot take tracks apart, as before the flag for it: frames come from elements of the page. */

import { LOOKS } from '../e2e/media.mjs';
import { seeAndHearEachOther } from '../e2e/person.mjs';
import { Scene } from './scene.mjs';

const scene = await Scene.open({ environment: { DOGELLER_OLDER_WEBKIT: 'yes' } });
const [ben, ada] = await Promise.all([scene.arrives({ name: 'Ben', look: LOOKS.blue }), scene.calls('Ada')]);

scene.proves('calls stay in the window: both see and hear each other', async () => {
  await ada.window.lists('Ben', 'Available');
  await ada.calls(ben);
  await ben.accepts(ada);
  await seeAndHearEachOther(ada, ben);
  await ben.hangsUp();
  await ada.isFree();
});
