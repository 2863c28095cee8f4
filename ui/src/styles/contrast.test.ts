// @vitest-environment node
/** WCAG 2.2 AA: text 4.5:1 on every surface it is put on, marks and edges of fields 3:1. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');

function colours(...blocks: string[]): Map<string, string> {
  const all = blocks.join('\n').matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g);
  return new Map([...all].map(([, name = '', value = '']) => [name, value]));
}

/** Relative luminance of `#rrggbb` (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

const TEXT: ReadonlyArray<[string, string[]]> = [
  ['text', ['ground', 'surface', 'raised', 'sunken']],
  ['text-soft', ['ground', 'surface', 'raised', 'sunken']],
  ['accent-text', ['surface', 'raised', 'sunken', 'accent-wash']],
  ['on-accent', ['accent', 'accent-hover']],
  ['on-danger', ['danger', 'danger-hover']],
  ['danger-text', ['surface', 'raised', 'sunken', 'danger-wash']],
  ['stage-text', ['stage', 'stage-raised', 'stage-control', 'stage-control-hover']],
  ['stage-text-soft', ['stage']],
];
const MARKS: ReadonlyArray<[string, string[]]> = [
  ['line-strong', ['surface', 'raised', 'ground']],
  ['here', ['surface', 'sunken']],
];

describe.each([
  ['light', colours(light)],
  ['dark', colours(light, dark)],
])('in %s', (_, tokens) => {
  const of = (name: string) => tokens.get(name) ?? `no token ${name}`;
  const pairs = (among: typeof TEXT) =>
    among.flatMap(([on, grounds]) => grounds.map((ground) => [on, ground] as const));

  test.each(pairs(TEXT))('%s can be read on %s', (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });
  test.each(pairs(MARKS))('%s can be told from %s', (mark, ground) => {
    expect(contrast(of(mark), of(ground))).toBeGreaterThanOrEqual(3);
  });
});
