import { expect, test } from 'vitest';
import { dogOf } from './dog';

/** 64 digits, each from somewhere else in the seed's square. */
const idOf = (seed: number) =>
  Array.from({ length: 64 }, (_, n) =>
    (((Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)) >>> (n % 24)) & 15).toString(16),
  ).join('');

test('one id is one dog, always', () => {
  expect(dogOf(idOf(7))).toEqual(dogOf(idOf(7)));
});

test('different ids are mostly different dogs', () => {
  const dogs = new Set(Array.from({ length: 100 }, (_, n) => JSON.stringify(dogOf(idOf(n)))));
  expect(dogs.size).toBeGreaterThan(90);
});

test('even what is no id at all is a dog', () => {
  expect(dogOf('<img src=x>').background).toBe(0);
});
