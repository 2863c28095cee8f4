// @ts-check
/**
 * What one test file plays in: two machines on one network, the first with a screen for Dogeller's window. Everything it
 * makes goes with it.
 */

import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Browser } from '../e2e/browser.mjs';
import { Lab } from '../e2e/lab.mjs';
import { DogellerNode } from '../e2e/node.mjs';
import { Person } from '../e2e/person.mjs';
import { PATIENCE_MS } from '../e2e/until.mjs';
import { Desk } from './desk.mjs';
import { Neighbour } from './neighbour.mjs';

/** @typedef {import('../e2e/media.mjs').Look} Look */
/** @typedef {import('./window.mjs').Window} Window */

/** The machine with the screen, and the other one. */
const HERE = 0;
const THERE = 1;

/** No promise takes longer, or somebody waits for something that does not come. */
const PROMISE_MS = 120_000;

export class Scene {
  #lab;
  #folder;
  /** @type {Browser[]} */
  #browsers = [];
  /** @type {(DogellerNode | Neighbour)[]} */
  #nodes = [];
  /** @type {Person[]} */
  #people = [];
  /** @type {Window | null} */
  #window = null;

  /**
   * @param {Lab} lab
   * @param {string} folder
   * @param {Desk} desk
   */
  constructor(lab, folder, desk) {
    this.#lab = lab;
    this.#folder = folder;
    this.desk = desk;
  }

  static async open() {
    const folder = await mkdtemp(join(tmpdir(), 'dogeller-window-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    const lab = await Lab.start(2);
    const scene = new Scene(lab, folder, await Desk.open({ lab, host: HERE, folder: await made(folder, 'desk') }));
    after(() => scene.#close());
    return scene;
  }

  /** Somebody opens the window on the machine with the screen. @param {string} name */
  async opensWindow(name) {
    const window = await this.desk.opens(name);
    this.#window = window;
    return window;
  }

  /**
   * A node without a window or a page, on the other machine or on this one.
   * @param {{ name: string, here?: boolean }} who
   */
  async neighbour({ name, here = false }) {
    const folder = join(this.#folder, name);
    const neighbour = await Neighbour.start({ enter: this.#lab.enter(here ? HERE : THERE), name, folder });
    this.#nodes.push(neighbour);
    return neighbour;
  }

  /**
   * Somebody with a browser, on the other machine.
   * @param {{ name: string, look: Look }} who
   */
  async arrives({ name, look }) {
    const folder = await made(this.#folder, name);
    const [node, browser] = await Promise.all([
      DogellerNode.start({ lab: this.#lab, host: THERE, name, folder: join(folder, 'data') }),
      this.#browser({ host: THERE, folder, look }),
    ]);
    this.#nodes.push(node);
    const page = await browser.context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(node.url);
    const person = new Person({ name, host: THERE, look, page, node });
    this.#people.push(person);
    return person;
  }

  /** A browser on the machine with the screen, for what the default browser is asked to open. @param {Look} look */
  async browserHere(look) {
    return this.#browser({ host: HERE, folder: await made(this.#folder, 'browser'), look });
  }

  /**
   * One promise, proven by one test. When it is broken, what there is to see is kept, and no call is left to the next.
   * @param {string} promise
   * @param {() => Promise<void>} body
   */
  proves(promise, body) {
    test(promise, { timeout: PROMISE_MS }, async (t) => {
      try {
        await body();
      } catch (error) {
        t.diagnostic(`what there was to see: ${await this.#keepEvidence(promise)}`);
        await Promise.allSettled([this.#window?.settles(), ...this.#people.map((person) => person.settles())]);
        throw error;
      }
    });
  }

  /** @param {{ host: number, folder: string, look: Look }} parts */
  async #browser({ host, folder, look }) {
    const browser = await Browser.open({ lab: this.#lab, host, folder, look, devices: 'allowed' });
    this.#browsers.push(browser);
    return browser;
  }

  /** @param {string} promise */
  async #keepEvidence(promise) {
    const name = promise.replaceAll(/[^\w]+/g, '-').slice(0, 80);
    const folder = join(tmpdir(), `dogeller-window-failed-${process.pid}`, name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'desk.log'), this.desk.log);
    await this.#window?.keep(join(folder, 'window.png')).catch(() => undefined);
    for (const page of this.#browsers.flatMap((browser) => browser.context.pages())) {
      const file = join(folder, `page-${new URL(page.url()).port}.png`);
      await page.screenshot({ path: file, timeout: 5000 }).catch(() => undefined);
    }
    for (const [at, node] of this.#nodes.entries()) await writeFile(join(folder, `node-${at}.log`), node.log);
    return folder;
  }

  async #close() {
    // Each by itself: one that fails keeps none of the others from ending.
    const ended = await Promise.allSettled([
      this.desk.close(),
      ...this.#browsers.map((browser) => browser.close()),
      ...this.#nodes.map((node) => node.stop()),
    ]);
    await this.#lab.stop();
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  }
}

/** @param {string[]} path */
async function made(...path) {
  const folder = join(...path);
  await mkdir(folder);
  return folder;
}
