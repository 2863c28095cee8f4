// @ts-check
/**
 * Somebody without a browser: a node that accepts every call by itself, or places one. It sends a picture and a tone of its
 * own, and says every second what it sees and hears. A person can call it like anybody.
 */

import assert from 'node:assert/strict';
import { isColourOf, LOOKS } from './media.mjs';
import { DogellerNode } from './node.mjs';
import { until } from './until.mjs';

/** @typedef {import('./node.mjs').Line} Line */
/** @typedef {import('./person.mjs').Somebody} Somebody */

/**
 * One track of pictures that came.
 * @typedef {object} Seen
 * @property {number} track
 * @property {'VP8' | 'H264'} codec
 * @property {number} frames
 * @property {number} key_frames
 * @property {number} given_up
 * @property {number} bytes
 * @property {number} longest_gap_ms
 * @property {number | null} skew_ms
 */

/**
 * What a connection carried so far. Counters only grow, and begin anew with another connection of the same call.
 * @typedef {object} Stats
 * @property {number} live_ms
 * @property {number} round_trip_ms
 * @property {Seen[]} seen
 * @property {Record<'packets' | 'lost' | 'fec' | 'red' | 'concealed_ms' | 'delay_ms', number>} heard
 * @property {Record<'frames' | 'key_frames' | 'skipped' | 'bytes' | 'target_bits' | 'keys_asked' | 'waiting_ms', number>
 *   & { held: boolean }} shown
 * @property {Record<'packets' | 'copies' | 'lost_percent', number>} said
 * @property {Record<'missing' | 'asked' | 'repaired' | 'asked_of_us' | 'sent_again' | 'refused' | 'dropped_by_age', number>} repair
 * @property {number} malformed
 */

/**
 * What it sees and hears, as a person would.
 * @typedef {object} Perceived
 * @property {number} width
 * @property {number} height
 * @property {[number, number, number] | null} colour
 * @property {number | null} tone_hz
 * @property {number | null} loudness_db
 * @property {number} longest_silence_ms
 */

/** @typedef {'outgoing' | 'incoming' | 'connecting' | 'connected' | 'reconnecting' | 'ended'} State */

/**
 * @typedef {Line & { call: string, peer_id: string, name: string, caller: boolean, state: State, reason: string | null }} CallLine
 * @typedef {Line & { call: string, stats: Stats, perceived: Perceived }} MediaLine
 */

/** Two seconds of picture from a camera that is asked for little. */
const FRAMES = 30;
/** The share that a pitch may be off. */
const TONE_DRIFT = 0.03;

/** A picture or a sound that stops for longer, in milliseconds, is broken. */
export const STOP_MS = 1000;

/** Exit codes of a robot that calls. */
export const ENDED = /** @type {const} */ ({ well: 0, nobody: 4, notAccepted: 5, lost: 6 });

export class Robot {
  look = LOOKS.green;

  /** @param {{ name: string, host: number, node: DogellerNode }} parts */
  constructor({ name, host, node }) {
    this.name = name;
    this.host = host;
    this.node = node;
  }

  /**
   * A node that accepts every call. `tone` sends its own look, `echo` what it gets half a second later.
   * @param {import('./node.mjs').Where & { answer?: 'tone' | 'echo' }} where
   */
  static async answers({ answer = 'tone', options = [], ...where }) {
    const node = await DogellerNode.start({ ...where, options: ['--answer', answer, ...options] });
    return new Robot({ name: where.name, host: where.host, node });
  }

  /**
   * A node that calls somebody, hangs up after `seconds` and ends.
   * @param {import('./node.mjs').Where & { whom: string, seconds: number, voice?: boolean }} where
   */
  static async calls({ whom, seconds, voice = false, ...where }) {
    const command = ['call', whom, '--seconds', String(seconds), ...(voice ? ['--voice'] : [])];
    const node = await DogellerNode.start({ ...where, command });
    return new Robot({ name: where.name, host: where.host, node });
  }

  /** Every change of every call, in order. */
  get calls() {
    return /** @type {CallLine[]} */ (this.node.lines.filter(({ event }) => event === 'call'));
  }

  /** How the newest call stands; `null` before the first. */
  get call() {
    return this.calls.at(-1) ?? null;
  }

  /** What it said each second of the newest call. */
  get media() {
    const { call } = this.call ?? {};
    const media = /** @type {MediaLine[]} */ (this.node.lines.filter(({ event }) => event === 'media'));
    return media.filter((line) => line.call === call);
  }

  /** The newest counters of the newest call. */
  stats() {
    const line = this.media.at(-1);
    assert.ok(line, `${this.name} has said nothing of a call yet`);
    return line.stats;
  }

  /** The counters of a moment that is still to come: a whole second lies between it and what {@link stats} gave before. */
  async nextStats() {
    const before = this.media.length;
    await until(`the next word of ${this.name}`, () => this.media.length > before);
    return this.stats();
  }

  /**
   * Waits until what it says of the newest call is as wanted, and gives that.
   * @param {string} what
   * @param {(line: MediaLine) => boolean} wanted
   * @param {number} [limit] milliseconds
   */
  async until(what, wanted, limit) {
    try {
      const newest = () => this.media.at(-1);
      return await until(what, () => [newest()].find((line) => line !== undefined && wanted(line)), limit);
    } catch {
      const said = JSON.stringify(this.media.at(-1) ?? this.call);
      return assert.fail(`${this.name} never came to “${what}”; the last it said: ${said}`);
    }
  }

  async isInCall() {
    await this.#becomes('connected');
  }

  /**
   * Its call is over, and it knows why.
   * @param {string} reason
   */
  async isTold(reason) {
    await this.#becomes('ended');
    assert.equal(this.call?.reason, reason, `why the call of ${this.name} ended`);
  }

  /**
   * Sees the other's own picture.
   * @param {Somebody} other
   */
  async sees(other) {
    await this.until(`sees the colour of ${other.name}, ${other.look.colour}`, ({ perceived: { colour } }) => {
      return colour !== null && isColourOf(colour, other.look);
    });
  }

  /**
   * Hears the other's own tone.
   * @param {Somebody} other
   */
  async hears({ name, look: { tone } }) {
    await this.until(`hears the tone of ${name}, ${tone} Hz`, ({ perceived: { tone_hz } }) => {
      return tone_hz !== null && Math.abs(tone_hz - tone) < tone * TONE_DRIFT;
    });
  }

  /** Moving picture arrives, from now on. */
  async seesItMove() {
    const frames = this.media.length === 0 ? 0 : pictures(this.stats());
    await this.until(`sees ${FRAMES} frames more`, ({ stats }) => pictures(stats) >= frames + FRAMES);
  }

  /** Picture and sound of the newest call never stopped for long. */
  goesOn() {
    for (const { track, longest_gap_ms } of this.stats().seen) {
      assert.ok(longest_gap_ms < STOP_MS, `picture ${track} stood still for ${longest_gap_ms} ms at ${this.name}`);
    }
    this.hearsAllTheTime();
  }

  /** The sound of the newest call never stopped for long. */
  hearsAllTheTime() {
    // In its first second it may have begun to listen before there was anything.
    const silence = Math.max(...this.media.slice(1).map(({ perceived }) => perceived.longest_silence_ms));
    assert.ok(silence < STOP_MS, `${this.name} heard nothing for ${silence} ms`);
  }

  /** @param {State} state */
  async #becomes(state) {
    try {
      await until(state, () => this.call?.state === state);
    } catch {
      assert.fail(`the call of ${this.name} never was “${state}”: ${JSON.stringify(this.calls.slice(-5))}`);
    }
  }
}

/**
 * Frames that came, on all tracks.
 * @param {Stats} stats
 */
export function pictures({ seen }) {
  return seen.reduce((sum, { frames }) => sum + frames, 0);
}

/**
 * Somebody calls a robot, which accepts by itself.
 * @param {import('./person.mjs').Person} person
 * @param {Robot} robot
 * @param {'Video' | 'Voice'} [kind]
 */
export async function callRobot(person, robot, kind) {
  await person.calls(robot, kind);
  await Promise.all([person.isInCall(), robot.isInCall()]);
}
