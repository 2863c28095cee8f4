/** The words about files, in English: a part of `en.ts`. */

import type { NotOffered, NotWritten, Parcel, Trouble, Wish } from '../wire.gen';

/** Why something was not sent; the same words as in `talk/sendings.ts`. */
type NotSent = NotOffered | 'disk_full' | 'failed' | 'nothing' | 'nobody' | 'too_many_wait';

/** How an offer stands; the same words as in `talk/transfer.ts`. */
type Standing =
  | { readonly is: 'offered'; readonly mine: boolean }
  | { readonly is: 'waiting' | 'checking' | 'paused' | 'halted_there' | 'stuck_there' | 'received' }
  | { readonly is: 'stuck'; readonly trouble: Trouble }
  | { readonly is: 'declined' | 'cancelled'; readonly by_me: boolean };

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];
const SHORT = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Bytes as people read them, in steps of 1000: `3.4 MB`. */
function size(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${Math.round(bytes)} bytes`;
  let unit = 0;
  let value = bytes / 1000;
  // What would be shown as 1,000 is one of the next.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${(value < 99.95 ? SHORT : WHOLE).format(value)} ${UNITS[unit]}`;
}

/** In steps, so that it does not flicker. */
function left(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 7.5) return 'a few seconds left';
  const fives = Math.round(seconds / 5) * 5;
  if (fives < 60) return `${fives} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return 'more than a day left';
  return minutes % 60 === 0 ? `${hours} h left` : `${hours} h ${minutes % 60} min left`;
}

const counted = (count: number, one: string) => `${WHOLE.format(count)} ${one}${count === 1 ? '' : 's'}`;

/** How many, and how much. */
function amount({ files, folders, bytes }: Parcel): string {
  if (folders === 0) return files === 1 ? size(bytes) : `${counted(files, 'file')}, ${size(bytes)}`;
  const most = folders === 1 ? counted(files, 'file') : `${counted(files, 'file')} in ${counted(folders, 'folder')}`;
  return `${most}, ${size(bytes)}`;
}

/** In one line. */
function short({ files, folders, names, more }: Parcel): string {
  if (names.length + more > 1) return files > 0 ? counted(files, 'file') : counted(folders, 'folder');
  const name = names[0] ?? '';
  return folders > 0 ? `Folder ${name}` : name;
}

function trouble(what: Trouble, name: string): string {
  switch (what.trouble) {
    case 'no_room':
      return `Your disk is full: ${size(what.missing)} more are needed. Make some room, then try again.`;
    case 'not_writable':
      return 'Your folder for downloads cannot be written to. Check its permissions, then try again.';
    case 'gone':
      return 'This is not where it was, or cannot be read any more. Put it back, then try again.';
    case 'changed':
      return 'This was changed since you offered it. Cancel, then send it again as it is now.';
    case 'not_as_offered':
      return `What comes is not what was offered. Cancel, and ask ${name} to send it again.`;
  }
}

/** How an offer stands; `here`: the other is. */
function standing(what: Standing, name: string, here: boolean): string {
  switch (what.is) {
    case 'offered':
      if (!what.mine) return `${name} wants to send you this`;
      return here ? `Waiting for ${name} to accept` : `Waiting until ${name} is here again`;
    case 'waiting':
      return here ? 'Waiting for its turn' : `Waiting until ${name} is here again`;
    case 'checking':
      return 'Checking what is here already';
    case 'paused':
      return 'Paused';
    case 'halted_there':
      return `Paused by ${name}`;
    case 'stuck':
      return trouble(what.trouble, name);
    case 'stuck_there':
      return `Cannot go on at ${name}'s end`;
    case 'received':
      return 'Received';
    case 'declined':
      return what.by_me ? 'You declined' : `${name} declined`;
    case 'cancelled':
      return what.by_me ? 'You cancelled this' : `Cancelled by ${name}`;
  }
}

const notSent: Record<NotSent, string> = {
  unreadable: 'This was not sent: it is not there any more, or cannot be read. Check it, then send it again.',
  not_a_file: 'This was not sent: something in it is neither a file nor a folder.',
  too_much: 'This was not sent: it is more than 100,000 files and folders, or folders 32 deep. Send it in parts.',
  nothing: 'This was not sent: there is no file in it.',
  disk_full:
    'This was not sent: your disk is full, and what you send is copied first. Make some room, then send it again.',
  not_kept: 'This was not sent: your disk did not take it. Send it again.',
  failed: 'This was not sent: Dogeller did not take all of it. Send it again.',
  nobody: 'This was not sent: this person is not known any more.',
  too_many_wait: 'This was not sent: too much waits for this person already. Try again when some has arrived.',
};

/** Why what was wished of an offer was not done. */
function notDone(why: NotWritten): string {
  switch (why) {
    case 'disk_full':
      return 'This was not kept: your disk is full. Make some room, then try again.';
    case 'too_many_wait':
      return 'This was not kept: too much waits for this person already. Try again when some has arrived.';
    case 'nobody':
      return 'This was not kept: this person is not known any more.';
    case 'no_such_message':
      return 'This is over already.';
    case 'empty':
    case 'too_long':
    case 'unshowable':
    case 'not_kept':
      return 'This was not kept: your disk did not take it. Try again.';
  }
}

const wishes: Record<Wish, string> = {
  accept: 'Accept',
  decline: 'Decline',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
};

export const enFiles = {
  // Sending
  send: (name: string) => `Send file to ${name}`,
  sendFolder: 'Send folder',
  dropTo: (name: string) => `Drop to send to ${name}`,
  reading: 'Looking through the folder…',
  handing: (bytes: number, all: number) => `Preparing: ${size(bytes)} of ${size(all)}`,
  asked: 'Preparing…',
  preparing: (what: string) => `Preparing ${what}`,
  notSent,
  pasted: (count: number, pictures: boolean) => {
    if (count === 1) return pictures ? 'Send picture?' : 'Send file?';
    return `Send ${count} ${pictures ? 'pictures' : 'files'}?`;
  },
  sendPasted: 'Send',

  // What they are
  size,
  amount,
  short,
  andMore: (count: number) => `and ${WHOLE.format(count)} more`,
  named: (name: string, more: number) => (more === 0 ? name : `${name} and ${WHOLE.format(more)} more`),
  preview: (what: string) => `Preview of ${what}`,

  // How they stand
  standing,
  notDone,
  percent: (percent: number) => `${percent} %`,
  speed: (rate: number) => `${size(rate)}/s`,
  left,
  progress: (what: string) => `Progress of ${what}`,
  lies: 'It lies here:',

  // What can be done
  wishes,
  tryAgain: 'Try again',
  /** A button, for who does not see what it belongs to. */
  wishOf: (wish: string, what: string) => `${wish} ${what}`,
  stopAsk: (what: string) => `Cancel ${what}?`,
  stopWhy: 'What has come so far is thrown away.',
  stopYes: 'Cancel it',
  stopNo: 'Go on',

  // Settings
  takes: 'Take files from verified people without asking',
};
