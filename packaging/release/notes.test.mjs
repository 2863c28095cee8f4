import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NoNotes, notes } from './notes.mjs';

const TOLD = `# Changelog

## Unreleased

- To come.

## [0.2.0] - 2026-12-01

Some words.

### Added

- One thing.

## 0.2.0-rc.1

- A try.

## 0.1.0 - 2026-11-29

### Added

`;

test('a version tells what stands below its heading, and nothing of its neighbours', () => {
  assert.equal(notes(TOLD, '0.2.0'), 'Some words.\n\n### Added\n\n- One thing.');
  assert.equal(notes(TOLD, '0.2.0-rc.1'), '- A try.');
  assert.equal(notes(TOLD.replaceAll('\n', '\r\n'), '0.2.0-rc.1'), '- A try.');
});

test('a version without a section is an error that names those there are', () => {
  const sections = /no section "## 0\.2\.00"\. Its sections: Unreleased, \[0\.2\.0\] - 2026-12-01, 0\.2\.0-rc\.1/;
  assert.throws(() => notes(TOLD, '0.2.00'), sections);
  assert.throws(() => notes('', '0.2.0'), /Its sections: none\./);
});

test('headings alone are no notes, and two sections of one version are one too many', () => {
  assert.throws(() => notes(TOLD, '0.1.0'), /says nothing/);
  assert.throws(() => notes(`${TOLD}\n## 0.2.0\n\n- Again.\n`, '0.2.0'), NoNotes);
});
