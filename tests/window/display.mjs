// @ts-check
/** A screen nobody sees, on a host of the lab. */

import { createInterface } from 'node:readline';
import { end, ended, start } from '../e2e/programs.mjs';
import { Screen } from './x11.mjs';

export class Display {
  #child;

  /**
   * @param {ReturnType<typeof start>['child']} child
   * @param {number} number
   * @param {Screen} screen
   */
  constructor(child, number, screen) {
    this.#child = child;
    /** For the variable DISPLAY. */
    this.name = `:${number}`;
    this.screen = screen;
  }

  /** @param {string[]} enter what runs a command on the host */
  static async open(enter) {
    // It chooses a number itself: other displays may be open on this machine.
    const options = ['-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp', '-noreset'];
    const { child, log } = start([...enter, 'Xvfb', ...options]);
    const lines = createInterface({ input: child.stdout });
    const number = await Promise.race([
      new Promise((resolve) => lines.once('line', resolve)),
      ended(child).then(() => null),
    ]);
    if (number === null) throw new Error(`there is no display:\n${log.text}`);
    return new Display(child, Number(number), await Screen.of(Number(number)));
  }

  async close() {
    this.screen.close();
    await end(this.#child, () => this.#child.kill('SIGTERM'));
  }
}
