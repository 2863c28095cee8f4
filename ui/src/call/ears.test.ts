import { expect, test } from 'vitest';
import { Ears } from './ears';

test('a headset is taken off by itself never, and is remembered', () => {
  const kept = new Map<string, string>();
  const store = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  const ears = new Ears(store);
  expect(ears.headset.value).toBe(false);
  ears.toggle();
  expect(ears.headset.value).toBe(true);
  expect(new Ears(store).headset.value).toBe(true);
  ears.toggle();
  expect(new Ears(store).headset.value).toBe(false);
});
