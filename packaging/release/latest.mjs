// node latest.mjs VERSION FOLDER KEY: writes the folder's latest.json, which tells every Dogeller that looks for updates what
// lies beside it. Each bundle needs its signature there (FILE.sig, by sign.sh), and KEY is the public key that is compiled
// into the bundles: what they would not take must not go out.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { command } from './command.mjs';
import { notes } from './notes.mjs';

/** Why there is no latest.json, in a sentence for the person who makes the release. */
export class NoRelease extends Error {}

/** Whose file is which, by the names that Tauri's updater gives (src-tauri/app/update/install.rs). */
const BUNDLES = [
  [/_amd64\.deb$/, ['linux-x86_64-deb']],
  [/_arm64\.deb$/, ['linux-aarch64-deb']],
  [/\.x86_64\.rpm$/, ['linux-x86_64-rpm']],
  [/\.aarch64\.rpm$/, ['linux-aarch64-rpm']],
  [/_x64-setup\.exe$/, ['windows-x86_64-nsis']],
  [/_x64_en-US\.msi$/, ['windows-x86_64-msi']],
  [/_macos\.app\.tar\.gz$/, ['darwin-x86_64-app', 'darwin-aarch64-app']],
];

/** Which of these files are for whom. Each must be there, and once. */
export function bundles(names) {
  return BUNDLES.map(([pattern, targets]) => {
    const found = names.filter((name) => pattern.test(name));
    if (found.length !== 1) throw new NoRelease(`One file like ${pattern} is wanted, and there are: ${found.join(', ') || 'none'}.`);
    return { file: found[0], targets };
  });
}

/** The text of a key or a signature of Tauri: packed once more. */
const unpacked = (text) => Buffer.from(text.trim(), 'base64').toString('utf8').split('\n');

/** https://jedisct1.github.io/minisign/: what was signed, for which version; an error where that was not with this key. */
export function signedFor(content, signature, key) {
  const known = Buffer.from(unpacked(key)[1] ?? '', 'base64');
  const [, first = '', comment = '', second = ''] = unpacked(signature);
  const signed = Buffer.from(first, 'base64');
  if (known.length !== 42 || signed.length !== 74) throw new NoRelease('A key or a signature is damaged.');
  if (!known.subarray(2, 10).equals(signed.subarray(2, 10))) {
    throw new NoRelease('It was signed with another key than the one that is compiled in.');
  }
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), known.subarray(10)]);
  const ed25519 = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const trusted = Buffer.from(comment.replace(/^trusted comment: /, ''));
  const hash = createHash('blake2b512').update(content).digest();
  const fine =
    signed.subarray(0, 2).equals(Buffer.from('ED')) &&
    verify(null, hash, ed25519, signed.subarray(10)) &&
    verify(null, Buffer.concat([signed.subarray(10), trusted]), ed25519, Buffer.from(second, 'base64'));
  if (!fine) throw new NoRelease('A signature is not one of the file beside it.');
  return trusted.toString().match(/(?:^|\t)version:([^\t]*)/)?.[1] ?? null;
}

/** What CHANGELOG.md tells, as it is shown in a window: text without marks, and its lines as long as they like. */
export function plain(told) {
  return told.replace(/\n {2,}(?=\S)/g, ' ').replace(/^#+ /gm, '');
}

/** @param read gives a file's bytes */
export function latest({ version, told, repository, names, read, key }) {
  const platforms = {};
  for (const { file, targets } of bundles(names)) {
    if (!names.includes(`${file}.sig`)) throw new NoRelease(`${file} has no signature beside it.`);
    const signature = read(`${file}.sig`).toString('utf8').trim();
    const of = signedFor(read(file), signature, key);
    if (of !== version) throw new NoRelease(`${file} was signed for ${of ?? 'no version'}, and not for ${version}.`);
    // Who looks takes the name alone: the file lies beside latest.json, there and in every copy of the folder.
    const url = `${repository}/releases/download/v${version}/${file}`;
    for (const target of targets) platforms[target] = { url, signature };
  }
  return { version, notes: plain(told), platforms };
}

function main([given, folder, key, ...more]) {
  const version = given?.replace(/^v/, '');
  if (!version || !folder || !key || more.length > 0) {
    throw new NoRelease('Give a version, a folder and the public key: node packaging/release/latest.mjs v1.2.3 dist "$KEY"');
  }
  const root = new URL('../../', import.meta.url);
  const told = notes(readFileSync(new URL('CHANGELOG.md', root), 'utf8'), version);
  const repository = readFileSync(new URL('Cargo.toml', root), 'utf8').match(/^repository = "(.*)"$/m)?.[1];
  const read = (name) => readFileSync(join(folder, name));
  const made = latest({ version, told, repository, names: readdirSync(folder), read, key });
  writeFileSync(join(folder, 'latest.json'), `${JSON.stringify(made, null, 2)}\n`);
  console.log(`latest.json tells of ${version} for ${Object.keys(made.platforms).join(', ')}`);
}

command(import.meta.filename, main);
