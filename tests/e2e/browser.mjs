// @ts-check
/** Chromium on a host of the lab. The driver speaks to it through a pipe, so that no network lies between the two. */

import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import { writeMedia } from './media.mjs';
import { chromium } from './programs.mjs';
import { watch } from './watch.mjs';

/** @typedef {import('./lab.mjs').Lab} Lab */

/**
 * - `allowed`: fake devices, and the page may use them, as after somebody allowed them earlier
 * - `asked`: fake devices, and nobody was asked yet
 * - `none`: the machine has no devices
 * @typedef {'allowed' | 'asked' | 'none'} Devices
 */

const ALWAYS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export class Browser {
  #browser;
  #pidFile;

  /**
   * @param {import('playwright-core').Browser} browser
   * @param {import('playwright-core').BrowserContext} context
   * @param {string} pidFile
   */
  constructor(browser, context, pidFile) {
    this.#browser = browser;
    /** What one person's profile is. */
    this.context = context;
    this.#pidFile = pidFile;
  }

  /** @param {{ lab: Lab, host: number, folder: string, look: import('./media.mjs').Look, devices: Devices }} parts */
  static async open({ lab, host, folder, look, devices }) {
    const args = [...ALWAYS];
    if (devices !== 'none') {
      const { picture, sound } = await writeMedia(folder, look);
      args.push('--use-fake-device-for-media-stream');
      args.push(`--use-file-for-fake-video-capture=${picture}`, `--use-file-for-fake-audio-capture=${sound}`);
    }
    if (devices === 'allowed') args.push('--use-fake-ui-for-media-stream');
    // The driver starts one file; each step of it becomes the next, down to the browser itself.
    const executablePath = join(folder, 'chromium-on-host');
    const pidFile = join(folder, 'pid');
    const line = [...lab.enter(host), chromium()].map(quoted).join(' ');
    await writeFile(executablePath, `#!/bin/sh\necho $$ > ${quoted(pidFile)}\nexec ${line} "$@"\n`);
    await chmod(executablePath, 0o755);
    const browser = await playwright.launch({ executablePath, args, timeout: 60_000 });
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en-GB' });
    await context.addInitScript(watch);
    return new Browser(browser, context, pidFile);
  }

  async close() {
    await this.#browser.close();
  }

  /** As a crash does it: the page says no goodbye. */
  async kill() {
    const gone = new Promise((resolve) => this.#browser.once('disconnected', resolve));
    process.kill(Number(await readFile(this.#pidFile, 'utf8')), 'SIGKILL');
    await gone;
  }
}

/** @param {string} word */
function quoted(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
