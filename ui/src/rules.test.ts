/** Rules of the source that no type checks. */

// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('.', import.meta.url);
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(tsx?|css)$/.test(path) && path !== 'rules.test.ts' && path !== 'wire.gen.ts')
  .map((path): [string, string] => [`./${path}`, readFileSync(new URL(path, root), 'utf8')]);
const shipped = sources.filter(([path]) => !/\.test\.tsx?$|testPage|fakes?\.ts$|samples\.ts$/.test(path));

/** Where a pattern is found outside the places it belongs to. */
function found(pattern: RegExp, allowed: RegExp, among = shipped): string[] {
  return among.filter(([path, text]) => !allowed.test(path) && pattern.test(text)).map(([path]) => path);
}

const NOWHERE = /^$/;

test('the source is really read', () => {
  expect(sources.length).toBeGreaterThan(60);
});

test('only host/tauri.ts imports Tauri', () => {
  expect(found(/@tauri-apps/, /^\.\/host\/tauri\.ts$/, sources)).toEqual([]);
});

test('only call/ names RTCPeerConnection', () => {
  expect(found(/RTCPeerConnection/, /^\.\/call\//)).toEqual([]);
});

test('only host/ opens a socket', () => {
  expect(found(/\bWebSocket\b|\bfetch\(|XMLHttpRequest|EventSource/, /^\.\/host\//)).toEqual([]);
});

test('what others send is never markup', () => {
  expect(found(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/, NOWHERE)).toEqual([]);
});

test('parts get props and nothing else; models know no view', () => {
  const parts = shipped.filter(([path]) => path.startsWith('./parts/'));
  expect(found(/from '\.\.\/(host|node|call|screens)\//, NOWHERE, parts)).toEqual([]);
  const models = shipped.filter(([path]) => /^\.\/(call|host|node|people|layout)\//.test(path));
  expect(found(/from '(preact|@preact\/signals)['/]/, NOWHERE, models)).toEqual([]);
});

test('nothing shipped imports a stand-in', () => {
  expect(found(/from '[^']*(\/fakes?|\/samples|\/testPage)'/, NOWHERE)).toEqual([]);
});

test('colours live in the tokens', () => {
  expect(
    found(
      /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i,
      /styles\/tokens\.css$/,
      shipped.filter(([path]) => path.endsWith('.css')),
    ),
  ).toEqual(['./parts/Logo.module.css']);
});

test('the buttons of a message stay within reach of the keyboard', () => {
  const unreachable = /\.tools[^{}]*\{[^}]*(display:\s*none|visibility:\s*hidden)/;
  expect(
    found(
      unreachable,
      NOWHERE,
      sources.filter(([path]) => path.endsWith('.css')),
    ),
  ).toEqual([]);
});

test('a file stays small enough to read', () => {
  const long = sources.filter(([, text]) => text.split('\n').length > 500).map(([path]) => path);
  expect(long).toEqual([]);
});
