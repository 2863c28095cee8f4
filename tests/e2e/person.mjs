// @ts-check
/** Somebody with a machine: a node, a browser, and what a person does and perceives with them. */

import assert from 'node:assert/strict';
import { isColourOf } from './media.mjs';
import { colourOf, connectionState, newFrames, soundOf } from './received.mjs';
import { until } from './until.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./media.mjs').Look} Look */

/**
 * Whoever has a name to call and a look to be told by: a person, or a robot.
 * @typedef {{ readonly name: string, readonly look: Look }} Somebody
 */

/** Two seconds of picture. */
const FRAMES = 60;
/** One and a half steps of the analyser. */
const TONE_DRIFT = 18;
/** Tones arrive at some -25 dB; the noise that the browser makes up for a muted microphone lies far below. */
const AUDIBLE_DB = -60;

export class Person {
  /** @param {{ name: string, host: number, look: Look, page: Page, node: import('./node.mjs').DogellerNode }} parts */
  constructor({ name, host, look, page, node }) {
    this.name = name;
    this.host = host;
    this.look = look;
    this.page = page;
    this.node = node;
  }

  /** @param {string} name */
  button(name) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** @param {Somebody} other */
  entry(other) {
    const list = this.page.getByRole('list', { name: 'Active users', exact: true });
    return list.getByRole('listitem').filter({ has: this.page.getByText(other.name, { exact: true }) });
  }

  /** @param {Somebody} other */
  incoming(other) {
    return this.page.getByRole('dialog', { name: `Incoming call from ${other.name}`, exact: true });
  }

  /** @param {Somebody} other */
  videoOf(other) {
    return this.page.getByLabel(`${other.name}'s video`, { exact: true });
  }

  get ownVideo() {
    return this.page.getByLabel('Your video', { exact: true });
  }

  /** @param {string} words */
  status(words) {
    return this.page.getByRole('status').filter({ hasText: words });
  }

  /** @param {string} words */
  words(words) {
    return this.page.getByText(words, { exact: true });
  }

  /** How long the call has lasted, such as `03:12`: shown while sound and picture flow. */
  get clock() {
    return this.page.getByRole('timer');
  }

  /**
   * @param {Somebody} other
   * @param {'Video' | 'Voice'} [kind]
   */
  async calls(other, kind = 'Video') {
    await this.button(`${kind} call ${other.name}`).click();
  }

  /** @param {Somebody} other */
  async hearsRinging(other) {
    await this.incoming(other).waitFor();
  }

  /** @param {Somebody} other */
  async accepts(other) {
    await this.hearsRinging(other);
    await this.answers('Accept');
  }

  /** @param {'Accept' | 'Accept without camera' | 'Decline'} answer */
  async answers(answer) {
    await this.button(answer).click();
  }

  async hangsUp() {
    // The controls fade when nothing moves, and any movement brings them back.
    await this.button('Hang up').click();
  }

  async isInCall() {
    await this.clock.waitFor();
  }

  /** @param {string} words */
  async isTold(words) {
    await this.status(words).waitFor();
  }

  /** No call goes on, and nothing rings. */
  async isFree() {
    await this.button('Hang up').waitFor({ state: 'hidden' });
    await this.page.getByRole('dialog').waitFor({ state: 'hidden' });
  }

  /** The path was found while it rings: what media would flow on. */
  async isWarm() {
    await until(`${this.name} has a path while it rings`, async () => (await connectionState(this.page)) === 'connected');
  }

  /**
   * Sees the other's own picture.
   * @param {Somebody} other
   */
  async sees(other) {
    const video = this.videoOf(other);
    await video.waitFor();
    let last = null;
    try {
      await until('colour', async () => {
        last = await colourOf(video);
        return last !== null && isColourOf(last, other.look);
      });
    } catch {
      assert.fail(`${this.name} sees ${last}, and ${other.name}'s picture is ${other.look.colour}`);
    }
  }

  /**
   * Hears the other's own tone.
   * @param {Somebody} other
   */
  async hears(other) {
    let last = null;
    try {
      await until('tone', async () => {
        last = await soundOf(this.videoOf(other), { tone: other.look.tone, drift: TONE_DRIFT, loudness: AUDIBLE_DB });
        return last.loudness > AUDIBLE_DB && Math.abs(last.tone - other.look.tone) < TONE_DRIFT;
      });
    } catch {
      assert.fail(`${this.name} hears ${JSON.stringify(last)}, and ${other.name}'s tone is ${other.look.tone}`);
    }
  }

  /**
   * Nothing can be heard of the other any more.
   * @param {Somebody} other
   */
  async hearsNothingOf(other) {
    await until(`${this.name} hears nothing of ${other.name}`, async () => {
      return (await soundOf(this.videoOf(other))).loudness < AUDIBLE_DB;
    });
  }

  /** Two seconds of moving picture are shown, from now on. */
  async seesItMove() {
    const frames = await newFrames(this.page);
    await until(`${FRAMES} more frames at ${this.name}`, async () => (await frames()) >= FRAMES);
  }

  /** Ends whatever a test left going on. */
  async settles() {
    await until(`${this.name} is free`, async () => {
      let free = !(await this.page.getByRole('dialog').isVisible());
      for (const end of [this.button('Decline'), this.button('Hang up')]) {
        if (!(await end.isVisible())) continue;
        free = false;
        // The other side may be ending it at this very moment.
        await end.click({ timeout: 1000 }).catch(() => undefined);
      }
      return free;
    });
  }
}

/**
 * One end of a call, as far as the other end is concerned.
 * @typedef {Somebody & Pick<Person, 'isInCall' | 'sees' | 'hears' | 'seesItMove'>} Party
 */

/**
 * Both see and hear each other's own picture and tone, and go on doing so.
 * @param {Party} one
 * @param {Party} other
 */
export async function seeAndHearEachOther(one, other) {
  await Promise.all([one.isInCall(), other.isInCall()]);
  await Promise.all([
    one.sees(other),
    one.hears(other),
    one.seesItMove(),
    other.sees(one),
    other.hears(one),
    other.seesItMove(),
  ]);
}

/**
 * Rings at `callee`, and the path between the two is found already.
 * @param {Person} caller
 * @param {Person} callee
 * @param {'Video' | 'Voice'} [kind]
 */
export async function ring(caller, callee, kind) {
  await caller.calls(callee, kind);
  await callee.hearsRinging(caller);
  await Promise.all([caller.isWarm(), callee.isWarm()]);
}

/**
 * Puts a call through.
 * @param {Person} caller
 * @param {Person} callee
 * @param {'Video' | 'Voice'} [kind]
 */
export async function connect(caller, callee, kind) {
  await caller.calls(callee, kind);
  await callee.accepts(caller);
  await Promise.all([caller.isInCall(), callee.isInCall()]);
}
