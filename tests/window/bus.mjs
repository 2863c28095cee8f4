// @ts-check
/** A desktop bus with nobody on it: no service of this machine is started by it. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { end, ended, start } from '../e2e/programs.mjs';

export class Bus {
  #child;

  /**
   * @param {ReturnType<typeof start>['child']} child
   * @param {string} address
   */
  constructor(child, address) {
    this.#child = child;
    /** For the variable DBUS_SESSION_BUS_ADDRESS. */
    this.address = address;
  }

  /**
   * @param {string[]} before what comes before its command line
   * @param {string} folder its own
   */
  static async open(before, folder) {
    const file = join(folder, 'bus.conf');
    await writeFile(
      file,
      `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=${folder}</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`,
    );
    const { child, log } = start([...before, 'dbus-daemon', `--config-file=${file}`, '--nofork', '--print-address=1']);
    const lines = createInterface({ input: child.stdout });
    const address = await Promise.race([
      new Promise((resolve) => lines.once('line', resolve)),
      ended(child).then(() => null),
    ]);
    if (address === null) throw new Error(`there is no desktop bus:\n${log.text}`);
    return new Bus(child, address);
  }

  async close() {
    await end(this.#child, () => this.#child.kill('SIGTERM'));
  }
}
