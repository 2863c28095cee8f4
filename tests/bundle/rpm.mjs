// @ts-check
/** Red Hat's package, put by this machine's rpm into a system where all that it needs is there under Debian's names. */

import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './root.mjs';

export class Rpm {
  kind = 'rpm';
  licence = '/usr/share/licenses/dogeller/LICENSE-MIT';
  #root;
  #path;

  /**
   * @param {import('./root.mjs').Root} root
   * @param {string} path
   */
  constructor(root, path) {
    this.#root = root;
    this.#path = path;
  }

  async goesIn() {
    await this.#rpm(['--install', this.#path]);
    await this.#rpm(['--verify', 'dogeller']);
  }

  async goesOut() {
    await this.#rpm(['--erase', 'dogeller']);
  }

  /** The files that it says are its own. */
  async lists() {
    return (await this.#rpm(['--query', '--list', 'dogeller'])).split('\n');
  }

  /**
   * Of what is left behind, what it has to answer for: no folders. Most of them are another package's on Red Hat's systems;
   * `/usr/share/licenses/dogeller` is nobody's, since Tauri's bundler lists none.
   * @param {string[]} left
   */
  async itsOwn(left) {
    const told = await Promise.all(left.map((path) => lstat(join(this.#root.folder, path))));
    return left.filter((_, at) => !told[at]?.isDirectory());
  }

  /** @param {string[]} args */
  #rpm(args) {
    const nodeps = args[0] === '--query' ? [] : ['--nodeps'];
    return run(['rpm', '--root', this.#root.folder, ...nodeps, ...args]);
  }
}
