// @ts-check
/** Waiting is on conditions. Deadlines are "would a person call this broken?" on a loaded machine, never how long it takes. */

import { setTimeout as pause } from 'node:timers/promises';

export const PATIENCE_MS = 30_000;

/**
 * Waits until `ask` gives something truthy, and gives it.
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} ask
 * @param {number} [limit] milliseconds
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask, limit = PATIENCE_MS) {
  const deadline = performance.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${limit} ms`);
    await pause(30);
  }
}
