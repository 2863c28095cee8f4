// @ts-check
/** Debian's package, in a fresh system. */

import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';

export class Deb {
  kind = 'deb';
  licence = '/usr/share/doc/dogeller/copyright';
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

  /** With what it depends on. */
  async goesIn() {
    const name = basename(this.#path);
    cpSync(this.#path, join(this.#root.folder, 'root', name));
    await this.#root.runs(['apt-get', 'install', '--yes', '--no-install-recommends', `/root/${name}`]);
  }

  async goesOut() {
    await this.#root.runs(['apt-get', 'remove', '--yes', '--purge', 'dogeller']);
  }

  /** The files that it says are its own. */
  async lists() {
    return (await this.#root.runs(['dpkg', '-L', 'dogeller'])).split('\n');
  }

  /** Of what is left behind, what it has to answer for. @param {string[]} left */
  async itsOwn(left) {
    return left;
  }
}
