// @ts-check
/** The simulated network: machines in network namespaces, joined by a switch with cables to pull. */

import { createInterface } from 'node:readline';
import { end, ended, ours, start } from './programs.mjs';

/**
 * @typedef {{ index: number, address: string, enter: string[] }} HostLine
 * @typedef {{ packets: number, rtp_packets: number }} Traffic
 * @typedef {{ from: Traffic, to: Traffic }} Count
 */

export class Lab {
  #child;
  #log;
  #lines;
  /** @type {HostLine[]} */
  #hosts = [];
  /** Commands are answered in order, one at a time. */
  #turn = Promise.resolve();

  /** @param {number} hosts */
  constructor(hosts) {
    const { child, log } = start([ours('DOGELLER_LAB', 'dogeller-lab'), '--hosts', String(hosts)]);
    this.#child = child;
    this.#log = log;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** @param {number} hosts */
  static async start(hosts) {
    const lab = new Lab(hosts);
    lab.#hosts = (await lab.#line()).hosts;
    return lab;
  }

  /**
   * What to put before a command line to run it on a host.
   * @param {number} host
   */
  enter(host) {
    const line = this.#hosts[host];
    if (line === undefined) throw new Error(`there is no host ${host}`);
    return line.enter;
  }

  /**
   * Pulls a host's cable out, or plugs it in.
   * @param {number} host
   * @param {boolean} up
   */
  async cable(host, up) {
    await this.#ask({ cable: { host, up } });
  }

  /**
   * Delays everything a host sends.
   * @param {number} host
   * @param {number} delay_ms
   */
  async delay(host, delay_ms) {
    await this.#ask({ set: { host, delay_ms } });
  }

  /**
   * What went through a host's cable.
   * @param {number} host
   * @returns {Promise<Count>}
   */
  async count(host) {
    return (await this.#ask({ count: { host } })).count;
  }

  async stop() {
    await end(this.#child, () => this.#child.stdin.end());
  }

  /** @param {object} command */
  async #ask(command) {
    const before = this.#turn;
    let done = () => {};
    this.#turn = new Promise((resolve) => {
      done = () => resolve(undefined);
    });
    await before;
    try {
      this.#child.stdin.write(`${JSON.stringify(command)}\n`);
      const answer = await this.#line();
      if ('error' in answer) throw new Error(`the lab says: ${answer.error}`);
      return answer;
    } finally {
      done();
    }
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) {
      await ended(this.#child);
      throw new Error(`the lab has ended: ${this.#log.text}`);
    }
    return JSON.parse(value);
  }
}
