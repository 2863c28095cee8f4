/** Every word the page shows, in English. Another language is another file of the same shape. */

import type { EndReason, FailureCode, Media, NotWritten, PeerKind, Presence } from '../wire.gen';
import { enFiles } from './enFiles';
import { enUpdates } from './enUpdates';

/** Why a device is not open; the same words as in `call/devices.ts`. */
type Why = 'refused' | 'not_granted' | 'missing' | 'busy' | 'unavailable' | 'lost';

export interface EndedWords {
  readonly caller: boolean;
  readonly name: string;
  readonly kind: PeerKind;
  readonly reason: EndReason;
  /** Sound and picture had come up. */
  readonly talked: boolean;
}

export interface TroubleWords {
  readonly microphone: Why | null;
  readonly camera: Why | null;
  readonly heard: boolean;
  readonly seen: boolean;
  readonly name: string;
}

const presence: Record<Presence, string> = {
  available: 'Available',
  in_call: 'In a call',
  away: 'Not at the screen',
  offline: 'Not here now',
};

const refused: Record<FailureCode, string> = {
  bad_message: 'Dogeller did not understand this page. Reload it and try again.',
  bad_name: 'A name needs 1 to 64 visible characters.',
  bad_address: 'This is not an address on your network. One looks like 10.0.0.7 or 10.0.0.7:4433.',
  nobody_there: 'Nobody answered at this address. Check that Dogeller runs there, on the same network.',
  already_in_call: 'A call is going on already. Hang up first, then call.',
  not_here: 'That person is not here now. Try again when they are on the list.',
  no_such_call: 'That call is over already.',
  no_such_transfer: 'These files are not on their way any more.',
  no_engine:
    'Calls open in a browser on this system, and none could be opened. Install Chromium or Firefox and try again.',
  disk_full: 'Your disk is full: what others write cannot be kept. Make some room; it comes again by itself.',
  not_saved: 'This could not be kept on the disk. It holds until Dogeller ends.',
};

const notWritten: Record<NotWritten, string> = {
  empty: 'There is nothing to send yet.',
  too_long: 'This is too long for one message (16 KB). Send it in parts.',
  unshowable: 'This holds characters that cannot be shown. Remove them, then send it again.',
  nobody: 'This person is not known any more, so nothing can be sent to them.',
  too_many_wait: 'Too many messages wait for this person already. Try again when some have arrived.',
  no_such_message: 'This message is not there any more.',
  disk_full: 'Your disk is full. Make some room, then send it again: it is still here.',
  not_kept: 'Your disk did not take this. Send it again: it is still here.',
};

/** Why a message was not deleted. */
const notWithdrawn: Record<NotWritten, string> = {
  ...notWritten,
  disk_full: 'This was not deleted: your disk is full. Make some room, then delete it again.',
  not_kept: 'This was not deleted: your disk did not take it. Delete it again.',
  too_many_wait: 'This was not deleted: too many messages wait for this person. Try again when some have arrived.',
  nobody: 'This was not deleted: this person is not known any more.',
};

const progress: Record<'queued' | 'sent' | 'delivered' | 'read', string> = {
  queued: 'Waiting to be sent',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
};

interface CallWords {
  readonly caller: boolean;
  readonly media: Media;
  readonly reason: EndReason;
  readonly missed: boolean;
}

/** A call in a conversation. */
function callEntry({ caller, media, reason, missed }: CallWords, talked: string | null): string {
  const call = media === 'video' ? 'Video call' : 'Voice call';
  if (talked !== null) return `${call}, ${talked}`;
  if (missed) return `Missed ${call.toLowerCase()}`;
  switch (reason) {
    case 'declined':
      return caller ? `${call}, declined` : `${call}, you declined`;
    case 'busy':
      return `${call}, busy`;
    case 'cancelled':
    case 'unanswered':
    case 'not_at_screen':
      return `${call}, no answer`;
    case 'lost':
      return `${call}, not reached`;
    case 'code_mismatch':
    case 'no_path':
    case 'engine_failed':
    case 'superseded':
    case 'hung_up':
      return `${call}, did not connect`;
  }
}

/** What happened, and what may be behind it. */
export interface Ended {
  readonly happened: string;
  readonly more?: string;
}

function ended(words: EndedWords): Ended {
  const { happened, more } = endedWithPerson(words);
  // The echo contact has no network, no screen and no browser to blame.
  if (words.kind === 'echo' && more !== undefined) return { happened, more: echoMore };
  return more === undefined ? { happened } : { happened, more };
}

const echoMore = 'The echo test never leaves this device. Reload this page, then try again.';

function endedWithPerson({ caller, name, reason, talked }: EndedWords): Ended {
  switch (reason) {
    case 'code_mismatch':
      return {
        happened: `Dogeller ended this call with ${name}.`,
        more: 'The safety check failed: somebody may be between the two of you. Call again only on a network you trust.',
      };
    case 'superseded':
      return { happened: `You and ${name} called each other at the same time.` };
    case 'cancelled':
      return {
        happened: caller ? `You stopped calling ${name}.` : `${name} called and hung up before you answered.`,
      };
    case 'declined':
      return { happened: caller ? `${name} declined.` : `You declined the call from ${name}.` };
    case 'busy':
      return caller
        ? { happened: `${name} is in another call.`, more: 'Try again when it is over: the list shows it.' }
        : { happened: `${name} called while you were in another call.` };
    case 'not_at_screen':
      return caller
        ? { happened: `${name} is not at the screen.`, more: 'Dogeller runs there, but no window shows it.' }
        : { happened: `${name} called while you were not at the screen.` };
    case 'unanswered':
      return { happened: caller ? `${name} did not answer.` : `You missed a call from ${name}.` };
    case 'hung_up':
      return { happened: `The call with ${name} has ended.` };
    case 'no_path':
      return {
        happened: `No way for sound and picture was found to ${name}.`,
        more: 'A firewall or a guest network may keep your devices apart. Join the same network, then call again.',
      };
    case 'engine_failed':
      return {
        happened: `The call with ${name} could not go on.`,
        more: 'The browser of one of you had a problem with it. Calling again often helps.',
      };
    case 'lost':
      return talked
        ? {
            happened: `The connection to ${name} was lost.`,
            more: 'Dogeller tried to bring it back and could not.',
          }
        : { happened: `${name} cannot be reached any more.` };
  }
}

function oneTrouble(device: string, why: Why): string {
  switch (why) {
    case 'refused':
      return `Dogeller may not use your ${device}. Allow it for this page, then try again.`;
    case 'not_granted':
      return `Dogeller may not use your ${device}. Try again and allow it, or allow it in the settings of this device.`;
    case 'missing':
      return `No ${device} was found. Connect one, then try again.`;
    case 'busy':
      return `Another program is using your ${device}. Close it there, then try again.`;
    case 'unavailable':
      return `Your ${device} cannot be used in this window.`;
    case 'lost':
      return `Your ${device} was disconnected. Connect it again, then try again.`;
  }
}

function trouble({ microphone, camera, heard, seen, name }: TroubleWords): string {
  const goesOn = heard
    ? `${name} hears you but does not see you.`
    : seen
      ? `${name} sees you but does not hear you.`
      : `You can see and hear ${name}; ${name} cannot see or hear you.`;
  if (microphone !== null && microphone === camera)
    return `${oneTrouble('microphone or camera', microphone)} ${goesOn}`;
  const words = [];
  if (microphone !== null) words.push(oneTrouble('microphone', microphone));
  if (camera !== null) words.push(oneTrouble('camera', camera));
  return [...words, goesOn].join(' ');
}

/** What would let calls stay in the window; the same words as in `call/bridge/threads.ts`. */
function missing(what: 'webcodecs' | 'vp8' | 'crashed'): string {
  switch (what) {
    case 'vp8':
      return (
        'They could stay in this window with a part of GStreamer that is not installed: gstreamer1.0-plugins-good ' +
        '(Debian, Ubuntu), gstreamer1-plugins-good (Fedora) or gst-plugins-good (Arch). Install it, then open Dogeller again.'
      );
    case 'webcodecs':
      return 'They could stay in this window with a newer WebKitGTK. Update your system, then open Dogeller again.';
    case 'crashed':
      return 'WebKitGTK ended this window twice when Dogeller tried calls in it. Updating your system may help.';
  }
}

export const en = {
  app: 'Dogeller',
  titleRinging: (name: string) => `${name} is calling`,
  titleInCall: (name: string) => `${name} – Dogeller`,

  // Yourself
  you: 'You',
  yourName: 'Your name',
  changeName: 'Change your name',
  saveName: 'Save',
  firstStart: 'This is the name others will see.',
  firstStartOk: 'Looks good',
  visible: 'Visible on this network',
  hidden: 'Others on this network do not see you.',

  // The list
  activeUsers: 'Active users',
  notHereNow: 'Not here now',
  nobodyActive: 'Nobody yet. People appear here by themselves.',
  search: 'Search people',
  foundNobody: (wanted: string) => `Nobody here is called “${wanted}”.`,
  presence,
  verified: 'Verified',
  notTheVerified: (name: string) => `Not the ${name} you verified`,
  notTheVerifiedMore: (name: string) =>
    `You verified another ${name}. This is a different device that goes by the same name or one like it.`,
  videoCall: (name: string) => `Video call ${name}`,
  voiceCall: (name: string) => `Voice call ${name}`,

  // The echo test
  tryItOut: 'Try it out',
  echoIs: 'Hear and see yourself',
  echoMeanwhile: 'Meanwhile: try camera and microphone',
  echoInCall: 'This is you, half a second ago',

  // Conversations
  openConversation: (name: string) => `Conversation with ${name}`,
  unread: (count: number) => (count === 1 ? '1 new' : `${count} new`),
  message: (name: string) => `Message ${name}`,
  messages: 'Messages',
  send: 'Send',
  save: 'Save',
  cancel: 'Cancel',
  back: 'Back to the list',
  more: 'More',
  less: 'Less',
  olderMessages: 'Older messages',
  loading: 'One moment…',
  beginTalk: (name: string) => `Nothing was written yet. Say hello to ${name}.`,
  waitsFor: (name: string) => `${name} is not here now. What you write waits, and arrives when ${name} is back.`,
  isTyping: (name: string) => `${name} is writing…`,
  youWrote: 'You',
  youShort: (text: string) => `You: ${text}`,
  edited: 'edited',
  withdrawn: 'Message deleted',
  quoteGone: 'The message is not there any more',
  reply: 'Reply',
  edit: 'Edit',
  withdraw: 'Delete for both',
  replyingTo: (name: string) => `Answer to ${name}`,
  replyingToYou: 'Answer to yourself',
  editing: 'Change your message',
  notWritten,
  notWithdrawn,
  refusedAside: 'Another message was not sent. It is here again after this one.',
  newBelow: (count: number) => `New messages below (${count})`,
  progress,
  callEntry,
  today: 'Today',
  yesterday: 'Yesterday',
  searchTalk: 'Search this conversation',
  noHits: (wanted: string) => `“${wanted}” is not in this conversation.`,
  hits: (count: number) => (count === 1 ? '1 message' : `${count} messages`),
  exportText: 'Save as text',
  exportJson: 'Save as JSON',
  exportedTo: (path: string) => `Saved as ${path}`,
  notExported: 'This could not be saved. Check that your folder for downloads has room and can be written to.',
  startAtLogin: 'Start Dogeller when I log in',
  loginNotKept: 'Your system did not keep that. Its own settings for programs that start with it may say why.',
  copyLink: 'Copy link to this person',
  linkCopied: 'Copied',
  linkNotCopied: 'It could not be copied. The link is:',
  clearTalk: 'Clear conversation',
  clearAsk: (name: string) =>
    `Everything here is deleted on this device, and what still waits is not sent. ${name} keeps their copy.`,
  clearYes: 'Delete everything here',
  openLink: 'Open this address in your browser?',
  openLinkYes: 'Open',
  settings: 'Settings',
  receipts: 'Tell others what I have read',
  retention: 'Keep conversations',
  retentions: {
    forever: 'Until I clear them',
    year: 'For a year',
    month: 'For 30 days',
    week: 'For a week',
    day: 'For a day',
  },

  files: enFiles,
  updates: enUpdates,

  // Adding by hand
  addByHand: 'Add somebody by hand',
  address: 'Address of the other device',
  addressHint: 'Shown on the other device as its address',
  add: 'Add',
  addAsked: 'Asking there…',

  // Nobody here, and nothing chosen
  lookingTitle: 'Looking for people near you',
  looking: 'Everybody who has Dogeller open on this network appears here by themselves, usually within a second.',
  yourAddress: (count: number) => (count === 1 ? 'Your address here' : 'Your addresses here'),
  noNetwork: 'This device is on no network now. Connect it to Wi-Fi or a cable; Dogeller notices by itself.',
  otherDeviceTitle: 'On the other device',
  otherDeviceSteps: [
    'Install Dogeller there, or copy it over.',
    'Join the same Wi-Fi or cable network, not a guest network.',
    'Open Dogeller. That is all: no account and no setting.',
  ],
  byHandTitle: 'Still nobody?',
  byHand: 'Some networks keep devices from finding each other. Type the address that the other device shows:',
  pickTitle: 'Who would you like to talk to?',
  pick: 'Choose somebody from the list. Calls stay on this network and only the two of you can see and hear them.',

  // Being called
  incoming: (name: string) => `Incoming call from ${name}`,
  incomingVideo: 'Video call',
  incomingVoice: 'Voice call',
  isCalling: (name: string) => `${name} is calling`,
  accept: 'Accept',
  acceptWithoutCamera: 'Accept without camera',
  decline: 'Decline',
  clickToHear: 'Click once to hear ringing',

  // In a call
  calling: 'Calling…',
  ringing: 'Ringing',
  connecting: 'Connecting',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  callWith: (name: string) => `Call with ${name}`,
  theirVideo: (name: string) => `${name}'s video`,
  yourVideo: 'Your video',
  moveYourVideo: 'Move your video. Use the arrow keys.',
  theirCameraOff: (name: string) => `${name}'s camera is off`,
  theirMicrophoneOff: (name: string) => `${name}'s microphone is off`,
  theirScreen: (name: string) => `${name} is sharing a screen`,
  yourMicrophoneOff: 'Your microphone is off',
  controls: 'Call controls',
  hangUp: 'Hang up',
  mute: 'Mute microphone',
  unmute: 'Unmute microphone',
  cameraOff: 'Turn camera off',
  cameraOn: 'Turn camera on',
  shareScreen: 'Share screen',
  stopSharing: 'Stop sharing',
  turnCamera: 'Use the other camera',
  headphonesOn: 'I wear headphones',
  headphonesOff: 'I wear no headphones',
  routes: {
    wired: 'Headphones',
    bluetooth: 'Bluetooth',
    earpiece: 'Earpiece',
    speaker: 'Speaker',
  },
  sound: 'Sound',
  soundAt: (where: string) => `Sound: ${where}`,
  soundBlocked: (name: string) => `Your browser keeps ${name} silent until you click.`,
  soundOn: 'Turn sound on',
  trouble,
  tryAgain: 'Try again',
  close: 'Close',

  // The short code
  verify: 'Verify',
  verifyTitle: (name: string) => `Is it really ${name}?`,
  verifyHow: (name: string) =>
    `Read these six pictures out to each other. If ${name} sees the same ones, nobody is in between, now or in later calls.`,
  verifyDiffer: 'If they differ, hang up: somebody may be listening.',
  theyMatch: 'They match',
  verifiedBefore: (name: string) => `You compared them with ${name}: they matched.`,
  takeMarkBack: 'Remove the mark',

  // Elsewhere
  otherWindow: 'This call is in another window',
  callGoesOnThere: (name: string) => `Your call with ${name} goes on there.`,
  takeOver: 'Continue it here',
  openedBrowser: 'Calls open in your browser on this system.',
  missing,

  // Over
  ended,
  callAgain: 'Call again',
  callBack: 'Call back',

  // No node
  starting: 'Starting Dogeller…',
  goneTitle: 'Dogeller is not running on this computer',
  gone: 'This page goes on by itself as soon as Dogeller runs again. Start it if it was closed.',
  deniedTitle: "This page's link is out of date",
  denied: 'Open Dogeller again: it opens a fresh page. You can close this one.',

  refused,
};

export type Messages = typeof en;
