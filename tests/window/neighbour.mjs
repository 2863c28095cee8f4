// @ts-check
/** A node without a window or a page, on another host: somebody to see, who also says whom it sees. */

import { createInterface } from 'node:readline';
import { end, ours, start } from '../e2e/programs.mjs';
import { until } from '../e2e/until.mjs';

export class Neighbour {
  #child;
  #log;
  /** Who is here, by name, as it told so far. @type {Map<string, 'online' | 'offline'>} */
  #sees = new Map();
  #ready = false;

  /**
   * @param {ReturnType<typeof start>} started
   * @param {string} folder
   */
  constructor({ child, log }, folder) {
    /** Its data folder. */
    this.folder = folder;
    /** Who it is to others, once it is up. */
    this.peerId = '';
    this.#child = child;
    this.#log = log;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told = JSON.parse(line);
      if (told.event === 'ready') {
        this.#ready = true;
        this.peerId = told.peer_id;
      }
      if (told.event === 'peer') this.#sees.set(told.name, told.state);
    });
  }

  /** @param {{ enter: string[], name: string, folder: string }} where */
  static async start({ enter, name, folder }) {
    const program = ours('DOGELLER_HEADLESS', 'dogeller-headless');
    const options = ['--json', '--data-dir', folder, '--port', '0', '--ui-port', '0', '--name', name];
    const neighbour = new Neighbour(start([...enter, program, ...options]), folder);
    await until(`${name} is up`, () => {
      if (neighbour.#child.exitCode !== null) throw new Error(`${name} did not start:\n${neighbour.log}`);
      return neighbour.#ready;
    });
    return neighbour;
  }

  get log() {
    return this.#log.text;
  }

  /**
   * @param {string} name
   * @param {'online' | 'offline'} state
   */
  async sees(name, state) {
    await until(`${name} is ${state} for its neighbour`, () => this.#sees.get(name) === state);
  }

  async stop() {
    await end(this.#child, () => this.#child.kill('SIGTERM'));
  }
}
