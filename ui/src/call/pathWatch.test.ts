import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GAP_MS, PathWatch, SEARCH_MS } from './pathWatch';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function build() {
  const told: string[] = [];
  const restart = vi.fn();
  return { told, restart, watch: new PathWatch({ tell: (path) => told.push(path), restart }) };
}

test('tells up and down once each', () => {
  const { told, watch } = build();
  for (const state of ['connecting', 'connected', 'connected', 'disconnected', 'failed', 'connected'] as const) {
    watch.become(state);
  }
  expect(told).toEqual(['up', 'down', 'up']);
});

test('a short gap mends itself without a restart', () => {
  const { restart, watch } = build();
  watch.become('connected');
  watch.become('disconnected');
  vi.advanceTimersByTime(GAP_MS - 1);
  watch.become('connected');
  vi.advanceTimersByTime(10 * SEARCH_MS);
  expect(restart).not.toHaveBeenCalled();
});

test('a longer gap restarts, again and again until the path is back', () => {
  const { restart, watch } = build();
  watch.become('connected');
  watch.become('disconnected');
  vi.advanceTimersByTime(GAP_MS);
  expect(restart).toHaveBeenCalledTimes(1);
  watch.become('connecting');
  vi.advanceTimersByTime(3 * SEARCH_MS);
  expect(restart).toHaveBeenCalledTimes(4);
  watch.become('connected');
  vi.advanceTimersByTime(3 * SEARCH_MS);
  expect(restart).toHaveBeenCalledTimes(4);
});

test('a failed path restarts at once', () => {
  const { restart, watch } = build();
  watch.become('failed');
  expect(restart).toHaveBeenCalledTimes(1);
});

test('nothing is restarted once the call is over', () => {
  const { restart, watch } = build();
  watch.become('connected');
  watch.become('disconnected');
  watch.stop();
  vi.advanceTimersByTime(10 * SEARCH_MS);
  expect(restart).not.toHaveBeenCalled();
});
