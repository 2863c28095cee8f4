// @ts-check
/** One node without a window, on a host of the lab. */

import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { end, ended, ours, start } from './programs.mjs';

/** @typedef {import('./lab.mjs').Lab} Lab */

/**
 * @typedef {object} Where
 * @property {Lab} lab
 * @property {number} host
 * @property {string} name
 * @property {string} folder
 * @property {string[]} [options] more of its command line
 * @property {string[]} [command] what it does instead of being a node until it is ended
 */

/**
 * A line it printed; which properties there are depends on the event.
 * @typedef {{ event: string }} Line
 */

/** The node's own steps, and of what it is built from only what is wrong: media logs every packet. */
const LOG = 'debug,rtc=warn,webrtc=warn';

export class DogellerNode {
  #child;
  #log;
  #printed;

  /**
   * @param {ReturnType<typeof start>} started
   * @param {{ peer_id: string, ui_url: string }} ready
   * @param {{ lines: Line[], printed: Promise<void> }} output
   */
  constructor({ child, log }, ready, { lines, printed }) {
    this.#child = child;
    this.#log = log;
    this.#printed = printed;
    /** What it printed so far. */
    this.lines = lines;
    this.peerId = ready.peer_id;
    /** The address of its page, token included. */
    this.url = ready.ui_url;
  }

  /** @param {Where} where */
  static async start({ lab, host, name, folder, options = [], command = [] }) {
    const program = ours('DOGELLER_HEADLESS', 'dogeller-headless');
    const own = ['--data-dir', folder, '--downloads', join(folder, 'downloads')];
    const usual = ['--json', ...own, '--port', '0', '--ui-port', '0', '--name', name];
    const words = [...lab.enter(host), program, ...command, ...usual, ...options];
    const started = start(words, { RUST_LOG: process.env.RUST_LOG || LOG });
    /** @type {Line[]} */
    const lines = [];
    const reader = createInterface({ input: started.child.stdout });
    /** @type {Promise<void>} */
    const printed = new Promise((resolve) => reader.once('close', resolve));
    const first = await Promise.race([
      new Promise((resolve) => {
        reader.on('line', (line) => {
          lines.push(JSON.parse(line));
          resolve(lines[0]);
        });
      }),
      ended(started.child).then(() => null),
    ]);
    if (first === null) throw new Error(`the node of ${name} did not start:\n${started.log.text}`);
    if (first.event !== 'ready') throw new Error(`the node of ${name} did not say that it is ready: ${JSON.stringify(first)}`);
    return new DogellerNode(started, first, { lines, printed });
  }

  get log() {
    return this.#log.text;
  }

  /** Its process: what leads to the host turns into it. */
  get pid() {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('it was never started');
    return pid;
  }

  /** Waits until it has ended by itself, and gives with which code. Everything it printed is read then. */
  async ends() {
    await Promise.all([ended(this.#child), this.#printed]);
    return this.#child.exitCode;
  }

  /** As a crash does it: no goodbye. */
  async kill() {
    this.#child.kill('SIGKILL');
    await ended(this.#child);
  }

  /** As a person ends it. */
  async stop() {
    await end(this.#child, () => this.#child.kill('SIGTERM'));
  }
}
