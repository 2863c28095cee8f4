// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { enUpdates } from '../messages/enUpdates';
import { updateFailure } from './updater';

/** What the app can answer with, as it stands in its source: `BadSource,` is sent as `bad_source`. */
function codes(): string[] {
  const source = readFileSync(new URL('../../../src-tauri/app/update/error.rs', import.meta.url), 'utf8');
  const body = source.match(/enum UpdateError \{([^}]*)\}/)?.[1] ?? '';
  const names = [...body.matchAll(/^ {4}([A-Z]\w*),$/gm)].map(([, name]) => name ?? '');
  return names.map((name) => name.replace(/\B[A-Z]/g, '_$&').toLowerCase());
}

test('each code of the app is known, and has a sentence of its own', () => {
  expect(codes().length).toBeGreaterThan(10);
  expect(codes().map(updateFailure)).toEqual(codes());
  const sentences = Object.values(enUpdates.failed);
  expect(Object.keys(enUpdates.failed).sort()).toEqual([...codes(), 'failed'].sort());
  expect(new Set(sentences).size).toBe(sentences.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\. .*\.$|^[A-Z][^.]*, so it stays as it is\.$/);
});

test('what is no code is a failure without one', () => {
  expect(updateFailure(new Error('odd'))).toBe('failed');
  expect(updateFailure('something new')).toBe('failed');
});
