// @ts-check
/** Processes as the system lists them: what a program started, whether all of it has ended, who is connected to it. */

import { readdirSync, readFileSync } from 'node:fs';

/**
 * One process. A number alone is not enough: the system gives it away again.
 * @typedef {{ pid: number, born: string, parent: number, name: string }} Process
 */

/**
 * @param {number} pid
 * @returns {Process | null}
 */
function read(pid) {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name may hold blanks and brackets itself (proc(5)).
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const [state, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Ended, and its parent has not looked yet.
  if (state === 'Z' || state === 'X') return null;
  return { pid, born: rest[17] ?? '', parent: Number(parent), name };
}

/**
 * A process and everything it started, directly or through others.
 * @param {number} pid
 */
export function familyOf(pid) {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => read(Number(entry)))
    .filter((process) => process !== null);
  const family = all.filter((process) => process.pid === pid);
  // Grows while it is walked.
  for (const { pid: parent } of family) family.push(...all.filter((process) => process.parent === parent));
  return family;
}

/** @param {Process} process */
export function isRunning({ pid, born }) {
  return read(pid)?.born === born;
}

/**
 * Memory of a process that is in use now, in MB.
 * @param {number} pid
 */
export function memoryOf(pid) {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** Clock ticks in a second, the same on every Linux (proc(5), sysconf(3)). */
const TICKS = 100;

/**
 * Seconds of a core that a process has used so far.
 * @param {number} pid
 */
export function secondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** States of a TCP connection over which bytes may still come: established, and closed by the other side alone. */
const OPEN = new Set(['01', '08']);

/**
 * How many connections to a port of its own loopback the network of a process has, seen from that port's side.
 * @param {number} pid
 * @param {number} port
 */
export function connectionsTo(pid, port) {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => line.trim().split(/\s+/)).filter((line) => line[1] === local && OPEN.has(line[3] ?? ''))
    .length;
}
