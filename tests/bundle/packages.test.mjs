// @ts-check
/**
 * The packages as people get them: installed into a fresh system, in a call with another that was installed, and removed with
 * nothing left. DOGELLER_DEB is Debian's, DOGELLER_RPM Red Hat's where that is tried too, DOGELLER_SUITE the system,
 * DOGELLER_ROOTS where fresh systems are kept.
 *
 * Red Hat's own systems cannot be had where Debian's packages come from. So its package is installed by rpm, and what it needs
 * is Debian's: that says what its files do, and nothing of the names it asks for.
 */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Scene } from '../window/scene.mjs';
import { Deb } from './deb.mjs';
import { Root } from './root.mjs';
import { Rpm } from './rpm.mjs';

/** A system is fetched and some hundred packages are installed. */
const LONG = { timeout: 30 * 60_000 };

const { DOGELLER_DEB = '', DOGELLER_RPM = '', DOGELLER_SUITE: suite = 'bookworm', DOGELLER_ROOTS: kept = '' } = process.env;
const root = await Root.fresh(suite, kept);
const deb = new Deb(root, DOGELLER_DEB);
const doors = await mkdtemp(join(tmpdir(), 'dogeller-doors-'));
after(() => rm(doors, { recursive: true }));

/** @type {Set<string>} */
let fresh;
before(async () => {
  // What it depends on is the system's: only the package itself has to go without a trace.
  await deb.goesIn();
  await deb.goesOut();
  fresh = await root.files();
}, LONG);

for (const file of [deb, ...(DOGELLER_RPM === '' ? [] : [new Rpm(root, DOGELLER_RPM)])]) {
  test(`the .${file.kind} installs on ${suite}, and every file is where the system looks for it`, LONG, async (t) => {
    await file.goesIn();
    t.diagnostic(await root.media());
    const version = await root.runs(['dogeller', '--version']);
    assert.match(version, /^dogeller \d+\.\d+\.\d+\n$/);
    assert.equal(await root.runs(['dogeller-headless', '--version']), version.replace('dogeller', 'dogeller-headless'));
    const files = await file.lists();
    for (const path of [
      '/usr/bin/dogeller',
      '/usr/bin/dogeller-headless',
      '/usr/share/applications/Dogeller.desktop',
      '/usr/share/metainfo/app.dogeller.dogeller.metainfo.xml',
      '/usr/share/icons/hicolor/128x128/apps/dogeller.png',
      '/usr/lib/firewalld/services/dogeller.xml',
      '/usr/lib/systemd/user/dogeller-headless.service',
      '/usr/share/bash-completion/completions/dogeller-headless',
      file.licence,
    ])
      assert.ok(files.includes(path), path);
    const entry = await root.reads('usr/share/applications/Dogeller.desktop');
    for (const line of ['Exec=dogeller %u', 'MimeType=x-scheme-handler/dogeller;', 'Icon=dogeller'])
      assert.ok(entry.split('\n').includes(line), line);
  });

  test(`the window of the .${file.kind} calls its node, and sees it`, LONG, async (t) => {
    process.env.DOGELLER_WINDOW = await root.door('/usr/bin/dogeller', doors);
    process.env.DOGELLER_HEADLESS = await root.door('/usr/bin/dogeller-headless', doors);
    const scene = await Scene.open({ tested: false });
    try {
      const [kitchen, ada] = await Promise.all([scene.robot({ name: 'Kitchen' }), scene.calls('Ada')]);
      await ada.window.lists('Kitchen', 'Available');
      await ada.calls(kitchen);
      await Promise.all([kitchen.isInCall(), ada.isInCall()]);
      await Promise.all([ada.sees(kitchen), ada.seesItMove()]);
      await ada.window.shot(`installed-${suite}-${file.kind}`);
      await ada.hangsUp();
      await Promise.all([kitchen.isTold('hung_up'), ada.isFree()]);
    } catch (error) {
      t.diagnostic(scene.desk.log.slice(-4000));
      throw error;
    } finally {
      await scene.close();
    }
  });

  test(`the .${file.kind} leaves nothing but what the person has`, LONG, async () => {
    await file.goesOut();
    const left = await root.files();
    const more = [...left].filter((path) => !fresh.has(path) && !path.includes('/__pycache__'));
    assert.deepEqual(await file.itsOwn(more), []);
  });
}
