// @ts-check
/** What one test file plays in: a network and the people on it. Everything it makes goes with it. */

import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Lab } from './lab.mjs';
import { DogellerNode } from './node.mjs';
import { answerQuestions } from './permission.mjs';
import { Person } from './person.mjs';
import { account } from './received.mjs';
import { Robot } from './robot.mjs';
import { PATIENCE_MS } from './until.mjs';

/** @typedef {import('./browser.mjs').Devices} Devices */
/** @typedef {import('./media.mjs').Look} Look */
/** @typedef {import('playwright-core').Page} Page */

/** No promise takes longer, or somebody waits for something that does not come. */
const PROMISE_MS = 180_000;

/**
 * @typedef {object} Guest
 * @property {Person} person
 * @property {Browser} browser
 * @property {string} folder where what outlives this person's node lies
 * @property {string[]} said what the page wrote to its console
 */

export class Scene {
  /** @type {Guest[]} */
  #guests = [];
  /** @type {Robot[]} */
  #robots = [];
  /** Those that place a call and end with it. @type {Robot[]} */
  #callers = [];
  #folder;
  #closesAfterTests = false;
  #proving = false;

  /**
   * @param {Lab} lab
   * @param {string} folder
   */
  constructor(lab, folder) {
    this.lab = lab;
    this.#folder = folder;
    process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  }

  /**
   * A network of so many machines.
   * @param {number} hosts
   */
  static async open(hosts) {
    return new Scene(await Lab.start(hosts), await mkdtemp(join(tmpdir(), 'dogeller-e2e-')));
  }

  /**
   * Somebody starts Dogeller on a machine and opens its page.
   * @param {{ name: string, host: number, look: Look, devices?: Devices }} who
   */
  async arrive({ name, host, look, devices = 'allowed' }) {
    const folder = await mkdtemp(join(this.#folder, `host-${host}-`));
    const { lab } = this;
    const [node, browser] = await Promise.all([
      DogellerNode.start({ lab, host, name, folder: join(folder, 'data') }),
      Browser.open({ lab, host, folder, look, devices }),
    ]);
    const page = await browser.context.newPage();
    const person = new Person({ name, host, look, page, node });
    const guest = { person, browser, folder: join(folder, 'data'), said: [] };
    this.#guests.push(guest);
    this.#listen(guest, page);
    if (devices === 'asked') await answerQuestions(page, new URL(node.url).origin);
    await page.goto(node.url);
    return person;
  }

  /**
   * A node that accepts every call by itself.
   * @param {{ name: string, host: number, answer?: 'tone' | 'echo', options?: string[] }} what
   */
  async robot({ host, ...what }) {
    const folder = await mkdtemp(join(this.#folder, `robot-${host}-`));
    const robot = await Robot.answers({ lab: this.lab, host, folder: join(folder, 'data'), ...what });
    this.#robots.push(robot);
    return robot;
  }

  /**
   * A node that calls somebody, hangs up after some seconds and ends; at the latest it ends with the promise that began it.
   * @param {{ name: string, host: number, whom: string, seconds: number, voice?: boolean, options?: string[] }} what
   */
  async robotCalls({ host, ...what }) {
    const folder = await mkdtemp(join(this.#folder, `caller-${host}-`));
    const robot = await Robot.calls({ lab: this.lab, host, folder: join(folder, 'data'), ...what });
    (this.#proving ? this.#callers : this.#robots).push(robot);
    return robot;
  }

  /**
   * Another page on somebody's node, as another tab of the same browser.
   * @param {Person} person
   */
  async anotherPage(person) {
    const guest = this.#guest(person);
    const page = await person.page.context().newPage();
    this.#listen(guest, page);
    await page.goto(person.node.url);
    return new Person({ ...person, page });
  }

  /** Where somebody's node keeps what outlives it. @param {Person} person */
  folderOf(person) {
    return this.#guest(person).folder;
  }

  /**
   * Starts somebody's node again, which has ended, and opens its page in the tab that showed the last.
   * @param {Person} person
   */
  async restart(person) {
    const guest = this.#guest(person);
    const { host, name, page } = person;
    person.node = await DogellerNode.start({ lab: this.lab, host, name, folder: guest.folder });
    await page.goto(person.node.url);
  }

  /**
   * Ends somebody's node and browser as a power cut does.
   * @param {Person} person
   */
  async powerCut(person) {
    const { browser } = this.#guest(person);
    this.#guests = this.#guests.filter((guest) => guest.person !== person);
    // Both at once: neither may live to tell of the other's end.
    await Promise.all([person.node.kill(), browser.kill()]);
  }

  /**
   * One promise, proven by one test. What there is to see is kept when it is broken, and nothing of it is left behind
   * for the next.
   * @param {string} promise
   * @param {(t: import('node:test').TestContext) => Promise<void>} body
   */
  proves(promise, body) {
    if (!this.#closesAfterTests) after(() => this.close());
    this.#closesAfterTests = true;
    test(promise, { timeout: PROMISE_MS }, async (t) => {
      this.#proving = true;
      try {
        await body(t);
        await Promise.all(this.#guests.map(({ person }) => person.settles()));
        this.#fellowErrors();
      } catch (error) {
        for (const line of await this.#accounts()) t.diagnostic(line);
        t.diagnostic(`what there was to see: ${await this.#keepEvidence(promise)}`);
        throw error;
      } finally {
        this.#proving = false;
        await Promise.all(this.#callers.splice(0).map(({ node }) => node.stop()));
        // What a broken promise left going on is not the next one's fault; whether it could be ended is told already.
        await Promise.all(this.#guests.map(({ person }) => person.settles().catch(() => undefined)));
      }
    });
  }

  /** @param {Person} person */
  #guest(person) {
    const guest = this.#guests.find((one) => one.person.node === person.node);
    if (guest === undefined) throw new Error(`${person.name} is not here`);
    return guest;
  }

  /**
   * @param {Guest} guest
   * @param {Page} page
   */
  #listen({ said }, page) {
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => said.push(`uncaught: ${error.stack}`));
  }

  /** A page that throws is broken, whatever it shows. */
  #fellowErrors() {
    for (const { person, said } of this.#guests) {
      const uncaught = said.find((line) => line.startsWith('uncaught'));
      if (uncaught !== undefined) throw new Error(`${person.name}'s page: ${uncaught}`);
    }
  }

  /** Where only the output is kept, it has to do. */
  #accounts() {
    const pages = this.#guests.flatMap(({ person, browser }) => browser.context.pages().map((page) => ({ person, page })));
    return Promise.all(pages.map(async ({ person, page }) => {
      const told = await account(page).then(JSON.stringify, (error) => `cannot be asked: ${error}`);
      return `${person.name}'s page: ${told}`;
    }));
  }

  /** @param {string} promise */
  async #keepEvidence(promise) {
    const folder = join(tmpdir(), `dogeller-e2e-failed-${process.pid}`, promise.replaceAll(/[^\w]+/g, '-').slice(0, 80));
    await mkdir(folder, { recursive: true });
    const robots = [...this.#robots, ...this.#callers];
    const hosts = new Set([...this.#guests.map(({ person }) => person.host), ...robots.map(({ host }) => host)]);
    const counts = await Promise.all([...hosts].map((host) => this.lab.count(host)));
    await writeFile(join(folder, 'network.json'), JSON.stringify(counts, null, 2));
    for (const { person, browser, said } of this.#guests) {
      const file = join(folder, `${person.host}-${this.#guests.findIndex((guest) => guest.person === person)}`);
      await writeFile(`${file}-node.log`, person.node.log);
      await writeFile(`${file}-page.log`, said.join('\n'));
      for (const [at, page] of browser.context.pages().entries()) {
        await page.screenshot({ path: `${file}-page${at}.png`, timeout: 5000 }).catch(() => undefined);
      }
    }
    for (const { name, node } of robots) {
      await writeFile(join(folder, `${name}.log`), node.log);
      await writeFile(join(folder, `${name}.jsonl`), node.lines.map((line) => JSON.stringify(line)).join('\n'));
    }
    return folder;
  }

  /** Everybody leaves, and the network goes. A file of tests need not ask for it. */
  async close() {
    await Promise.all(this.#guests.map(({ browser }) => browser.close()));
    const nodes = [...this.#guests.map(({ person }) => person.node), ...this.#robots.map(({ node }) => node)];
    await Promise.all(nodes.map((node) => node.stop()));
    await this.lab.stop();
  }
}
