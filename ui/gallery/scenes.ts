/** Every state a person can see, each as what the node says. */

import type { Missing } from '../src/call/bridge/threads';
import type { Route } from '../src/call/routes';
import type { NotHandedOver } from '../src/host/handOver';
import type { HostState } from '../src/host/host';
import type { UpdateFailure, UpdateOffer, UpdateSettings, UpdateStep } from '../src/host/updater';
import { sampleCall, sampleEcho, sampleMe, samplePeer, sampleSnapshot, sampleText } from '../src/node/samples';
import type { Chosen } from '../src/talk/chosen';
import type {
  CallView,
  EndReason,
  Entry,
  EntryKind,
  FailureCode,
  GoingView,
  NotWritten,
  PictureSize,
  Snapshot,
} from '../src/wire.gen';
import { files } from './files';
import type { Still } from './stills';

export interface Scene {
  readonly snapshot?: Partial<Snapshot>;
  readonly call?: Partial<CallView>;
  readonly state?: HostState;
  readonly refused?: FailureCode;
  readonly silent?: boolean;
  /** The conversation that is open. */
  readonly talk?: {
    readonly peer: string;
    readonly entries: readonly Entry[];
    readonly more?: boolean;
    readonly typing?: boolean;
    readonly draft?: string;
    /** Why what was written was not sent. */
    readonly refused?: NotWritten;
    readonly search?: string;
    readonly exported?: string;
    /** What is being sent, and how much of it was handed over, or why it was not. */
    readonly sending?: readonly {
      readonly chosen: readonly Chosen[];
      readonly bytes: number;
      readonly why?: NotHandedOver;
    }[];
    readonly pasted?: File;
    /** What offers look like in short, as far as the node told it. */
    readonly pictures?: readonly {
      readonly message: string;
      readonly mine: boolean;
      readonly size: PictureSize;
      readonly still: Still;
    }[];
  };
  /** What goes on with files. */
  readonly going?: readonly GoingView[];
  /** Errors of microphone and camera. */
  readonly devices?: { readonly audio?: string; readonly video?: string };
  /** A phone: its camera looks at whoever holds it, and it has another. */
  readonly phone?: boolean;
  /** In the app on a phone: where the call is heard, and could be. */
  readonly heard?: { readonly route: Route; readonly available: readonly Route[] };
  /** The system does not let the app have these. */
  readonly notGranted?: 'camera' | 'both';
  /** Names of buttons to press, one after the other. */
  readonly press?: readonly string[];
  /** Shown as if nobody had moved for a while. */
  readonly still?: boolean;
  /** In the Linux window, whose engine takes the echo out itself. */
  readonly ownEngine?: boolean;
  /** In an app that can update itself: how looking is set, what is offered, and what comes of it. */
  readonly updates?: Partial<UpdateSettings> & {
    readonly offer?: UpdateOffer;
    /** How far it gets, and no further. */
    readonly step?: UpdateStep;
    readonly fails?: UpdateFailure;
  };
  /** Why calls cannot stay in the window. */
  readonly missing?: Missing;
  /** The browser keeps the other side silent until a click. */
  readonly remoteSilent?: boolean;
}

const ADA = samplePeer('Ada Lovelace', { verified: true });
const BEN = samplePeer('Ben', { presence: 'in_call' });
const ECHO = sampleEcho();
const TWELVE = [
  ADA,
  BEN,
  samplePeer('Chiara on laptop'),
  samplePeer('Dmitri', { presence: 'away' }),
  samplePeer('Эмилия'),
  samplePeer('Fatima'),
  samplePeer('高橋 りん'),
  samplePeer('Hugo', { presence: 'away' }),
  samplePeer('Ines'),
  samplePeer('Jonas on workshop-pc'),
  samplePeer('Ada Loveiace', { not_the_verified: 'Ada Lovelace' }),
  samplePeer('Kim', { presence: 'offline' }),
  samplePeer('Lena', { presence: 'offline', verified: true }),
  ECHO,
];
const LONG = 'Bartholomew Maximilian von Habsburg-Lothringen the Third of Vienna';
const CODE = ['🐶', '🔑', '🌲', '🚲', '🍎', '🎈'];
const FEW = { peers: [ADA, BEN, samplePeer('Chiara on laptop'), samplePeer('Kim', { presence: 'offline' }), ECHO] };
const NOBODY = { peers: [ECHO] };
const talking = { with: ADA, phase: { is: 'connected' }, connected_ms: 192_000, code: CODE } as const;
const VOICE = {
  ...talking,
  mine: 'voice',
  theirs: 'voice',
  their_devices: { microphone: true, picture: 'off' },
} as const;
const TWO = ['earpiece', 'speaker'] as const;
const AT_SPEAKER = { route: 'speaker', available: TWO } as const;
const FOUR = ['wired', 'bluetooth', 'earpiece', 'speaker'] as const;
const incoming = { with: ADA, caller: false, phase: { is: 'incoming' }, place: 'anywhere' } as const;

const AT = new Date(2026, 10, 26, 18, 40).getTime();
const MINUTE = 60_000;
const row = (whats: readonly EntryKind[]): Entry[] =>
  whats.map((what, n) => ({ position: n + 1, at_ms: AT + (n > 5 ? 15 * 60 + n : n) * MINUTE, what }));
const they = (text: string, more: object = {}) => sampleText(0, text, null, more).what;
const me = (n: number, text: string, more: object = {}) => sampleText(0, text, n, more).what;
const ENTRIES = row([
  they('Did you see the wiring plan for the workshop?'),
  me(1, 'Not yet. Where is it?'),
  they('On the shelf by the door, and here: https://wiki.example.org/workshop/wiring?floor=2 (second page)'),
  { is: 'call', call: 'c1', caller: false, media: 'video', reason: 'unanswered', missed: true, talked_ms: null },
  { is: 'withdrawn', message: 'w', author: { who: 'them' } },
  { is: 'call', call: 'c2', caller: true, media: 'video', reason: 'hung_up', missed: false, talked_ms: 754_000 },
  me(2, 'Found it, thank you! 🎉\n\nTwo questions:\n1. Is the red one the 24 V line?\n2. Who has the key?', {
    edited: true,
  }),
  they('Yes. Ines has the key.', {
    reply: {
      message: 'm2',
      of: {
        position: 7,
        mine: true,
        begins: 'Found it, thank you! 🎉 Two questions: 1. Is the red one the 24 V line?',
      },
    },
  }),
  me(3, 'Perfect, I will ask her.'),
  me(4, 'See you at six'),
  me(5, 'At the back door'),
]);
const MARKS = { sent: 4, delivered: 3, read: 2 };
const WITH_ADA = {
  peers: FEW.peers,
  conversations: [
    { peer: ADA.peer, unread: 0, last: ENTRIES.at(-1) ?? null, marks: MARKS },
    { peer: BEN.peer, unread: 3, last: ENTRIES[2] ?? null, marks: MARKS },
    { peer: samplePeer('Kim').peer, unread: 1, last: ENTRIES[3] ?? null, marks: MARKS },
  ],
};
const KIM = samplePeer('Kim').peer;
const talks: Record<string, Scene> = {
  talk: { snapshot: WITH_ADA, talk: { peer: ADA.peer, entries: ENTRIES, typing: true, more: true } },
  'talk-list': { snapshot: WITH_ADA },
  'talk-blank': { snapshot: WITH_ADA, talk: { peer: BEN.peer, entries: [] } },
  'talk-away': {
    snapshot: WITH_ADA,
    talk: { peer: KIM, entries: row([me(9, 'Are you coming tomorrow?')]), draft: 'I bring' },
  },
  'talk-refused': {
    snapshot: WITH_ADA,
    talk: { peer: ADA.peer, entries: ENTRIES, draft: 'See you then!', refused: 'disk_full' },
  },
  'talk-search': { snapshot: WITH_ADA, talk: { peer: ADA.peer, entries: ENTRIES, search: 'the' } },
  'talk-more': {
    snapshot: WITH_ADA,
    talk: { peer: ADA.peer, entries: ENTRIES, exported: '/home/robin/Downloads/Dogeller Ada Lovelace 2026-11-27.txt' },
    press: ['More'],
  },
  'talk-clear': {
    snapshot: WITH_ADA,
    talk: { peer: ADA.peer, entries: ENTRIES },
    press: ['More', 'Clear conversation'],
  },
  'talk-in-call': { snapshot: WITH_ADA, talk: { peer: ADA.peer, entries: ENTRIES }, call: talking },
  'talk-over-call': {
    snapshot: WITH_ADA,
    talk: { peer: ADA.peer, entries: ENTRIES },
    call: talking,
    press: ['Conversation with Ada Lovelace'],
  },
  'talk-ended': {
    snapshot: WITH_ADA,
    talk: { peer: ADA.peer, entries: ENTRIES },
    call: { with: ADA, phase: { is: 'ended', reason: 'hung_up' }, connected_ms: 60_000 },
  },
  'talk-elsewhere': {
    snapshot: WITH_ADA,
    talk: { peer: ADA.peer, entries: ENTRIES },
    call: { ...talking, place: 'elsewhere_page' },
  },
  'call-news': { snapshot: WITH_ADA, call: { ...talking, with: BEN } },
  'talk-link': {
    snapshot: WITH_ADA,
    talk: { peer: ADA.peer, entries: ENTRIES },
    press: ['https://wiki.example.org/workshop/wiring?floor=2'],
  },
  settings: { snapshot: WITH_ADA, press: ['Settings'] },
  'settings-window': { snapshot: WITH_ADA, press: ['Settings'], ownEngine: true },
  ...updates(),
};

/** A newer version of the app. There is none of this on phones. */
function updates(): Record<string, Scene> {
  const notes =
    'Added\n\n- Calls of three and more.\n- "Start Dogeller when I log in" on macOS.\n\nFixed\n\n- A picture that stood still after a laptop was closed and opened again.';
  const offer = { version: '0.2.0', notes };
  const on = { on: true, offer };
  const scene = (updates: Scene['updates'], ...press: string[]): Scene => ({
    snapshot: WITH_ADA,
    press: ['Settings', ...press],
    ownEngine: true,
    ...(updates !== undefined && { updates }),
  });
  const install = ['Look now', 'Download and install'];
  return {
    'updates-off': scene({}),
    'updates-on': scene({ on: true }, 'Look now'),
    'updates-found': scene(on, 'Look now'),
    'updates-found-hint': {
      snapshot: WITH_ADA,
      ownEngine: true,
      updates: { ...on },
      press: ['Settings', 'Look now', 'Less'],
    },
    'updates-fetching': scene({ ...on, step: { step: 'fetching', bytes: 3_400_000, of: 9_412_000 } }, ...install),
    'updates-installing': scene({ ...on, step: { step: 'installing' } }, ...install),
    'updates-ready': scene(on, ...install),
    'updates-ready-later': scene(on, ...install, 'Later'),
    'updates-unreachable': scene({ on: true, source: '/mnt/share/dogeller', fails: 'unreachable' }, 'Look now'),
    'updates-not-genuine': scene({ ...on, fails: 'not_genuine' }, ...install),
    'updates-settled': scene({ on: true, source: '\\\\files\\share\\dogeller', fixed: true, source_fixed: true }),
  };
}

const REASONS: readonly EndReason[] = [
  'code_mismatch',
  'superseded',
  'cancelled',
  'declined',
  'busy',
  'not_at_screen',
  'unanswered',
  'hung_up',
  'no_path',
  'engine_failed',
  'lost',
];

const ended = Object.fromEntries(
  REASONS.flatMap((reason) =>
    [true, false].map((caller): [string, Scene] => [
      `ended-${reason}-${caller ? 'caller' : 'callee'}`,
      {
        snapshot: FEW,
        call: {
          with: reason === 'lost' ? { ...ADA, presence: 'offline' } : ADA,
          caller,
          phase: { is: 'ended', reason },
          connected_ms: reason === 'hung_up' || reason === 'lost' ? 60_000 : null,
        },
      },
    ]),
  ),
);

export const SCENES: Readonly<Record<string, Scene>> = {
  ...talks,
  ...files,
  starting: { state: 'connecting' },
  'nobody-here': { snapshot: NOBODY },
  'nobody-no-echo': {},
  'nobody-no-network': { snapshot: { ...NOBODY, me: sampleMe({ addresses: [] }) } },
  'nobody-wrong-address': { snapshot: NOBODY, refused: 'nobody_there' },
  'first-start': { snapshot: { me: sampleMe({ first_start: true, name: 'robin on tower' }) } },
  'first-start-with-people': { snapshot: { ...FEW, me: sampleMe({ first_start: true }) } },
  rename: { snapshot: FEW, press: ['Change your name: Robin on tower'] },
  'list-of-1': { snapshot: { peers: [ADA, ECHO] } },
  'list-of-3': { snapshot: FEW },
  'list-of-12': { snapshot: { peers: TWELVE } },
  'list-long-names': {
    snapshot: {
      me: sampleMe({ name: LONG }),
      peers: [samplePeer(LONG, { verified: true }), ADA, samplePeer('W'.repeat(64), { not_the_verified: LONG }), BEN],
    },
  },
  'list-all-away': { snapshot: { peers: [samplePeer('Kim', { presence: 'offline' })] } },
  'list-add-by-hand': { snapshot: FEW, press: ['Add somebody by hand'], refused: 'bad_address' },
  hidden: { snapshot: { ...FEW, me: sampleMe({ visible: false }) } },
  refused: { snapshot: FEW, refused: 'not_here' },
  'click-to-hear': { snapshot: FEW, silent: true },
  'incoming-video': { snapshot: FEW, call: incoming },
  'incoming-voice': { snapshot: FEW, call: { ...incoming, mine: 'voice', theirs: 'voice' } },
  'incoming-impostor': {
    snapshot: FEW,
    silent: true,
    call: { ...incoming, with: samplePeer('Ada Loveiace', { not_the_verified: 'Ada Lovelace' }) },
  },
  'incoming-long-name': { snapshot: FEW, call: { ...incoming, with: samplePeer(LONG) } },
  calling: { snapshot: FEW, call: { with: ADA } },
  ringing: { snapshot: FEW, call: { with: ADA, phase: { is: 'outgoing', ringing: true } } },
  'ringing-voice': {
    snapshot: FEW,
    call: { with: ADA, phase: { is: 'outgoing', ringing: true }, mine: 'voice' },
  },
  connecting: { snapshot: FEW, call: { with: ADA, phase: { is: 'connecting' }, code: CODE } },
  connected: { snapshot: FEW, call: talking },
  'connected-window': { snapshot: FEW, call: talking, ownEngine: true },
  'connected-window-headphones': { snapshot: FEW, call: talking, ownEngine: true, press: ['I wear headphones'] },
  'connected-still': { snapshot: FEW, call: talking, still: true },
  'connected-long-name': { snapshot: FEW, call: { ...talking, with: samplePeer(LONG, { not_the_verified: LONG }) } },
  'connected-muted': {
    snapshot: FEW,
    call: { ...talking, their_devices: { microphone: false, picture: 'camera' } },
    press: ['Mute microphone'],
  },
  'connected-cameras-off': {
    snapshot: FEW,
    call: { ...talking, their_devices: { microphone: false, picture: 'off' } },
    press: ['Turn camera off'],
  },
  'connected-screen': {
    snapshot: FEW,
    call: { ...talking, their_devices: { microphone: true, picture: 'screen' } },
    press: ['Share screen'],
  },
  'connected-verify': {
    snapshot: FEW,
    call: { ...talking, with: { ...ADA, verified: false } },
    press: ['Verify'],
  },
  'connected-verified': { snapshot: FEW, call: talking, press: ['Verified'] },
  'connected-silenced': { snapshot: FEW, call: talking, remoteSilent: true },
  voice: { snapshot: FEW, call: VOICE },
  reconnecting: { snapshot: FEW, call: { ...talking, phase: { is: 'reconnecting' } } },
  'call-phone': { snapshot: FEW, call: talking, phone: true },
  'phone-sound-two': { snapshot: FEW, call: talking, phone: true, heard: AT_SPEAKER },
  'phone-sound-two-voice': {
    snapshot: FEW,
    call: { ...VOICE, phase: { is: 'outgoing', ringing: true } },
    phone: true,
    heard: { route: 'earpiece', available: TWO },
  },
  'phone-sound-four': { snapshot: FEW, call: talking, phone: true, heard: { route: 'bluetooth', available: FOUR } },
  'phone-sound-four-open': {
    snapshot: FEW,
    call: talking,
    phone: true,
    heard: { route: 'bluetooth', available: FOUR },
    press: ['Sound: Bluetooth'],
  },
  'phone-sound-wired-open': {
    snapshot: FEW,
    call: VOICE,
    phone: true,
    heard: { route: 'wired', available: ['wired', 'bluetooth', 'speaker'] },
    press: ['Sound: Headphones'],
  },
  'phone-camera-not-granted': { snapshot: FEW, call: talking, phone: true, heard: AT_SPEAKER, notGranted: 'camera' },
  'phone-nothing-granted': { snapshot: FEW, call: talking, phone: true, heard: AT_SPEAKER, notGranted: 'both' },
  'trouble-camera-refused': { snapshot: FEW, call: talking, devices: { video: 'NotAllowedError' } },
  'trouble-camera-busy': { snapshot: FEW, call: talking, devices: { video: 'NotReadableError' } },
  'trouble-microphone-missing': { snapshot: FEW, call: talking, devices: { audio: 'NotFoundError' } },
  'trouble-both-refused': {
    snapshot: FEW,
    call: talking,
    devices: { audio: 'NotAllowedError', video: 'NotAllowedError' },
  },
  'echo-calling': { snapshot: NOBODY, call: { with: ECHO } },
  'echo-connected': { snapshot: FEW, call: { ...talking, with: ECHO, code: [] } },
  'echo-voice': {
    snapshot: FEW,
    call: { ...VOICE, with: ECHO, code: [] },
  },
  'echo-ended': {
    snapshot: NOBODY,
    call: { with: ECHO, phase: { is: 'ended', reason: 'hung_up' }, connected_ms: 20_000 },
  },
  'echo-failed': { snapshot: NOBODY, call: { with: ECHO, phase: { is: 'ended', reason: 'no_path' } } },
  'another-window': { snapshot: FEW, call: { ...talking, place: 'elsewhere_page' } },
  'opening-browser': {
    snapshot: FEW,
    call: { with: ADA, phase: { is: 'connecting' }, place: 'opening_browser' },
  },
  'opening-browser-vp8': {
    snapshot: FEW,
    call: { with: ADA, phase: { is: 'connecting' }, place: 'opening_browser' },
    missing: 'vp8',
  },
  'opening-browser-crashed': {
    snapshot: FEW,
    call: { with: ADA, phase: { is: 'connecting' }, place: 'opening_browser' },
    missing: 'crashed',
  },
  'node-gone': { snapshot: FEW, state: 'gone' },
  'node-gone-in-call': { snapshot: FEW, call: talking, state: 'gone' },
  denied: { state: 'denied' },
  ...ended,
};

export function snapshotOf({ snapshot, call }: Scene): Snapshot {
  return sampleSnapshot({ ...snapshot, ...(call && { call: sampleCall(call) }) });
}
