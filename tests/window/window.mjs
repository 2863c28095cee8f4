// @ts-check
/** The desktop window: what a person does and perceives with it, and how it is from outside. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../e2e/until.mjs';
import { connectionsTo, familyOf, isRunning } from './processes.mjs';
import { DriverError } from './webdriver.mjs';

/** @typedef {import('./webdriver.mjs').Session} Session */
/** @typedef {import('./webdriver.mjs').Element} Element */
/** @typedef {import('./x11.mjs').Screen} Screen */

const TITLE = 'Dogeller';
const SHOTS = join(dirname(fileURLToPath(import.meta.url)), 'shots');

/** @typedef {typeof globalThis & { __old?: true }} Marked */
/** How the sound of an incoming call is. */
/** @typedef {{ paused: boolean, muted: boolean, volume: number, at: number }} Ring */

export class Window {
  #screen;

  /** @param {{ session: Session, screen: Screen, data: string }} parts */
  constructor({ session, screen, data }) {
    /** The page in it. */
    this.page = session;
    this.#screen = screen;
    /** Its data folder. */
    this.data = data;
  }

  /**
   * Waits until there is a button of this name.
   * @param {string} name
   */
  async offers(name) {
    const button = await until(`the button “${name}”`, () => this.page.find('button', 'button', name));
    return /** @type {Element} */ (button);
  }

  /** @param {string} name */
  async presses(name) {
    const button = await this.offers(name);
    await button.click();
  }

  /**
   * Waits until somebody is on the list of who is here, with these words beside their name.
   * @param {string} name
   * @param {string} state
   */
  async lists(name, state) {
    let list = '';
    await until(`${name} is on the list as “${state}”`, async () => {
      const active = await this.page.find('ul', 'list', 'Active users');
      list = active === null ? 'there is no list' : await this.page.run((ul) => ul.innerText, active.handle);
      return list
        .split('\n')
        .map((line) => line.trim())
        .join('\n')
        .includes(`${name}\n${state}`);
    }).catch((error) => {
      throw new Error(`${error.message}; the list says: ${list}`);
    });
  }

  /** The dialog of an incoming call, if there is one. @param {string} name */
  incoming(name) {
    return this.page.find('[role=dialog]', 'dialog', `Incoming call from ${name}`);
  }

  /** Waits until these words are somewhere on the page. @param {string} words */
  async says(words) {
    let text = '';
    await until(`the window says “${words}”`, async () => {
      text = await this.page.run(() => document.body.innerText);
      return text.includes(words);
    }).catch((error) => {
      throw new Error(`${error.message}; it says:\n${text}`);
    });
  }

  /** No call goes on and nothing rings. */
  async isFree() {
    await until('the window is free', () =>
      this.page.run(
        () => document.querySelector('[role=dialog]') === null && !document.body.innerText.includes('Hang up'),
      ),
    );
  }

  /** Ends whatever goes on. */
  async settles() {
    await until('the window is free', async () => {
      let free = true;
      for (const name of ['Decline', 'Hang up']) {
        const end = await this.page.find('button', 'button', name);
        if (end === null) continue;
        free = false;
        await end.click().catch((error) => {
          // The other side may be ending it at this very moment.
          if (!(error instanceof DriverError)) throw error;
        });
      }
      return free;
    });
  }

  /** @returns {Promise<Ring>} */
  ring() {
    return this.page.run(() => {
      const element = document.querySelector('audio[data-sound=ring]');
      if (!(element instanceof HTMLAudioElement)) throw new Error('there is no ring');
      const { paused, muted, volume, currentTime: at } = element;
      return { paused, muted, volume, at };
    });
  }

  /** The window itself, as the display lists it; `null` while there is none. */
  async frame() {
    return (await this.#screen.windows()).find(({ title }) => title === TITLE) ?? null;
  }

  async isInFront() {
    return (await this.#screen.windows()).at(-1)?.title === TITLE;
  }

  /** What it tells other starts on its data folder. @returns {Promise<{ pid: number, url: string }>} */
  async running() {
    return JSON.parse(await readFile(join(this.data, 'running.json'), 'utf8'));
  }

  /** No browser shows the page of its node any more. */
  async isTheOnlyPage() {
    const { pid, url } = await this.running();
    await until('no browser is attached', () => connectionsTo(pid, Number(new URL(url).port)) === 0);
  }

  /** Its page is loaded anew. Returns once the old one is gone: until then the driver may still speak to that. */
  async reloads() {
    await this.page.run(() => {
      /** @type {Marked} */ (globalThis).__old = true;
      location.reload();
    });
    await until('the page is loaded anew', () =>
      this.page
        .run(() => /** @type {Marked} */ (globalThis).__old !== true)
        .catch((error) => {
          // Between the two there is no page to ask.
          if (!(error instanceof DriverError)) throw error;
        }),
    );
  }

  /** The process that shows its page is killed, as when the system is out of memory. */
  async losesItsPage() {
    const { pid } = await this.running();
    const shows = familyOf(pid).find(({ name }) => name.startsWith('WebKitWebProces'));
    if (shows === undefined) throw new Error('no process shows the page');
    process.kill(shows.pid, 'SIGKILL');
    await until('the process is gone', () => !isRunning(shows));
  }

  /** A person closes it. Returns once it is gone with everything it started. */
  async close() {
    const frame = await this.frame();
    if (frame === null) throw new Error('there is no window to close');
    await this.#goes(() => this.#screen.askToClose(frame.id));
  }

  /** The system asks it to end. Returns as above. */
  async isAskedToEnd() {
    await this.#goes((pid) => void process.kill(pid, 'SIGTERM'));
  }

  /** @param {(pid: number) => void | Promise<void>} ask */
  async #goes(ask) {
    const { pid } = await this.running();
    const family = familyOf(pid);
    // It, and at least the two processes that show its page.
    if (family.length < 3) throw new Error(`it does not run as expected: ${JSON.stringify(family)}`);
    await ask(pid);
    const left = () => family.filter(isRunning);
    await until('all of it has ended', () => left().length === 0).catch((error) => {
      throw new Error(`${error.message}; these still run: ${JSON.stringify(left())}`);
    });
    await this.page.close();
  }

  /** Keeps a picture of it, when pictures are wanted. @param {string} name */
  async shot(name) {
    if (!process.env.DOGELLER_SHOTS) return;
    await mkdir(SHOTS, { recursive: true });
    await this.keep(join(SHOTS, `${name}.png`));
  }

  /** @param {string} file */
  async keep(file) {
    await writeFile(file, await this.page.screenshot());
  }
}
