import { describe, expect, test } from 'vitest';
import { sampleFiles, sampleParcel } from '../node/samples';
import { inShort } from '../talk/inShort';
import type { Trouble } from '../wire.gen';
import { enFiles } from './enFiles';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [3_400_000, '3.4 MB'],
  [99_940_000, '99.9 MB'],
  [99_960_000, '100 MB'],
  [999_499_999, '999 MB'],
  [999_999_999, '1 GB'],
  [2 ** 53, '9 PB'],
])('%d bytes are shown as %s', (bytes, words) => {
  expect(enFiles.size(bytes)).toBe(words);
});

test.each([
  [0, 'a few seconds left'],
  [11_000, '10 s left'],
  [57_000, '55 s left'],
  [58_000, '1 min left'],
  [90_000, '2 min left'],
  [3_599_000, '1 h left'],
  [7_500_000, '2 h 5 min left'],
  [86_400_000, 'more than a day left'],
])('%d ms are shown as %s', (ms, words) => {
  expect(enFiles.left(ms)).toBe(words);
});

test('how much it is, and in one line of the list', () => {
  const parcel = (files: number, folders: number, names: string[], more = 0) =>
    sampleParcel({ files, folders, names, more });
  const words = (...parts: Parameters<typeof parcel>) => {
    const what = parcel(...parts);
    return [enFiles.amount(what), inShort(sampleFiles(1, null, { parcel: what }))];
  };
  expect(words(1, 0, ['Photo.jpg'])).toEqual(['3.4 MB', 'Photo.jpg']);
  expect(words(3, 0, ['a', 'b', 'c'])).toEqual(['3 files, 3.4 MB', '3 files']);
  expect(words(12, 1, ['trip'])).toEqual(['12 files, 3.4 MB', 'Folder trip']);
  expect(words(1200, 3, ['trip', 'b'], 7)).toEqual(['1,200 files in 3 folders, 3.4 MB', '1,200 files']);
  expect(words(0, 2, ['a', 'b'])).toEqual(['0 files in 2 folders, 3.4 MB', '2 folders']);
  expect(inShort(sampleFiles(1, 4))).toBe('You: film.mp4');
});

describe('what keeps files from going on', () => {
  const troubles: Trouble[] = [
    { trouble: 'no_room', missing: 3_400_000 },
    { trouble: 'not_writable' },
    { trouble: 'gone' },
    { trouble: 'changed' },
    { trouble: 'not_as_offered' },
  ];

  test('is a sentence for each, with what to do', () => {
    const words = troubles.map((trouble) => enFiles.standing({ is: 'stuck', trouble }, 'Ada', true));
    expect(new Set(words).size).toBe(troubles.length);
    for (const sentence of words) expect(sentence).toMatch(/\. .*(try again|Cancel).*\.$/);
    expect(words[0]).toContain('3.4 MB');
  });

  test('is a sentence for each reason why it was not sent', () => {
    const words = Object.values(enFiles.notSent);
    expect(new Set(words).size).toBe(words.length);
    for (const sentence of words) expect(sentence).toMatch(/^This was not sent: .*\.$/);
  });
});
