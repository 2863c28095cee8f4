import { expect, test } from 'vitest';
import { cornerTowards, nearestCorner } from './corner';

test.each([
  [10, 10, 'top-left'],
  [790, 10, 'top-right'],
  [10, 590, 'bottom-left'],
  [401, 301, 'bottom-right'],
])('a picture dropped at %d, %d goes to %s', (x, y, corner) => {
  expect(nearestCorner(x, y, 800, 600)).toBe(corner);
});

test('arrow keys lead from corner to corner, and other keys nowhere', () => {
  expect(cornerTowards('bottom-right', 'ArrowUp')).toBe('top-right');
  expect(cornerTowards('top-right', 'ArrowLeft')).toBe('top-left');
  expect(cornerTowards('top-left', 'ArrowDown')).toBe('bottom-left');
  expect(cornerTowards('bottom-left', 'ArrowRight')).toBe('bottom-right');
  expect(cornerTowards('top-left', 'ArrowLeft')).toBe('top-left');
  expect(cornerTowards('top-left', 'x')).toBe('top-left');
});
