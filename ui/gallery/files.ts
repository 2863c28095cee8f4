/** Files in conversations, in every state. */

import { sampleFiles, samplePeer, sampleText } from '../src/node/samples';
import type { Chosen } from '../src/talk/chosen';
import type { Entry, EntryKind, Going, GoingView, Parcel, PictureSize, Stage } from '../src/wire.gen';
import type { Scene } from './scenes';
import type { Still } from './stills';

type FilesEntry = Extract<EntryKind, { is: 'files' }>;

const ADA = samplePeer('Ada Lovelace', { verified: true });
const PEOPLE = [ADA, samplePeer('Ben', { presence: 'in_call' }), samplePeer('Kim', { presence: 'offline' })];
const AT = new Date(2026, 10, 27, 18, 12).getTime();
const PLACE = '/home/robin/Downloads/Dogeller/film of the workshop.mp4';

const one = (name: string, bytes: number): Parcel => ({ files: 1, folders: 0, bytes, names: [name], more: 0 });
const FILM = one('film of the workshop.mp4', 1_240_000_000);
const PLAN = one('wiring plan, second floor.pdf', 3_400_000);
const TRIP: Parcel = { files: 212, folders: 9, bytes: 4_700_000_000, names: ['trip to the lake'], more: 0 };
const MANY: Parcel = {
  files: 8,
  folders: 0,
  bytes: 61_300_000,
  names: ['red lamp.jpg', 'blue lamp.jpg', 'song.flac', 'notes.zip', 'plan.pdf'],
  more: 3,
};
const ACCEPTED: Stage = { is: 'accepted', paused: false };

interface Row {
  readonly mine?: boolean;
  readonly parcel: Parcel;
  readonly stage: Stage;
  readonly place?: string;
  readonly going?: Going;
  readonly picture?: PictureSize & {
    /** What is to be seen on it; without it the node has not told yet. */
    readonly still?: Still;
  };
}

const moving = (parcel: Parcel, part: number, rate: number, left_ms: number | null): Going => ({
  is: 'moving',
  bytes: Math.floor(parcel.bytes * part),
  rate,
  left_ms,
});

const ROWS: readonly Row[] = [
  { parcel: FILM, stage: { is: 'received' }, place: PLACE },
  { mine: true, parcel: PLAN, stage: { is: 'received' } },
  { parcel: one('song.flac', 31_000_000), stage: { is: 'declined' } },
  { mine: true, parcel: one('photo.jpg', 2_150_000), stage: { is: 'declined' } },
  { parcel: one('archive.tar.gz', 999_950), stage: { is: 'cancelled', by_me: true } },
  { mine: true, parcel: MANY, stage: { is: 'cancelled', by_me: false } },
  { mine: true, parcel: PLAN, stage: { is: 'offered' } },
  { parcel: TRIP, stage: { is: 'offered' } },
  { parcel: FILM, stage: ACCEPTED },
  { parcel: FILM, stage: ACCEPTED, going: { is: 'checking' } },
  { parcel: FILM, stage: ACCEPTED, going: moving(FILM, 0.34, 112_500_000, 7_000) },
  { mine: true, parcel: TRIP, stage: ACCEPTED, going: moving(TRIP, 0.07, 11_800_000, 372_000) },
  { mine: true, parcel: MANY, stage: { is: 'accepted', paused: true }, going: moving(MANY, 0.5, 1, null) },
  { parcel: MANY, stage: ACCEPTED, going: { is: 'halted_there' } },
  { parcel: TRIP, stage: ACCEPTED, going: { is: 'stuck', trouble: { trouble: 'no_room', missing: 2_300_000_000 } } },
  { parcel: FILM, stage: ACCEPTED, going: { is: 'stuck', trouble: { trouble: 'not_writable' } } },
  { parcel: FILM, stage: ACCEPTED, going: { is: 'stuck', trouble: { trouble: 'not_as_offered' } } },
  { mine: true, parcel: PLAN, stage: ACCEPTED, going: { is: 'stuck', trouble: { trouble: 'gone' } } },
  { mine: true, parcel: PLAN, stage: ACCEPTED, going: { is: 'stuck', trouble: { trouble: 'changed' } } },
  { mine: true, parcel: FILM, stage: ACCEPTED, going: { is: 'stuck_there' } },
];

const LAKE = one('lake in the morning.jpg', 4_210_000);
const WALK: Parcel = {
  files: 12,
  folders: 0,
  bytes: 48_600_000,
  names: ['IMG_2041.jpg', 'IMG_2042.jpg', 'IMG_2043.jpg', 'IMG_2044.jpg', 'IMG_2045.jpg'],
  more: 7,
};
const PLACE_OF_LAKE = '/home/robin/Downloads/Dogeller/lake in the morning.jpg';
const RECEIVED: Stage = { is: 'received' };

const PICTURES: readonly Row[] = [
  { parcel: LAKE, stage: RECEIVED, place: PLACE_OF_LAKE, picture: { width: 480, height: 320, still: 'lake' } },
  {
    mine: true,
    parcel: one('tower.jpg', 2_870_000),
    stage: RECEIVED,
    picture: { width: 320, height: 480, still: 'tower' },
  },
  { mine: true, parcel: WALK, stage: { is: 'offered' }, picture: { width: 480, height: 480, still: 'sheet' } },
  {
    parcel: one('favicon.png', 412),
    stage: RECEIVED,
    place: '/home/robin/Downloads/Dogeller/favicon.png',
    picture: { width: 16, height: 16, still: 'icon' },
  },
  { parcel: LAKE, stage: RECEIVED, place: PLACE_OF_LAKE, picture: { width: 480, height: 320 } },
  {
    parcel: one('letter, page 1.png', 183_000),
    stage: RECEIVED,
    place: '/home/robin/Downloads/Dogeller/letter, page 1.png',
    picture: { width: 340, height: 480, still: 'page' },
  },
  {
    mine: true,
    parcel: one('panorama.jpg', 9_120_000),
    stage: ACCEPTED,
    going: { is: 'moving', bytes: 5_300_000, rate: 11_200_000, left_ms: 4_000 },
    picture: { width: 480, height: 160, still: 'lake' },
  },
  { mine: true, parcel: one('tower.jpg', 2_870_000), stage: { is: 'offered' }, picture: { width: 160, height: 480 } },
];

const idOf = (position: number) => position.toString(16).padStart(32, '0');
const what = ({ mine = false, parcel, stage, place, picture }: Row, position: number): FilesEntry => ({
  is: 'files',
  message: idOf(position),
  author: mine ? { who: 'me', n: position } : { who: 'them' },
  parcel,
  stage,
  place: place ?? null,
  thumbnail: picture === undefined ? null : { width: picture.width, height: picture.height },
});
const entriesOf = (rows: readonly Row[]): Entry[] =>
  rows.map((row, n) => ({ ...sampleFiles(n + 1), at_ms: AT + n * 60_000, what: what(row, n + 1) }));
const picturesOf = (rows: readonly Row[]) =>
  rows.flatMap(({ mine = false, picture }, n) =>
    picture?.still === undefined ? [] : [{ message: idOf(n + 1), mine, size: picture, still: picture.still }],
  );
const goingOf = (rows: readonly Row[]): GoingView[] =>
  rows.flatMap(({ mine = false, going }, n) =>
    going === undefined ? [] : [{ peer: ADA.peer, message: idOf(n + 1), mine, going }],
  );

/** A file of a size that nobody has to make. */
function chosen(path: string, size: number): Chosen {
  return { path, content: Object.defineProperty(new Blob(), 'size', { value: size }) };
}

const before = [
  { ...sampleText(1, 'Do you have the film?'), at_ms: AT },
  { ...sampleText(2, 'Yes, and the wiring plan. One moment.', 1), at_ms: AT + 60_000 },
];
const offer: Entry = {
  ...sampleFiles(3),
  at_ms: AT + 120_000,
  what: what({ parcel: TRIP, stage: { is: 'offered' } }, 3),
};
const marks = { sent: 30, delivered: 20, read: 2 };
const snapshotWith = (entries: readonly Entry[], unread: number) => ({
  peers: PEOPLE,
  conversations: [{ peer: ADA.peer, unread, last: entries.at(-1) ?? null, marks }],
});
const sceneOf = (rows: readonly Row[]): Scene => ({
  snapshot: snapshotWith(entriesOf(rows), 0),
  talk: { peer: ADA.peer, entries: entriesOf(rows), pictures: picturesOf(rows) },
  going: goingOf(rows),
});
const FILM_SENT = { chosen: [chosen('film of the workshop.mp4', FILM.bytes)], bytes: 420_000_000 };

export const files: Readonly<Record<string, Scene>> = {
  // All in one conversation, and what of it one picture has no room for once more.
  'talk-files': sceneOf(ROWS),
  'talk-files-over': sceneOf(ROWS.slice(0, 4)),
  'talk-files-waiting': sceneOf(ROWS.slice(4, 9)),
  'talk-files-moving': sceneOf(ROWS.slice(9, 13)),
  'talk-files-stuck': sceneOf(ROWS.slice(13, 16)),
  'talk-files-cancel': {
    ...sceneOf(ROWS.slice(10, 11)),
    press: ['Cancel film of the workshop.mp4'],
  },
  'talk-pictures': sceneOf(PICTURES),
  'talk-pictures-one': sceneOf(PICTURES.slice(0, 2)),
  'talk-pictures-more': sceneOf(PICTURES.slice(2, 4)),
  'talk-pictures-coming': sceneOf(PICTURES.slice(3, 5)),
  'talk-pictures-white': sceneOf(PICTURES.slice(5, 6)),
  'talk-offer': {
    snapshot: snapshotWith([offer], 1),
    talk: { peer: ADA.peer, entries: [...before, offer] },
  },
  'talk-sending': {
    snapshot: snapshotWith(before, 0),
    talk: {
      peer: ADA.peer,
      entries: before,
      sending: [FILM_SENT, { chosen: [chosen('trip/1.jpg', 4_000_000)], bytes: 0, why: 'disk_full' }],
    },
  },
  'talk-pasted': {
    snapshot: snapshotWith(before, 0),
    talk: { peer: ADA.peer, entries: before, pasted: new File(['a picture'], 'image.png', { type: 'image/png' }) },
  },
};
