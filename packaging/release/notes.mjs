// node notes.mjs VERSION: prints what CHANGELOG.md tells of a version (1.2.3, or a tag v1.2.3), for the release's page.
import { readFileSync } from 'node:fs';

import { command } from './command.mjs';

/** Why there are no notes, in a sentence for the person who makes the release. */
export class NoNotes extends Error {}

/** The lines below the heading of a version, up to the next: `## 1.2.3`, `## 1.2.3 - 2026-12-01` or `## [1.2.3] - …`. */
export function notes(told, version) {
  const lines = told.split(/\r?\n/);
  const titles = lines.flatMap((line, at) => (line.startsWith('## ') ? [{ at, title: line.slice(3).trim() }] : []));
  const found = titles.filter(({ title }) => [version, `[${version}]`].includes(title.split(/\s/)[0]));
  if (found.length === 0) {
    const there = titles.map(({ title }) => title).join(', ') || 'none';
    throw new NoNotes(`CHANGELOG.md has no section "## ${version}". Its sections: ${there}.`);
  }
  if (found.length > 1) {
    throw new NoNotes(`CHANGELOG.md has ${found.length} sections "## ${version}".`);
  }
  const [{ at: from }] = found;
  const to = titles.find(({ at }) => at > from)?.at ?? lines.length;
  const text = lines
    .slice(from + 1, to)
    .join('\n')
    .trim();
  if (text.replace(/^#.*$/gm, '').trim() === '') {
    throw new NoNotes(`The section "## ${version}" of CHANGELOG.md says nothing.`);
  }
  return text;
}

function main([given, ...more]) {
  const version = given?.replace(/^v/, '');
  if (!version || more.length > 0) {
    throw new NoNotes('Give one version: node packaging/release/notes.mjs v1.2.3');
  }
  const path = new URL('../../CHANGELOG.md', import.meta.url);
  console.log(notes(readFileSync(path, 'utf8'), version));
}

command(import.meta.filename, main);
