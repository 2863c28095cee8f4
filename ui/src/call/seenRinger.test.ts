// @vitest-environment node
import { expect, test } from 'vitest';
import { FakeRinger } from './fakes';
import { SeenRinger, systemRings } from './seenRinger';

function phone() {
  const ringer = new FakeRinger();
  const page = {
    visibilityState: 'visible' as DocumentVisibilityState,
    changed: (): void => undefined,
    addEventListener: (_: string, listener: () => void) => {
      page.changed = listener;
    },
  };
  const becomes = (state: DocumentVisibilityState) => {
    page.visibilityState = state;
    page.changed();
  };
  return { ringer, seen: new SeenRinger(ringer, page as unknown as Document), becomes };
}

test('an unseen page leaves the ringing to its system, and rings once it is seen', () => {
  const { ringer, seen, becomes } = phone();
  becomes('hidden');
  seen.play('ring');
  expect(ringer.sound).toBe('none');
  becomes('visible');
  expect(ringer.sound).toBe('ring');
  becomes('hidden');
  expect(ringer.sound).toBe('none');
});

test('whoever calls hears that it rings there, seen or not', () => {
  const { ringer, seen, becomes } = phone();
  seen.play('ringback');
  becomes('hidden');
  expect(ringer.sound).toBe('ringback');
  seen.play('none');
  expect(ringer.sound).toBe('none');
});

test('only phones ring by themselves', () => {
  const rings = (userAgent: string, maxTouchPoints = 0) => systemRings({ userAgent, maxTouchPoints });
  expect(rings('Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140 Mobile', 5)).toBe(true);
  expect(rings('Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15', 5)).toBe(true);
  expect(rings('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15', 5)).toBe(true);
  expect(rings('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15')).toBe(false);
  expect(rings('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko)')).toBe(false);
});
