import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { bundles, latest, NoRelease, plain, signedFor } from './latest.mjs';

// The samples of the updater itself: what passes here passes there.
const sample = (name) => readFileSync(new URL(`../../src-tauri/app/update/samples/${name}`, import.meta.url));
const KEY = sample('key.pub').toString();
const BUNDLE = sample('bundle');
const signature = (name) => sample(`${name}.sig`).toString();

const NAMES = [
  'Dogeller_0.2.0_amd64.deb',
  'Dogeller_0.2.0_arm64.deb',
  'Dogeller-0.2.0-1.x86_64.rpm',
  'Dogeller-0.2.0-1.aarch64.rpm',
  'Dogeller_0.2.0_x64-setup.exe',
  'Dogeller_0.2.0_x64_en-US.msi',
  'Dogeller_0.2.0_macos.app.tar.gz',
];
const OTHERS = [
  'Dogeller_0.2.0_universal.dmg',
  'Dogeller_0.2.0_android.apk',
  'dogeller-headless_0.2.0_linux-x86_64.tar.gz',
  'Dogeller_0.2.0_ios-simulator.tar.gz',
];
const ALL = [...NAMES, ...NAMES.map((name) => `${name}.sig`), ...OTHERS];

const release = (more = {}, by = 'ours') => ({
  version: '0.2.0',
  told: '### Added\n\n- One\n  thing.',
  repository: 'https://github.com/dogeller/dogeller',
  names: ALL,
  read: (name) => (name.endsWith('.sig') ? sample(`${by}.sig`) : BUNDLE),
  key: KEY,
  ...more,
});

test('each bundle is told of, for everybody it is made for', () => {
  const { version, notes, platforms } = latest(release());
  assert.equal(version, '0.2.0');
  assert.equal(notes, 'Added\n\n- One thing.');
  assert.deepEqual(Object.keys(platforms).sort(), [
    'darwin-aarch64-app',
    'darwin-x86_64-app',
    'linux-aarch64-deb',
    'linux-aarch64-rpm',
    'linux-x86_64-deb',
    'linux-x86_64-rpm',
    'windows-x86_64-msi',
    'windows-x86_64-nsis',
  ]);
  assert.deepEqual(platforms['linux-x86_64-deb'], {
    url: 'https://github.com/dogeller/dogeller/releases/download/v0.2.0/Dogeller_0.2.0_amd64.deb',
    signature: signature('ours').trim(),
  });
  assert.equal(platforms['darwin-aarch64-app'].url, platforms['darwin-x86_64-app'].url);
});

test('a release that lacks one, has two, or one without a signature, is none', () => {
  for (const missing of NAMES) assert.throws(() => bundles(ALL.filter((name) => name !== missing)), /there are: none/);
  assert.throws(() => bundles([...ALL, 'Dogeller_0.1.0_amd64.deb']), /there are: .*0\.2\.0.*0\.1\.0/);
  const names = ALL.filter((name) => name !== 'Dogeller_0.2.0_amd64.deb.sig');
  assert.throws(() => latest(release({ names })), /Dogeller_0\.2\.0_amd64\.deb has no signature/);
});

test('what no Dogeller would take does not go out', () => {
  assert.equal(signedFor(BUNDLE, signature('ours'), KEY), '0.2.0');
  assert.equal(signedFor(BUNDLE, signature('unversioned'), KEY), null);
  assert.throws(() => signedFor(Buffer.from('something else'), signature('ours'), KEY), /not one of the file/);
  assert.throws(() => signedFor(BUNDLE, signature('other'), KEY), /another key/);
  assert.throws(() => signedFor(BUNDLE, 'AAAA', KEY), NoRelease);
  const text = Buffer.from(signature('older'), 'base64').toString().replace('version:0.1.9', 'version:0.2.0');
  assert.throws(() => signedFor(BUNDLE, Buffer.from(text).toString('base64'), KEY), /not one of the file/);
  assert.throws(() => latest(release({}, 'older')), /signed for 0\.1\.9, and not for 0\.2\.0/);
  assert.throws(() => latest(release({}, 'unversioned')), /signed for no version/);
});

test('notes are text', () => {
  assert.equal(plain('Words.\n\n### Fixed\n\n- A long\n  line.\n- B #2'), 'Words.\n\nFixed\n\n- A long line.\n- B #2');
});
