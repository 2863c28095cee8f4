// @ts-check
/** The window shows its own page, which lists who is here, and nothing can be put into it or in its place. */

import assert from 'node:assert/strict';
import { until } from '../e2e/until.mjs';
import { Scene } from './scene.mjs';

const PAGE = 'tauri://localhost';

const scene = await Scene.open();
const [ben, window] = await Promise.all([scene.neighbour({ name: 'Ben' }), scene.opensWindow('Ada')]);

scene.proves('the window opens and shows Dogeller’s own page', async () => {
  await until('the display shows the window, by its name', () => window.frame());
  assert.equal(new URL(await window.page.url()).href.replace(/\/$/, ''), PAGE);
  await until('the page has its title', async () => (await window.page.title()) === 'Dogeller');
});

scene.proves('it lists who is here, and they list it', async () => {
  await Promise.all([ben.sees('Ada', 'online'), window.lists('Ben', 'Not at the screen')]);
  await Promise.all([window.offers('Video call Ben'), window.offers('Voice call Ben')]);
  await window.shot('somebody-is-here');
});

scene.proves('nothing that is put into the page runs, and it reaches no other place', async () => {
  // One that is really there, so that only a refusal keeps the page from it.
  const { url } = await window.running();
  await window.page.run((/** @type {string} */ elsewhere) => {
    const seen = /** @type {any} */ (globalThis);
    seen.ran = [];
    seen.refused = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
      seen.refused.push(effectiveDirective),
    );

    const script = document.createElement('script');
    script.textContent = 'ran.push("a script")';
    const picture = document.createElement('div');
    picture.innerHTML = '<img src="nowhere" onerror="ran.push(\'a handler\')">';
    const frame = document.createElement('iframe');
    frame.src = elsewhere;
    document.body.append(script, picture, frame);
    try {
      new Function('ran.push("made of text")')();
    } catch {
      seen.refused.push('made of text');
    }
    fetch(elsewhere).catch(() => undefined);
  }, new URL('/', url).href);
  const wanted = ['connect-src', 'frame-src', 'made of text', 'script-src-attr', 'script-src-elem'];
  let refused = /** @type {string[]} */ ([]);
  await until('each of them was refused', async () => {
    refused = await window.page.run(() => /** @type {any} */ (globalThis).refused);
    return wanted.every((one) => refused.includes(one));
  }).catch((error) => assert.fail(`${error.message}; only these were: ${refused}`));
  assert.deepEqual(await window.page.run(() => /** @type {any} */ (globalThis).ran), []);
});

scene.proves('the window stays on its page', async () => {
  const { url } = await window.running();
  const elsewhere = new URL('/', url).href;
  const goings = {
    'by its address': (/** @type {string} */ to) => location.assign(to),
    'by a link': (/** @type {string} */ to) => {
      const link = document.createElement('a');
      link.href = to;
      document.body.append(link);
      link.click();
    },
  };
  const refusals = () => scene.desk.log.split('kept the window from leaving its page').length;
  for (const [how, go] of Object.entries(goings)) {
    const before = refusals();
    await window.page.run(() => {
      /** @type {any} */ (globalThis).stayed = true;
    });
    await window.page.run(go, elsewhere);
    await until(`it is refused to leave ${how}`, () => refusals() > before);
    assert.equal(await window.page.run(() => /** @type {any} */ (globalThis).stayed), true, how);
    assert.equal(await window.page.run(() => location.origin), PAGE, how);
  }
  await window.page.run((to) => void globalThis.open(to), elsewhere);
  assert.equal((await scene.desk.screen.windows()).length, 1, 'another window');
  // And it lives.
  const second = await scene.neighbour({ name: 'Cleo' });
  await Promise.all([second.sees('Ada', 'online'), window.lists('Cleo', 'Not at the screen')]);
});
