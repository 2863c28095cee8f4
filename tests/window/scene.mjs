// @ts-check
/**
 * What one test file plays in: two machines on one network, the first with a screen for Dogeller's window, and the second
 * too where one is wanted. Everything it makes goes with it.
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
import { account } from '../e2e/received.mjs';
import { Robot } from '../e2e/robot.mjs';
import { PATIENCE_MS } from '../e2e/until.mjs';
import { Desk } from './desk.mjs';
import { Neighbour } from './neighbour.mjs';
import { WindowCall } from './windowCall.mjs';

/** @typedef {import('../e2e/media.mjs').Look} Look */

/** The machine with the screen, and the other one. */
const HERE = 0;
const THERE = 1;

/** No promise takes longer, or somebody waits for something that does not come. */
const PROMISE_MS = 120_000;

export class Scene {
  #folder;
  /** @type {Browser[]} */
  #browsers = [];
  /** @type {(DogellerNode | Neighbour)[]} */
  #nodes = [];
  /** @type {Person[]} */
  #people = [];
  /** @type {Robot[]} */
  #robots = [];
  /** @type {WindowCall[]} */
  #windows = [];
  #desks;

  /**
   * @param {Lab} lab
   * @param {string} folder
   * @param {[Desk, ...Desk[]]} desks
   */
  constructor(lab, folder, desks) {
    this.lab = lab;
    this.#folder = folder;
    this.#desks = desks;
    this.desk = desks[0];
  }

  /**
   * @param {{ desks?: 1 | 2, environment?: NodeJS.ProcessEnv, tested?: boolean }} [how] `environment` is what its windows are
   *   started with; what is not `tested` has to be closed by whoever opened it
   */
  static async open({ desks = 1, environment = {}, tested = true } = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'dogeller-window-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    const lab = await Lab.start(2);
    const open = async (/** @type {number} */ host) =>
      Desk.open({ lab, host, folder: await made(folder, `desk-${host}`), environment });
    const [first, ...others] = await Promise.all([HERE, THERE].slice(0, desks).map(open));
    if (first === undefined) throw new Error('no desk');
    const scene = new Scene(lab, folder, [first, ...others]);
    if (tested) after(() => scene.close());
    return scene;
  }

  /**
   * Somebody opens the window on a machine with a screen.
   * @param {string} name
   * @param {number} [at] which desk
   */
  async calls(name, at = 0) {
    const desk = this.#desks[at];
    if (desk === undefined) throw new Error(`there is no desk ${at}`);
    const caller = new WindowCall({ name, window: await desk.opens(name), desk, host: [HERE, THERE][at] ?? HERE });
    this.#windows.push(caller);
    return caller;
  }

  /** Somebody opens the window on the first machine with a screen. @param {string} name */
  async opensWindow(name) {
    return (await this.calls(name)).window;
  }

  /**
   * A node that accepts every call by itself, on the other machine.
   * @param {{ name: string, answer?: 'tone' | 'echo' }} what
   */
  async robot(what) {
    const robot = await Robot.answers({ lab: this.lab, host: THERE, folder: join(this.#folder, what.name), ...what });
    this.#robots.push(robot);
    return robot;
  }

  /**
   * A node that calls somebody from the other machine, hangs up after some seconds and ends.
   * @param {{ name: string, whom: string, seconds: number }} what
   */
  async robotCalls(what) {
    const robot = await Robot.calls({ lab: this.lab, host: THERE, folder: join(this.#folder, what.name), ...what });
    this.#robots.push(robot);
    return robot;
  }

  /**
   * A node without a window or a page, on the other machine or on this one.
   * @param {{ name: string, here?: boolean }} who
   */
  async neighbour({ name, here = false }) {
    const folder = join(this.#folder, name);
    const neighbour = await Neighbour.start({ enter: this.lab.enter(here ? HERE : THERE), name, folder });
    this.#nodes.push(neighbour);
    return neighbour;
  }

  /**
   * Somebody with a browser, on the other machine or on this one.
   * @param {{ name: string, look: Look, here?: boolean }} who
   */
  async arrives({ name, look, here = false }) {
    const folder = await made(this.#folder, name);
    const [node, browser] = await Promise.all([
      DogellerNode.start({ lab: this.lab, host: here ? HERE : THERE, name, folder: join(folder, 'data') }),
      this.#browser({ host: here ? HERE : THERE, folder, look }),
    ]);
    this.#nodes.push(node);
    const page = await browser.context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(node.url);
    const person = new Person({ name, host: here ? HERE : THERE, look, page, node });
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
   * @param {(t: import('node:test').TestContext) => Promise<void>} body
   * @param {number} [limit] milliseconds, for one that takes its time
   */
  proves(promise, body, limit = PROMISE_MS) {
    test(promise, { timeout: limit }, async (t) => {
      try {
        await body(t);
      } catch (error) {
        for (const line of await this.#accounts()) t.diagnostic(line);
        t.diagnostic(`what there was to see: ${await this.#keepEvidence(promise)}`);
        const windows = this.#windows.map(({ window }) => window.settles());
        await Promise.allSettled([...windows, ...this.#people.map((person) => person.settles())]);
        throw error;
      }
    });
  }

  /** @param {{ host: number, folder: string, look: Look }} parts */
  async #browser({ host, folder, look }) {
    const browser = await Browser.open({ lab: this.lab, host, folder, look, devices: 'allowed' });
    this.#browsers.push(browser);
    return browser;
  }

  /** Where only the output is kept, it has to do. */
  async #accounts() {
    const windows = this.#windows.map((caller) => [caller.name, caller.account()]);
    const pages = this.#people.map(({ name, page }) => [name, account(page)]);
    const all = [...windows, ...pages].map(async ([name, told]) => {
      const words = await Promise.resolve(told).then(JSON.stringify, (error) => `cannot be asked: ${error}`);
      return `${name}: ${words}`;
    });
    return Promise.all(all);
  }

  /** @param {string} promise */
  async #keepEvidence(promise) {
    const name = promise.replaceAll(/[^\w]+/g, '-').slice(0, 80);
    const folder = join(tmpdir(), `dogeller-window-failed-${process.pid}`, name);
    await mkdir(folder, { recursive: true });
    for (const [at, desk] of this.#desks.entries()) await writeFile(join(folder, `desk-${at}.log`), desk.log);
    for (const caller of this.#windows) {
      await caller.window.keep(join(folder, `window-${caller.name}.png`)).catch(() => undefined);
    }
    for (const page of this.#browsers.flatMap((browser) => browser.context.pages())) {
      const file = join(folder, `page-${new URL(page.url()).port}.png`);
      await page.screenshot({ path: file, timeout: 5000 }).catch(() => undefined);
    }
    for (const { name, node } of this.#robots) {
      await writeFile(join(folder, `${name}.jsonl`), node.lines.map((line) => JSON.stringify(line)).join('\n'));
      await writeFile(join(folder, `${name}.log`), node.log);
    }
    for (const [at, node] of this.#nodes.entries()) await writeFile(join(folder, `node-${at}.log`), node.log);
    return folder;
  }

  async close() {
    // Each by itself: one that fails keeps none of the others from ending.
    const ended = await Promise.allSettled([
      ...this.#desks.map((desk) => desk.close()),
      ...this.#robots.map(({ node }) => node.stop()),
      ...this.#browsers.map((browser) => browser.close()),
      ...this.#nodes.map((node) => node.stop()),
    ]);
    await this.lab.stop();
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  }
}

/** @param {string[]} path */
async function made(...path) {
  const folder = join(...path);
  await mkdir(folder);
  return folder;
}
