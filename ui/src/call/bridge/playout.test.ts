// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { Bench, QUANTUM, STEEPEST, TONE } from './fakes';
import { BLOCK, type Flow, Playout, RATE } from './playout';

/** What fades over 2.7 ms and blends over 5 ms may add; cutting the tone hard would make steps of up to 1. */
const SMOOTH = STEEPEST * 1.05 + 2 * (TONE.height / 128);

/** How many blocks it takes until a sound is played. */
function blocksToStart(bench: Bench): number {
  const before = bench.loud;
  for (let blocks = 1; blocks <= 20; blocks++) {
    bench.arrive();
    bench.quantum();
    if (bench.loud > before) return blocks;
  }
  return Number.POSITIVE_INFINITY;
}

describe('the start', () => {
  test('is silent until 30 ms are there', () => {
    const bench = new Bench();
    expect(blocksToStart(bench)).toBe(3);
    expect(bench.playout.take()).toEqual({ fill: 960, dropped: 0, inserted: 0 });
  });

  test('plays what came, sample by sample, after a short fade', () => {
    const { playout } = new Bench();
    const out = new Float32Array(2 * QUANTUM);
    const block = (from: number) => Float32Array.from({ length: BLOCK }, (_, i) => (from + i) / 2000);
    for (const from of [0, 480, 960]) playout.put(block(from));
    playout.play(out);
    for (let i = QUANTUM; i < out.length; i++) expect(out[i]).toBeCloseTo(i / 2000, 6);
  });

  test('after a burst is no later for it, since nobody heard the beginning', () => {
    const bench = new Bench();
    bench.arrive(12);
    bench.quantum();
    expect(bench.playout.take().dropped).toBe(12 * BLOCK - 1440);
  });
});

describe('surplus', () => {
  test('of a start is shed within seconds, gently, and counted', () => {
    const bench = new Bench();
    bench.arrive(3);
    bench.quantum();
    bench.arrive(10);
    bench.playout.take();
    bench.run(1);
    const first = bench.playout.take();
    expect(first.dropped).toBeGreaterThan(500);
    expect(first.dropped).toBeLessThanOrEqual((16 * RATE) / 1024);
    bench.run(14);
    bench.playout.take();
    bench.run(1);
    const { fill, inserted } = bench.playout.take();
    expect(fill).toBeGreaterThan(1000);
    expect(fill).toBeLessThan(1800);
    expect(inserted).toBe(0);
    expect(bench.steepest).toBeLessThan(SMOOTH);
  });

  test('while single samples go, the tone is hardly steeper than it is', () => {
    const bench = new Bench();
    bench.run(1);
    bench.arrive(10);
    bench.playout.take();
    bench.steepest = 0;
    bench.run(3);
    expect(bench.playout.take().dropped).toBeGreaterThan(1000);
    expect(bench.steepest).toBeLessThan(STEEPEST * 1.02);
  });

  test('of more than 250 ms goes at once, without a click', () => {
    const bench = new Bench();
    bench.run(1);
    bench.playout.take();
    bench.arrive(30);
    bench.run(0.05);
    expect(bench.playout.take().dropped).toBeGreaterThan(12_000 - 1440);
    bench.run(0.5);
    expect(bench.playout.take().fill).toBeLessThan(2500);
    expect(bench.steepest).toBeLessThan(SMOOTH);
  });

  test('of minutes that a sleeping sound card left behind is bounded', () => {
    const bench = new Bench();
    bench.run(1);
    bench.playout.take();
    bench.arrive(6000);
    bench.run(0.1);
    const { dropped } = bench.playout.take();
    expect(dropped).toBeGreaterThan(5990 * BLOCK);
    bench.run(0.5);
    expect(bench.playout.take().fill).toBeLessThan(2500);
    expect(bench.loud).toBeGreaterThan(0.95 * (bench.played - 1440));
  });
});

describe('ten minutes', () => {
  test.each([
    { ppm: 200, jitter: 0, bunch: 1 },
    { ppm: -200, jitter: 0, bunch: 1 },
    { ppm: 200, jitter: 240, bunch: 2 },
    { ppm: -200, jitter: 240, bunch: 2 },
  ])('with clocks $ppm ppm apart, $bunch at a time, stay near the target and never run dry', (pace) => {
    const bench = new Bench();
    const flows: Flow[] = [];
    bench.run(601, { ...pace, eachSecond: () => flows.push(bench.playout.take()) });
    const settled = flows.slice(10);
    const fills = settled.map(({ fill }) => fill);
    expect(Math.min(...fills)).toBeGreaterThan(1440 - 300);
    expect(Math.max(...fills)).toBeLessThan(1440 + 300);
    const sum = (what: 'dropped' | 'inserted') => settled.reduce((all, flow) => all + flow[what], 0);
    // The clocks come 5674 samples apart. Running dry once would insert 1920 more.
    const [needed, needless] = pace.ppm > 0 ? [sum('dropped'), sum('inserted')] : [sum('inserted'), sum('dropped')];
    expect(needed).toBeGreaterThan(5300);
    expect(needed).toBeLessThan(6000);
    expect(needless).toBeLessThan(200);
    expect(bench.steepest).toBeLessThan(STEEPEST * 1.02 + TONE.height / 128);
  });
});

describe('running dry', () => {
  test('fades instead of clicking, and what is missing is counted', () => {
    const bench = new Bench();
    // A block more than a second: the tone stops where it is loud.
    bench.run(1.01);
    bench.playout.take();
    const loud = bench.loud;
    bench.quanta(40);
    expect(bench.last).toBe(0);
    expect(bench.steepest).toBeLessThan(SMOOTH);
    expect(bench.loud - loud).toBeLessThan(1440 + 128 + 1);
    const { inserted } = bench.playout.take();
    expect(inserted).toBeGreaterThan(40 * QUANTUM - 1440 - 1);
    expect(inserted).toBeLessThan(40 * QUANTUM);
  });

  test('asks for 10 ms more each time, up to 100 ms', () => {
    const bench = new Bench();
    const needed = Array.from({ length: 10 }, () => {
      const blocks = blocksToStart(bench);
      bench.quanta(60);
      return blocks;
    });
    expect(needed).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 10, 10]);
  });

  test('once lets the delay fall again within half a minute, as far as it was not needed', () => {
    const bench = new Bench();
    for (let n = 0; n < 6; n++) {
      blocksToStart(bench);
      bench.quanta(60);
    }
    const settled = () => {
      bench.playout.take();
      bench.run(1);
      const { fill, inserted } = bench.playout.take();
      expect(inserted).toBe(0);
      return fill;
    };
    bench.run(3);
    expect(settled()).toBeGreaterThan(3600);
    bench.run(16);
    expect(settled()).toBeLessThan(3000);
    bench.run(12);
    expect(settled()).toBeLessThan(1440 + 500);
    expect(bench.steepest).toBeLessThan(SMOOTH);
  });

  test('again and again keeps the delay that it takes', () => {
    const bench = new Bench();
    for (let n = 0; n < 40; n++) {
      bench.run(2.5);
      // The machine does something else for 50 ms; what came meanwhile is there after it.
      bench.quanta(19);
      bench.arrive(5);
      if (n === 10) bench.playout.take();
    }
    expect(bench.playout.take().inserted).toBeLessThan(3 * BLOCK);
  });
});

describe('a long gap', () => {
  test('is silence that counts for half a second, and then begins anew at the first target', () => {
    const bench = new Bench();
    bench.run(1);
    bench.quanta(375 * 5);
    expect(bench.last).toBe(0);
    const { inserted } = bench.playout.take();
    expect(inserted).toBeLessThan(RATE / 2 + QUANTUM);
    expect(blocksToStart(bench)).toBe(3);
  });

  test('is not followed by a burst', () => {
    const bench = new Bench();
    bench.run(1);
    bench.quanta(375);
    bench.playout.take();
    bench.arrive(70);
    bench.run(0.5);
    const { fill, dropped } = bench.playout.take();
    expect(dropped).toBeGreaterThan(65 * BLOCK);
    expect(fill).toBeLessThan(2200);
    expect(bench.steepest).toBeLessThan(SMOOTH);
  });

  test('forgets the rest of what was before', () => {
    const bench = new Bench();
    bench.arrive(2);
    bench.quanta(375);
    expect(bench.loud).toBe(0);
    expect(bench.playout.take().dropped).toBe(2 * BLOCK);
    expect(blocksToStart(bench)).toBe(3);
  });
});

describe('what is no sound', () => {
  test('is ignored', () => {
    const bench = new Bench();
    const hostile: unknown[] = [
      null,
      undefined,
      'x',
      480,
      {},
      { length: 480 },
      [0.5],
      new Float32Array(0),
      new Float32Array(479),
    ];
    hostile.push(new Float32Array(481), new Float32Array(1e6), new Float64Array(BLOCK), new ArrayBuffer(1920));
    hostile.push(Array.from({ length: BLOCK }, () => 0.5));
    for (let n = 0; n < 10; n++) for (const block of hostile) bench.playout.put(block);
    bench.quantum();
    expect(bench.loud).toBe(0);
    expect(bench.playout.take()).toEqual({ fill: 0, dropped: 0, inserted: 0 });
  });

  test('in a block is silence, and what is too loud is as loud as can be', () => {
    const { playout } = new Bench();
    const block = new Float32Array(BLOCK).fill(0.5);
    block.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 7, -7, 0.25], 200);
    for (let n = 0; n < 3; n++) playout.put(block);
    const out = new Float32Array(256);
    playout.play(out);
    expect([...out.subarray(199, 207)]).toEqual([0.5, 0, 0, 0, 1, -1, 0.25, 0.5]);
  });

  test('a report of nothing is all zero', () => {
    expect(new Playout().take()).toEqual({ fill: 0, dropped: 0, inserted: 0 });
  });
});
