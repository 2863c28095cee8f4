// @ts-check
/** The default browser of a desk: keeps the addresses it is asked to open, for a browser that a test can drive. */

import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../e2e/until.mjs';

export class DefaultBrowser {
  #list;
  #taken = 0;

  /**
   * @param {string} command
   * @param {string} list
   */
  constructor(command, list) {
    /** For the variable BROWSER. */
    this.command = command;
    this.#list = list;
  }

  /** @param {string} folder its own; without blanks, which the variable BROWSER splits at */
  static async install(folder) {
    const command = join(folder, 'default-browser');
    const list = join(folder, 'asked-to-open');
    await writeFile(list, '');
    await writeFile(command, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${list}'\n`);
    await chmod(command, 0o755);
    return new DefaultBrowser(command, list);
  }

  /** How many addresses nobody has taken yet. */
  async waiting() {
    return (await this.#all()).length - this.#taken;
  }

  /** The next address it is asked to open. */
  async next() {
    await until('the default browser is asked to open something', async () => (await this.waiting()) > 0);
    const url = (await this.#all())[this.#taken] ?? '';
    this.#taken += 1;
    return url;
  }

  /** From now on there is none. */
  async uninstall() {
    await rm(this.command);
  }

  async #all() {
    // What follows the last line's end is not whole yet.
    return (await readFile(this.#list, 'utf8')).split('\n').slice(0, -1);
  }
}
