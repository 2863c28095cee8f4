// @ts-check
/** Where the programs under test are, and how they are started and ended. */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** How long a program may take to end once it is asked to. */
const ENDS_WITHIN_MS = 10_000;

/**
 * A program this project builds: named by its own variable, or in the folder of all of them.
 * @param {string} variable
 * @param {string} name
 */
export function ours(variable, name) {
  const target = process.env.CARGO_TARGET_DIR || join(homedir(), '.cache/dogeller/target');
  const folder = process.env.DOGELLER_BIN_DIR || join(target, 'debug');
  const path = process.env[variable] || join(folder, name);
  if (!existsSync(path)) throw new Error(`${name} is not built: there is no ${path}`);
  return path;
}

/** The browser. */
export function chromium() {
  return process.env.DOGELLER_CHROMIUM || '/usr/bin/chromium';
}

/**
 * Starts a program that answers in lines; what it logs is kept for whoever looks into a failure.
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} [environment]
 */
export function start(command, environment = {}) {
  const [program = '', ...rest] = command;
  const child = spawn(program, rest, { env: { ...process.env, ...environment }, stdio: 'pipe' });
  const log = new Log();
  child.stderr.setEncoding('utf8').on('data', (text) => log.add(text));
  // Whoever writes to a program that has ended hears of it by its exit.
  child.stdin.on('error', () => undefined);
  return { child, log };
}

/** The last part of what a program logged. */
export class Log {
  #text = '';

  /** @param {string} text */
  add(text) {
    this.#text = (this.#text + text).slice(-2_000_000);
  }

  get text() {
    return this.#text;
  }
}

/**
 * Waits until a program has ended.
 * @param {ChildProcess} child
 */
export function ended(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(undefined);
    else child.once('exit', () => resolve(undefined));
  });
}

/**
 * Asks a program to end, and makes it when it does not. Throws in that case: a program that does not end is a fault.
 * @param {ChildProcess} child
 * @param {() => void} ask
 */
export async function end(child, ask) {
  let forced = false;
  const timer = setTimeout(() => {
    forced = true;
    child.kill('SIGKILL');
  }, ENDS_WITHIN_MS);
  ask();
  await ended(child);
  clearTimeout(timer);
  if (forced) throw new Error(`${child.spawnfile} did not end within ${ENDS_WITHIN_MS} ms`);
}
