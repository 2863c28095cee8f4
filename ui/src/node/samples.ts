/** Small samples of what a node says, for tests and the gallery. */

import type {
  CallView,
  ConversationView,
  Entry,
  EntryKind,
  GoingView,
  Me,
  Parcel,
  PeerView,
  Snapshot,
} from '../wire.gen';

type TextEntry = Extract<EntryKind, { is: 'text' }>;
type FilesEntry = Extract<EntryKind, { is: 'files' }>;

export function samplePeer(name: string, change: Partial<PeerView> = {}): PeerView {
  return {
    peer: idOf(name),
    kind: 'person',
    name,
    presence: 'available',
    verified: false,
    not_the_verified: null,
    ...change,
  };
}

export function sampleEcho(change: Partial<PeerView> = {}): PeerView {
  return samplePeer('Echo test', { kind: 'echo', ...change });
}

export function sampleMe(change: Partial<Me> = {}): Me {
  return {
    peer: idOf('Robin on tower'),
    name: 'Robin on tower',
    visible: true,
    addresses: ['192.168.1.20:4433'],
    first_start: false,
    receipts: true,
    retention: 'forever',
    takes_files: false,
    ...change,
  };
}

export function sampleCall(change: Partial<CallView> = {}): CallView {
  return {
    call: 'call-1',
    with: samplePeer('Ada'),
    caller: true,
    phase: { is: 'outgoing', ringing: false },
    mine: 'video',
    theirs: 'video',
    their_devices: { microphone: true, picture: 'camera' },
    place: 'here',
    connected_ms: null,
    code: [],
    ...change,
  };
}

export function sampleSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return { me: sampleMe(), peers: [], call: null, conversations: [], going: [], ...change };
}

/** A message; of mine with its number. */
export function sampleText(
  position: number,
  text: string,
  n: number | null = null,
  change: Partial<TextEntry> = {},
): Entry {
  const what: TextEntry = {
    is: 'text',
    message: position.toString(16).padStart(32, '0'),
    author: n === null ? { who: 'them' } : { who: 'me', n },
    text,
    edited: false,
    reply: null,
    ...change,
  };
  return { position, at_ms: Date.UTC(2026, 10, 27, 12, position), what };
}

export function sampleParcel(change: Partial<Parcel> = {}): Parcel {
  return { files: 1, folders: 0, bytes: 3_400_000, names: ['film.mp4'], more: 0, ...change };
}

/** An offer; of mine with its number. */
export function sampleFiles(position: number, n: number | null = null, change: Partial<FilesEntry> = {}): Entry {
  const what: FilesEntry = {
    is: 'files',
    message: position.toString(16).padStart(32, '0'),
    author: n === null ? { who: 'them' } : { who: 'me', n },
    parcel: sampleParcel(),
    stage: { is: 'offered' },
    place: null,
    thumbnail: null,
    ...change,
  };
  return { position, at_ms: Date.UTC(2026, 10, 27, 12, position), what };
}

/** What goes on with an offer of a sample's. */
export function sampleGoing(name: string, position: number, change: Partial<GoingView> = {}): GoingView {
  const message = position.toString(16).padStart(32, '0');
  return { peer: idOf(name), message, mine: false, going: { is: 'waiting' }, ...change };
}

export function sampleTalk(name: string, change: Partial<ConversationView> = {}): ConversationView {
  return { peer: idOf(name), unread: 0, last: null, marks: { sent: 0, delivered: 0, read: 0 }, ...change };
}

/** 64 hex digits made from a name, so that a sample looks the same each time. */
export function idOf(name: string): string {
  // FNV-1a of the name, then a well mixed step for each digit.
  let state = [...name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
  let id = '';
  for (let i = 0; i < 64; i++) {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    id += ((mixed ^ (mixed >>> 15)) & 15).toString(16);
  }
  return id;
}
