// @ts-check
/** One node without a window, on a host of the lab. */

import { createInterface } from 'node:readline';
import { end, ended, ours, start } from './programs.mjs';

/** @typedef {import('./lab.mjs').Lab} Lab */

/** @typedef {{ lab: Lab, host: number, name: string, folder: string }} Where */

export class DogellerNode {
  #child;
  #log;

  /**
   * @param {ReturnType<typeof start>} started
   * @param {{ peer_id: string, ui_url: string }} ready
   */
  constructor({ child, log }, ready) {
    this.#child = child;
    this.#log = log;
    this.peerId = ready.peer_id;
    /** The address of its page, token included. */
    this.url = ready.ui_url;
  }

  /** @param {Where} where */
  static async start({ lab, host, name, folder }) {
    const program = ours('DOGELLER_HEADLESS', 'dogeller-headless');
    const options = ['--json', '--data-dir', folder, '--port', '0', '--ui-port', '0', '--name', name];
    const started = start([...lab.enter(host), program, ...options], { RUST_LOG: process.env.RUST_LOG || 'debug' });
    const lines = createInterface({ input: started.child.stdout });
    const first = await Promise.race([
      new Promise((resolve) => lines.once('line', resolve)),
      ended(started.child).then(() => null),
    ]);
    if (first === null) throw new Error(`the node of ${name} did not start:\n${started.log.text}`);
    const ready = JSON.parse(first);
    if (ready.event !== 'ready') throw new Error(`the node of ${name} did not say that it is ready: ${first}`);
    return new DogellerNode(started, ready);
  }

  get log() {
    return this.#log.text;
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
