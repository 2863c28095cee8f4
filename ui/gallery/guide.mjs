// Puts the pictures of docs/guide into place, after `npm run gallery`: `npm run guide`.
import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** What docs/guide calls each, and the scene it is of. */
const PICTURES = {
  list: 'talk-list',
  incoming: 'incoming-video',
  call: 'connected-muted',
  verify: 'connected-verify',
  conversation: 'talk',
  file: 'talk-files-moving',
  settings: 'settings',
};
const guide = fileURLToPath(new URL('../../docs/guide/pictures/', import.meta.url));

await mkdir(guide, { recursive: true });
for (const [name, scene] of Object.entries(PICTURES)) {
  await copyFile(new URL(`./shots/${scene}.wide-light.png`, import.meta.url), `${guide}${name}.png`);
}
console.log(`${Object.keys(PICTURES).length} pictures in ${guide}`);
