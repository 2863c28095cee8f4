// @ts-check
/** A machine with a screen, on a host of the lab: a display, a desktop bus, a default browser, and what drives a window. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { end, ended, ours, start } from '../e2e/programs.mjs';
import { until } from '../e2e/until.mjs';
import { Bus } from './bus.mjs';
import { DefaultBrowser } from './default-browser.mjs';
import { Display } from './display.mjs';
import { familyOf, isRunning } from './processes.mjs';
import { ask, Session } from './webdriver.mjs';
import { Window } from './window.mjs';

/** @typedef {ReturnType<typeof start>} Started */

/** The host's loopback is all its own, so any port is free. */
const DRIVER_PORT = 4444;
/** What comes before a program that must end with this process, however this process ends (prctl(2), PR_SET_PDEATHSIG). */
const WITH_US = ['setpriv', '--pdeathsig', 'TERM', '--'];
/** With no other program to be found, so that nobody's real browser is opened. */
const ALONE = ['sh', '-c', 'driver=$(command -v WebKitWebDriver) && PATH=/nowhere exec "$driver" "$@"', 'sh'];
/** What hears what goes to the loudspeaker. */
const EARS = fileURLToPath(new URL('ears.js', import.meta.url));
const RELAY = fileURLToPath(new URL('relay.mjs', import.meta.url));
/** Of whoever runs the tests: nothing of their own desktop shall be reached. */
const NOT_OURS = [
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'XDG_DATA_HOME',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'PULSE_SERVER',
];

export class Desk {
  #enter;
  #folder;
  #display;
  #bus;
  #driver;
  #relay;

  /**
   * @param {{
   *   enter: string[], folder: string, display: Display, bus: Bus, browser: DefaultBrowser, driver: Started,
   *   relay: Started, environment: NodeJS.ProcessEnv
   * }} parts
   */
  constructor({ enter, folder, display, bus, browser, driver, relay, environment }) {
    this.#enter = enter;
    this.#folder = folder;
    this.#display = display;
    this.#bus = bus;
    this.#driver = driver;
    this.#relay = relay;
    this.environment = environment;
    this.browser = browser;
    this.screen = display.screen;
  }

  /**
   * @param {{ lab: import('../e2e/lab.mjs').Lab, host: number, folder: string, environment?: NodeJS.ProcessEnv }} where a
   *   folder of its own, and what else its programs find in their environment
   */
  static async open({ lab, host, folder, environment: own = {} }) {
    const enter = lab.enter(host);
    const [home, run] = [join(folder, 'home'), join(folder, 'run')];
    await Promise.all([mkdir(home), mkdir(run, { mode: 0o700 })]);
    const [browser, display, bus] = await Promise.all([
      DefaultBrowser.install(run),
      Display.open([...enter, ...WITH_US]),
      Bus.open(WITH_US, run),
    ]);
    const environment = {
      ...Object.fromEntries(NOT_OURS.map((name) => [name, undefined])),
      DISPLAY: display.name,
      DBUS_SESSION_BUS_ADDRESS: bus.address,
      BROWSER: browser.command,
      HOME: home,
      XDG_RUNTIME_DIR: run,
      NO_AT_BRIDGE: '1',
      GDK_BACKEND: 'x11',
      // It takes sound as fast as a loudspeaker does, and a machine that runs tests need have none.
      GST_PLUGIN_FEATURE_RANK: 'fakeaudiosink:MAX',
      TAURI_WEBVIEW_AUTOMATION: 'true',
      DOGELLER_PAGE_SCRIPT: EARS,
      RUST_LOG: process.env.RUST_LOG || 'debug,mdns_sd=info,rtc=warn,webrtc=warn,rtc_dtls=error',
      ...own,
    };
    const driver = start([...enter, ...WITH_US, ...ALONE, `--port=${DRIVER_PORT}`], environment);
    const relay = start([...enter, process.execPath, RELAY, join(run, 'driver'), String(DRIVER_PORT)]);
    const desk = new Desk({ enter, folder, display, bus, browser, driver, relay, environment });
    await until('the driver answers', () => ask(desk.#socket, 'GET', '/status').catch(() => null));
    return desk;
  }

  /** Where whoever sits here keeps their settings. */
  get home() {
    return join(this.#folder, 'home');
  }

  get #socket() {
    return join(this.#folder, 'run', 'driver');
  }

  /** Everything that programs on this desk logged, the window's among them. */
  get log() {
    return this.#driver.log.text;
  }

  /**
   * Somebody opens Dogeller.
   * @param {string} name what others shall see
   * @param {string[]} [how] more of its command line
   */
  async opens(name, how = []) {
    const data = join(this.#folder, 'data');
    const args = ['--data-dir', data, '--name', name, '--port', '0', '--ui-port', '0', ...how];
    const session = await Session.open(this.#socket, ours('DOGELLER_WINDOW', 'dogeller'), args);
    return new Window({ session, screen: this.screen, data });
  }

  /**
   * Dogeller started from a terminal of this desk, until it ends.
   * @param {string[]} args
   * @param {NodeJS.ProcessEnv} [environment]
   */
  async runs(args, environment = {}) {
    const command = [...this.#enter, ...WITH_US, ours('DOGELLER_WINDOW', 'dogeller'), ...args];
    const { child, log } = start(command, { ...this.environment, ...environment });
    await ended(child);
    return { code: child.exitCode, log: log.text };
  }

  /** Ends all of it, and whatever of a window is left. */
  async close() {
    const family = familyOf(this.#driver.child.pid ?? 0);
    await end(this.#driver.child, () => this.#driver.child.kill('SIGTERM'));
    for (const process of family.filter(isRunning)) kill(process);
    await end(this.#relay.child, () => this.#relay.child.stdin.end());
    await this.#bus.close();
    await this.#display.close();
  }
}

/** @param {import('./processes.mjs').Process} process_ */
function kill({ pid }) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}
