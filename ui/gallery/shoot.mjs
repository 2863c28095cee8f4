// Takes a picture of every scene, light and dark, wide and narrow, into ui/gallery/shots: `npm run gallery [-- WORD]`.
// WORD keeps the scenes whose name contains it. CHROMIUM names the browser, if it is not at the usual place.
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const SIZES = { wide: { width: 1200, height: 800 }, narrow: { width: 390, height: 844 } };
const shots = fileURLToPath(new URL('./shots/', import.meta.url));
const word = process.argv[2] ?? '';

const server = await createServer({
  configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
  server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
  logLevel: 'error',
});
await server.listen();
const address = server.httpServer?.address();
const base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/gallery/`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // Sound is let through, so that only the scene about silence shows it kept back.
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
});

let failures = 0;
try {
  if (word === '') await rm(shots, { recursive: true, force: true });
  await mkdir(shots, { recursive: true });
  const { SCENES } = await server.ssrLoadModule('/gallery/scenes.ts');
  const names = Object.keys(SCENES).filter((name) => name.includes(word));
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({
        viewport,
        colorScheme,
        hasTouch: size === 'narrow',
        isMobile: size === 'narrow',
        reducedMotion: 'reduce',
      });
      for (const name of names) failures += await shoot(context, SCENES[name], name, `${size}-${colorScheme}`);
      await context.close();
    }
  }
  console.log(`${names.length} scenes, 4 pictures each, in ${shots}`);
} finally {
  await browser.close();
  await server.close();
}
process.exitCode = failures === 0 ? 0 : 1;

async function shoot(context, scene, name, look) {
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  try {
    await page.goto(`${base}?scene=${name}`);
    await page.locator('#app > *').first().waitFor();
    if (scene.call !== undefined && scene.call.place === undefined) await page.waitForTimeout(400);
    for (const button of scene.press ?? []) await page.getByRole('button', { name: button, exact: true }).click();
    await page.waitForTimeout(scene.still ? 3400 : 250);
    await page.screenshot({ path: `${shots}${name}.${look}.png` });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wider > 0) errors.push(`${wider} pixels too wide`);
  } catch (error) {
    errors.push(String(error));
  }
  await page.close();
  for (const error of errors) console.error(`${name} ${look}: ${error}`);
  return errors.length;
}
