// @vitest-environment node
import { expect, test } from 'vitest';
import { Blocks } from './blocks';

const row = (length: number, from: number, sign = 1) => Float32Array.from({ length }, (_, i) => sign * (from + i));

test('microphone and what was played in the same frames go together, whatever the quantum', () => {
  for (const quantum of [128, 480, 1000, 1]) {
    const sent: Float32Array[] = [];
    const blocks = new Blocks((block) => sent.push(block));
    for (let from = 0; from < 4800; from += quantum) {
      blocks.add(row(quantum, from), row(quantum, from, -1));
    }
    expect(sent.length).toBeGreaterThanOrEqual(10);
    for (const [n, block] of sent.entries()) {
      expect(block.length).toBe(960);
      expect(block.subarray(0, 480)).toEqual(row(480, n * 480));
      expect(block.subarray(480)).toEqual(row(480, n * 480, -1));
    }
  }
});

test('without a microphone there is silence in its place', () => {
  const sent: Float32Array[] = [];
  const blocks = new Blocks((block) => sent.push(block));
  blocks.add(row(240, 1), row(240, 1));
  blocks.add(undefined, row(240, 241));
  expect([...(sent[0]?.subarray(238, 242) ?? [])]).toEqual([239, 240, 0, 0]);
  expect(sent[0]?.subarray(480)).toEqual(row(480, 1));
});

test('a block that was given away is not touched again', () => {
  const sent: Float32Array[] = [];
  const blocks = new Blocks((block) => sent.push(structuredClone(block, { transfer: [block.buffer] })));
  for (let n = 0; n < 3; n++) blocks.add(row(480, n), row(480, n));
  expect(sent.map((block) => [block.length, block[0]])).toEqual([
    [960, 0],
    [960, 1],
    [960, 2],
  ]);
});
