// @ts-check
/** The simulated network: machines in network namespaces, joined by a switch with cables to pull. */

import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { end, ended, ours, start } from './programs.mjs';

/**
 * @typedef {{ index: number, address: string, enter: string[] }} HostLine
 * @typedef {{ packets: number, rtp_packets: number }} Traffic
 * @typedef {{ from: Traffic, to: Traffic, lost: number }} Count
 */

/**
 * How a host's line treats what the host sends. What is not given is perfect.
 * @typedef {object} Line
 * @property {number} [delay_ms]
 * @property {number} [loss] the share of packets lost, 0 to 1
 * @property {number} [rate_kbit] kilobits a second, headers included
 * @property {number} [queue_packets] the most packets that wait for a slow line
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
   * Gives a host another line, in place of the one it has.
   * @param {number} host
   * @param {Line} line
   */
  async set(host, line) {
    await this.#ask({ set: { host, ...line } });
  }

  /**
   * Gives hosts another line while `body` lasts, however it ends.
   * @template T
   * @param {number[]} hosts
   * @param {Line} line
   * @param {() => Promise<T>} body
   */
  async during(hosts, line, body) {
    await Promise.all(hosts.map((host) => this.set(host, line)));
    try {
      return await body();
    } finally {
      await Promise.all(hosts.map((host) => this.set(host, {})));
    }
  }

  /**
   * Delays everything a host sends.
   * @param {number} host
   * @param {number} delay_ms
   */
  async delay(host, delay_ms) {
    await this.set(host, { delay_ms });
  }

  /**
   * Takes a host's IPv4 address away and leaves it an IPv6 one of its own network (RFC 4193).
   * @param {number} host
   */
  async onlyIpv6(host) {
    await this.#ask({ address6: { host, address: `fd00:77::${host + 1}` } });
    await this.#ask({ address: { host, address: '0.0.0.0' } });
  }

  /**
   * What a program says that is run on a host.
   * @param {number} host
   * @param {string[]} command
   */
  async run(host, command) {
    const [program = '', ...rest] = [...this.enter(host), ...command];
    return (await promisify(execFile)(program, rest)).stdout;
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
