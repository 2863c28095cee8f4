import { describe, expect, test } from 'vitest';
import type { EndReason } from '../wire.gen';
import { en } from './en';
import { clock, pick } from './index';

test.each([
  [0, '00:00'],
  [192_400, '03:12'],
  [3_599_999, '59:59'],
  [3_661_000, '1:01:01'],
  [-5, '00:00'],
])('%d ms is shown as %s', (ms, words) => {
  expect(clock(ms)).toBe(words);
});

test('a language without words falls back to one that has them', () => {
  expect(pick(['tlh', 'en-GB'])).toBe(en);
  expect(pick([])).toBe(en);
});

describe('how a call ended', () => {
  const ADA = { name: 'Ada', kind: 'person', talked: false } as const;
  const reasons: EndReason[] = [
    'code_mismatch',
    'superseded',
    'cancelled',
    'declined',
    'busy',
    'not_at_screen',
    'unanswered',
    'hung_up',
    'no_path',
    'engine_failed',
    'lost',
  ];

  test('is a sentence of its own for each reason, from each side, naming the other', () => {
    for (const caller of [true, false]) {
      const words = reasons.map((reason) => en.ended({ caller, ...ADA, reason }).happened);
      expect(new Set(words).size).toBe(reasons.length);
      for (const sentence of words) expect(sentence).toMatch(/Ada.*\.$/);
    }
  });

  test('is told from the side it is read on', () => {
    const declined = (caller: boolean) => en.ended({ caller, ...ADA, reason: 'declined' }).happened;
    expect(declined(true)).toBe('Ada declined.');
    expect(declined(false)).toBe('You declined the call from Ada.');
  });

  test('of the echo test blames no network and nobody else', () => {
    const echo = { name: 'Echo test', kind: 'echo', talked: true, caller: true } as const;
    expect(en.ended({ ...echo, reason: 'hung_up' })).toEqual({ happened: 'The call with Echo test has ended.' });
    for (const reason of reasons) {
      expect(en.ended({ ...echo, reason }).more ?? '').not.toMatch(/network|firewall|other|one of you|somebody/i);
    }
  });
});

describe('a device that is missing', () => {
  test('is a sentence that says what goes on and what to do', () => {
    const words = en.trouble({ microphone: null, camera: 'busy', heard: true, seen: false, name: 'Ada' });
    expect(words).toContain('Another program is using your camera.');
    expect(words).toContain('Ada hears you but does not see you.');
  });

  test('two of them for the same reason are one sentence', () => {
    const words = en.trouble({ microphone: 'refused', camera: 'refused', heard: false, seen: false, name: 'Ada' });
    expect(words).toContain('your microphone or camera');
    expect(words).toContain('Ada cannot see or hear you.');
  });

  test('of an app is allowed in the settings of the device, and not for a page', () => {
    const words = en.trouble({ microphone: null, camera: 'not_granted', heard: true, seen: false, name: 'Ada' });
    expect(words).toContain('allow it in the settings of this device');
    expect(words).not.toContain('page');
  });
});
