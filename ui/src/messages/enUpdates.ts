/** The words about newer versions of the app, in English: a part of `en.ts`. */

import { enFiles } from './enFiles';

/** Why there is no update; the same words as in `host/updater.ts`. */
type Failure =
  | 'not_here'
  | 'off'
  | 'settled'
  | 'bad_source'
  | 'not_kept'
  | 'unreachable'
  | 'no_release'
  | 'not_for_this'
  | 'not_genuine'
  | 'look_again'
  | 'busy'
  | 'disk_full'
  | 'not_allowed'
  | 'not_installed'
  | 'failed';

const failed: Record<Failure, string> = {
  not_here: 'This Dogeller cannot update itself. Install a newer one in the way you installed this one.',
  off: 'Looking for updates is switched off. Switch it on, then look again.',
  settled: 'An administrator has settled this for this device, so it stays as it is.',
  bad_source:
    'Updates cannot come from there. Type an address that begins with https://, or the full path of a folder on a share.',
  not_kept: 'Your disk did not keep that. Make some room, then try again.',
  unreachable: 'Nobody answers there. Check the network and the place, then look again.',
  no_release: 'No release of Dogeller lies there. Check the place, then look again.',
  not_for_this: 'What lies there is not for this kind of device. Look again later, or install it by hand.',
  not_genuine:
    'What lies there is not what the Dogeller project has signed, or only a part of it. Nothing was installed. Tell whoever looks after that place.',
  look_again: 'Something else lies there by now. Look again.',
  busy: 'An update is being installed already. Wait until it is done.',
  disk_full: 'Your disk is full. Make some room, then try again.',
  not_allowed:
    'Your system did not allow it. Try again as somebody who may install programs, or ask whoever looks after this device.',
  not_installed:
    'Your system could not install it. Try again, and if that does not help, install the new version by hand.',
  failed: 'That did not work. Try again.',
};

export const enUpdates = {
  on: 'Look for updates',
  onMeans: 'Asks the place below when Dogeller starts, and once a day.',
  source: 'Where updates come from',
  sourceHint: 'An https address, or the path of a folder',
  settled: 'Settled by an administrator',
  lookNow: 'Look now',
  looking: 'Looking…',
  newest: 'There is nothing newer.',
  found: (version: string) => `Dogeller ${version} is available`,
  notes: (version: string) => `What is new in Dogeller ${version}`,
  install: 'Download and install',
  fetching: (version: string) => `Downloading Dogeller ${version}`,
  fetched: (bytes: number, of: number | null) =>
    of === null ? enFiles.size(bytes) : `${enFiles.size(bytes)} of ${enFiles.size(of)}`,
  installing: 'Installing. Your system may ask for a password.',
  ready: (version: string) => `Dogeller ${version} is ready`,
  readyMeans: 'It runs after a restart.',
  readyLater: 'Press “Restart now” when it suits you.',
  restart: 'Restart now',
  later: 'Later',
  inCall: 'A restart would end your call.',
  restarting: 'Restarting…',
  failed,
};
