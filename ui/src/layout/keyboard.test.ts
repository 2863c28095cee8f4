import { expect, test } from 'vitest';
import { makeRoomForKeyboard } from './keyboard';

function phone() {
  let look = (): void => undefined;
  const seen = {
    height: 800,
    offsetTop: 0,
    scale: 1,
    addEventListener: (_: string, listener: () => void) => {
      look = listener;
    },
  };
  makeRoomForKeyboard({ visualViewport: seen, innerHeight: 800, document } as unknown as Window);
  const becomes = (change: Partial<typeof seen>) => {
    Object.assign(seen, change);
    look();
    return document.documentElement.style.getPropertyValue('--covered');
  };
  return becomes;
}

test('what a keyboard covers is taken from the page, and given back', () => {
  const becomes = phone();
  expect(becomes({})).toBe('0px');
  expect(becomes({ height: 460 })).toBe('340px');
  expect(becomes({ height: 740 })).toBe('0px');
});

test('zooming in is no keyboard', () => {
  expect(phone()({ height: 400, scale: 2 })).toBe('0px');
});
