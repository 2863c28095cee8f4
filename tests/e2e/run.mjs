// @ts-check
/**
 * Runs the tests of this folder, one file after another: each is a network of machines and browsers, and two at once
 * would make each other slow. `node tests/e2e/run.mjs calls busy` runs only the files so named.
 */

import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const END = '.test.mjs';
const folder = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const all = (await readdir(folder)).filter((file) => file.endsWith(END)).sort();
const files = all.filter((file) => wanted.length === 0 || wanted.includes(file.slice(0, -END.length)));
if (files.length === 0) {
  console.error(`No such test. There are: ${all.map((file) => file.slice(0, -END.length)).join(', ')}`);
  process.exit(2);
}

let passed = 0;
let failed = 0;
const began = performance.now();
const stream = run({ files: files.map((file) => join(folder, file)), concurrency: 1 });
stream.on('test:pass', () => {
  passed += 1;
});
stream.on('test:fail', () => {
  failed += 1;
});
stream.on('end', () => {
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`\n${passed} passed, ${failed} failed, in ${seconds} s`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
});
stream.compose(new spec()).pipe(process.stdout);
