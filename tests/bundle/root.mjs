// @ts-check
/**
 * A fresh system in a folder: made by debootstrap from where this machine's own packages come from, and entered by chroot. Its
 * mounts are in the mount namespace of this process, and go with it.
 */

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const MINUTES = 60_000;
/** Nothing is started in it, and nobody is asked anything. */
const QUIET = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8', RUNLEVEL: '1' };
/** Where packages keep what is theirs, and what comes and goes without them. */
const NOT_LOOKED_AT = ['proc', 'sys', 'dev', 'tmp', 'run', 'root', 'var/cache', 'var/lib', 'var/log', 'etc/apt'];
const MEDIA = ['libwebkit2gtk-4.1-0', 'gstreamer1.0-plugins-good'];

export class Root {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /**
   * @param {string} suite such as `bookworm`
   * @param {string} kept where fresh systems are kept, so that each is fetched once
   */
  static async fresh(suite, kept) {
    const archive = join(kept, `${suite}.tar`);
    await mkdir(kept, { recursive: true });
    if (!existsSync(archive)) {
      const half = join(kept, `${suite}.new`);
      await rm(half, { recursive: true, force: true });
      await run(['debootstrap', '--variant=minbase', suite, half, source()]);
      await run(['tar', 'cf', `${archive}.new`, '-C', half, '.']);
      await rename(`${archive}.new`, archive);
      await rm(half, { recursive: true });
    }
    const folder = join(kept, `${suite}-${process.pid}`);
    await mkdir(folder);
    const root = new Root(folder);
    process.on('exit', () => root.#remove());
    await run(['tar', 'xf', archive, '-C', folder]);
    await root.#open();
    return root;
  }

  async #open() {
    const { folder } = this;
    // Services of packages are not started in a folder.
    await writeFile(join(folder, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n');
    await chmod(join(folder, 'usr/sbin/policy-rc.d'), 0o755);
    for (const shared of ['etc/apt/apt.conf.d', 'etc/apt/auth.conf.d', 'etc/resolv.conf', 'etc/ssl/certs', 'usr/share/ca-certificates']) {
      if (existsSync(`/${shared}`)) cpSync(`/${shared}`, join(folder, shared), { recursive: true, dereference: true });
    }
    for (const [from, to] of [['/proc', 'proc'], ['/sys', 'sys'], ['/dev', 'dev'], ['/tmp', 'tmp'], ['/run', 'run']])
      await run(['mount', '--rbind', from ?? '', join(folder, to ?? '')]);
    await this.runs(['apt-get', 'update']);
  }

  /**
   * Runs a program in it.
   * @param {string[]} command
   */
  runs(command) {
    return run(['chroot', this.folder, ...command]);
  }

  /** A program on this machine that runs one of it. @param {string} program @param {string} folder where it is put */
  async door(program, folder) {
    const path = join(folder, basename(program));
    // The driver's programs find no others; those of the system in the folder are all there is here.
    const inside = `/usr/bin/env PATH=/usr/sbin:/usr/bin:/sbin:/bin '${program}'`;
    await writeFile(path, `#!/bin/sh\nexec '${await chroot()}' '${this.folder}' ${inside} "$@"\n`);
    await chmod(path, 0o755);
    return path;
  }

  /** What it shows pages and pictures with. */
  async media() {
    const told = await this.runs(['dpkg-query', '--show', '--showformat=${Package} ${Version}\n', ...MEDIA]);
    return told.trim().replaceAll('\n', ', ');
  }

  /** Every file and folder that is there, but for what comes and goes. */
  async files() {
    const left = NOT_LOOKED_AT.flatMap((path) => ['-path', `./${path}`, '-prune', '-o']);
    const found = await run(['sh', '-c', 'cd "$0" && exec find . "$@"', this.folder, ...left, '-print']);
    return new Set(found.split('\n'));
  }

  /** A file of it. @param {string} path */
  reads(path) {
    return readFile(join(this.folder, path), 'utf8');
  }

  #remove() {
    execFileSync('umount', ['--recursive', '--lazy', ...['proc', 'sys', 'dev', 'tmp', 'run'].map((at) => join(this.folder, at))]);
    execFileSync('rm', ['-rf', '--one-file-system', this.folder]);
  }
}

async function chroot() {
  return (await run(['sh', '-c', 'command -v chroot'])).trim();
}

/** Where this machine's own packages come from. */
function source() {
  const told = execFileSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], { encoding: 'utf8' });
  const first = told.split('\n').find((line) => !line.includes('security'));
  if (first === undefined) throw new Error('apt-get names no place that packages come from');
  return first;
}

/**
 * Runs a program to its end, and gives what it printed.
 * @param {string[]} command
 * @returns {Promise<string>}
 */
export async function run([program = '', ...args]) {
  const options = { env: { ...process.env, ...QUIET }, maxBuffer: 256 * 1024 * 1024, timeout: 20 * MINUTES };
  try {
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = /** @type {{ stdout?: string, stderr?: string }} */ (error);
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout.slice(-4000)}\n${stderr.slice(-4000)}`);
  }
}
