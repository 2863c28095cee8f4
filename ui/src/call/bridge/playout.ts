/**
 * What the other side says, between the blocks that arrive and the samples that the sound card asks for.
 *
 * Both clocks differ, and blocks come in bursts: single samples are blended away or in to hold the mean fill at a
 * target, which grows when the ring ran dry and shrinks by what was never needed since.
 */

/** Samples a second, of everything in a call. */
export const RATE = 48_000;
/** Samples in a block: 10 ms. */
export const BLOCK = 480;

const LEAST_TARGET = 1440;
const MOST_TARGET = 4800;
const RAISE = BLOCK;
/** What the ring never held less than in two of these is looked at. */
const WATCH = 4 * RATE;
/** So much of it is kept against the next hiccup; half of the rest goes. */
const SPARE = 720;
/** Beyond this the conversation lags: the surplus goes at once. */
const LIMIT = RATE / 4;
/** Nothing came for so long: what comes next has nothing to do with what was. */
const QUIET = RATE / 2;

/** How often it is decided what to blend away or in: 8 quanta. */
const PLAN = 1024;
/** One sample is blended away over so many: 16 in a plan at most, 1.6 % faster, which nobody hears in speech. */
const GLIDE = PLAN / 16;
/** An excess of so many samples costs one in each plan. */
const PROPORTION = 240;
/** Excess that is left alone: jitter, no drift. */
const SLACK = 120;
/** The weight of one quantum in the mean fill, which so looks back 0.3 s. */
const WEIGHT = 0.01;

const JUMP = 256;
const FADE = 128;

/** How it went since the last report, in samples. */
export interface Flow {
  /** The mean fill of the ring. */
  readonly fill: number;
  readonly dropped: number;
  /** Blended in, and the silence between running dry and playing again. */
  readonly inserted: number;
}

/**
 * `fresh`: waits for the first sound. `playing`. `fading`: ran dry, and ends what it played. `starved`: waits to play on.
 */
type State = 'fresh' | 'playing' | 'fading' | 'starved';

export class Playout {
  readonly #ring = new Float32Array(RATE);
  /** Samples ever written, and the next to be played: places in an endless row, of which the ring holds the end. */
  #written = 0;
  #next = 0;
  #state: State = 'fresh';
  #target = LEAST_TARGET;
  #mean = 0;
  #gain = 0;
  /** The move under way, from `#next` to `#next + #shift`, blended over `#length` samples, `#moved` of them played. */
  #shift = 0;
  #length = GLIDE;
  #moved = 0;
  /** Samples to blend away, or in when negative. */
  #owed = 0;
  #mirrored = 0;

  #sincePlan = 0;
  #sinceWatch = 0;
  /** The least that the ring held in this watch, and in the one before. */
  #least = 0;
  #leastBefore = 0;
  #sinceBlock = 0;

  #fills = 0;
  #quanta = 0;
  #dropped = 0;
  #inserted = 0;

  /** Anything but a block of 480 samples is ignored; what is no number in it is silence. */
  put(block: unknown): void {
    if (!(block instanceof Float32Array) || block.length !== BLOCK) return;
    for (let i = 0; i < BLOCK; i++) {
      const sample = block[i] ?? 0;
      this.#ring[this.#written++ % RATE] = Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
    }
    this.#sinceBlock = 0;
    // Only when nobody played for long, as when the sound card slept. The fade looks back a little.
    const lost = this.#fill - (RATE - BLOCK);
    if (lost > 0) this.#skip(lost);
  }

  /** Fills all of `out`. */
  play(out: Float32Array): void {
    this.#prepare(out.length);
    for (let i = 0; i < out.length; i++) out[i] = this.#sample();
  }

  take(): Flow {
    const fill = this.#quanta === 0 ? 0 : this.#fills / this.#quanta;
    const flow = { fill, dropped: this.#dropped, inserted: this.#inserted };
    this.#fills = this.#quanta = this.#dropped = this.#inserted = 0;
    return flow;
  }

  get #fill(): number {
    return this.#written - this.#next;
  }

  #skip(samples: number): void {
    this.#next += samples;
    this.#dropped += samples;
  }

  #prepare(samples: number): void {
    this.#fills += this.#fill;
    this.#quanta += 1;
    this.#sinceBlock += samples;
    if (this.#state === 'playing') this.#steer(samples);
    else if (this.#state !== 'fading') this.#wait();
  }

  #wait(): void {
    if (this.#sinceBlock > QUIET) {
      this.#skip(this.#fill);
      this.#target = LEAST_TARGET;
      this.#state = 'fresh';
    }
    if (this.#fill < this.#target) return;
    // After a hiccup what piled up is speech, and is caught up with; before the first sound it is only delay.
    if (this.#state === 'fresh') this.#skip(this.#fill - this.#target);
    this.#state = 'playing';
    this.#mean = this.#fill;
    this.#owed = this.#sincePlan = this.#sinceWatch = 0;
    this.#least = Number.POSITIVE_INFINITY;
    // Whatever it was: there was none.
    this.#leastBefore = 0;
  }

  #watch(samples: number): void {
    this.#least = Math.min(this.#least, this.#fill - samples);
    this.#sinceWatch += samples;
    if (this.#sinceWatch < WATCH) return;
    const needless = Math.min(this.#least, this.#leastBefore) - SPARE;
    const lower = Math.max(0, Math.min(needless / 2, this.#target - LEAST_TARGET));
    this.#target -= lower;
    this.#leastBefore = this.#least - lower;
    this.#least = Number.POSITIVE_INFINITY;
    this.#sinceWatch = 0;
  }

  #steer(samples: number): void {
    this.#mean += (this.#fill - this.#mean) * WEIGHT;
    this.#watch(samples);
    if (this.#fill > LIMIT && this.#shift === 0) {
      this.#move(this.#fill - this.#target, JUMP);
      this.#owed = 0;
      return;
    }
    this.#sincePlan += samples;
    if (this.#sincePlan < PLAN) return;
    this.#sincePlan -= PLAN;
    const excess = this.#mean - this.#target;
    if (Math.abs(excess) < SLACK) this.#owed = 0;
    else this.#owed = Math.max(-PLAN / GLIDE, Math.min(PLAN / GLIDE, this.#owed + excess / PROPORTION));
  }

  #sample(): number {
    if (this.#state === 'playing') {
      if (this.#shift === 0 && Math.abs(this.#owed) >= 1) {
        const by = Math.sign(this.#owed);
        this.#owed -= by;
        this.#move(by, GLIDE);
      }
      if (this.#fill > Math.max(0, this.#shift)) return this.#blended();
      this.#runDry();
    }
    if (this.#state === 'fading') return this.#faded();
    if (this.#state === 'starved') this.#inserted += 1;
    return 0;
  }

  #move(by: number, length: number): void {
    this.#shift = by;
    this.#length = length;
    this.#moved = 0;
  }

  #blended(): number {
    this.#gain = Math.min(1, this.#gain + 1 / FADE);
    let sample = this.#at(this.#next);
    if (this.#shift !== 0) {
      this.#moved += 1;
      sample += (this.#at(this.#next + this.#shift) - sample) * (this.#moved / this.#length);
      if (this.#moved === this.#length) this.#arrive();
    }
    this.#next += 1;
    return sample * this.#gain;
  }

  #arrive(): void {
    const by = this.#shift;
    this.#shift = 0;
    this.#mean = Math.max(0, this.#mean - by);
    if (by > 0) this.#skip(by);
    else {
      this.#next += by;
      this.#inserted -= by;
    }
  }

  #runDry(): void {
    this.#state = 'fading';
    this.#mirrored = 0;
    this.#shift = 0;
    this.#target = Math.min(MOST_TARGET, this.#target + RAISE);
  }

  /** What was played last, backwards and fainter: it goes on from there without a step, and sounds alike. */
  #faded(): number {
    this.#gain -= 1 / FADE;
    if (this.#gain <= 0) {
      this.#gain = 0;
      this.#state = 'starved';
    }
    this.#mirrored += 1;
    this.#inserted += 1;
    return this.#at(this.#next - this.#mirrored) * this.#gain;
  }

  #at(place: number): number {
    return this.#ring[place % RATE] ?? 0;
  }
}
