// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { sampleParcel } from '../node/samples';
import type { Going, Stage } from '../wire.gen';
import { type FilesEntry, mayHaveMoved, percentOf, type Run, standingOf, wishesOf } from './transfer';

const OFFERED: Stage = { is: 'offered' };
const ACCEPTED: Stage = { is: 'accepted', paused: false };
const PAUSED: Stage = { is: 'accepted', paused: true };
const MOVING: Going = { is: 'moving', bytes: 500, rate: 100, left_ms: 5000 };
const NO_ROOM: Going = { is: 'stuck', trouble: { trouble: 'no_room', missing: 7 } };

const entry = (stage: Stage, mine = false): FilesEntry => ({
  is: 'files',
  message: 'm',
  author: mine ? { who: 'me', n: 1 } : { who: 'them' },
  parcel: sampleParcel({ bytes: 1000 }),
  stage,
  place: null,
  thumbnail: null,
});
const run = (going: Going, moved: number | null = null): Run => ({ going, moved });

describe('how it stands, and what can be wished', () => {
  test.each<[string, FilesEntry, Run | undefined, string, string[]]>([
    ['offered to me', entry(OFFERED), run({ is: 'waiting' }), 'offered', ['accept', 'decline']],
    ['offered by me', entry(OFFERED, true), run({ is: 'waiting' }), 'offered', ['cancel']],
    ['offered by me, and fetched already', entry(OFFERED, true), run(MOVING, 500), 'moving', ['cancel']],
    ['offered by me, and gone when fetched', entry(OFFERED, true), run(NO_ROOM), 'stuck', ['cancel']],
    ['accepted, nothing told yet', entry(ACCEPTED), undefined, 'waiting', ['pause', 'cancel']],
    ['waiting', entry(ACCEPTED), run({ is: 'waiting' }), 'waiting', ['pause', 'cancel']],
    ['checking', entry(ACCEPTED), run({ is: 'checking' }), 'checking', ['pause', 'cancel']],
    ['moving to me', entry(ACCEPTED), run(MOVING, 500), 'moving', ['pause', 'cancel']],
    ['moving from me', entry(ACCEPTED, true), run(MOVING, 500), 'moving', ['pause', 'cancel']],
    ['halted here', entry(PAUSED), run({ is: 'waiting' }, 500), 'paused', ['resume', 'cancel']],
    ['halted there', entry(ACCEPTED), run({ is: 'halted_there' }), 'halted_there', ['cancel']],
    ['stuck', entry(ACCEPTED), run(NO_ROOM), 'stuck', ['resume', 'cancel']],
    ['stuck there', entry(ACCEPTED), run({ is: 'stuck_there' }), 'stuck_there', ['cancel']],
    ['received', entry({ is: 'received' }), undefined, 'received', []],
    ['declined', entry({ is: 'declined' }), undefined, 'declined', []],
    ['cancelled', entry({ is: 'cancelled', by_me: true }), undefined, 'cancelled', []],
  ])('%s', (_, what, going, is, wishes) => {
    const standing = standingOf(what, going, true);
    expect(standing.is).toBe(is);
    expect(wishesOf(what.stage, standing)).toEqual(wishes);
  });
});

test('who declined is told from whose offer it was', () => {
  expect(standingOf(entry({ is: 'declined' }, true), undefined, true)).toEqual({ is: 'declined', by_me: false });
  expect(standingOf(entry({ is: 'declined' }), undefined, true)).toEqual({ is: 'declined', by_me: true });
});

test('when all of it has come nothing is waited for, unless the other is gone', () => {
  const all = run({ is: 'waiting' }, 1000);
  expect(standingOf(entry(ACCEPTED), all, true)).toEqual({ is: 'moving', bytes: 1000, rate: 0, left_ms: null });
  expect(standingOf(entry(ACCEPTED), all, false)).toEqual({ is: 'waiting' });
  expect(standingOf(entry(ACCEPTED), run({ is: 'waiting' }, 999), true)).toEqual({ is: 'waiting' });
});

test('only what has not moved is cancelled without a question', () => {
  const asks = (stage: Stage, going?: Run) => mayHaveMoved(standingOf(entry(stage, true), going, true), going);
  expect(asks(OFFERED)).toBe(false);
  expect(asks(ACCEPTED, run({ is: 'waiting' }))).toBe(false);
  expect(asks(ACCEPTED, run({ ...MOVING, bytes: 0 }, 0))).toBe(false);
  expect(asks(PAUSED, run({ is: 'waiting' }, 0))).toBe(false);
  expect(asks(ACCEPTED, run(MOVING, 500))).toBe(true);
  expect(asks(ACCEPTED, run({ is: 'waiting' }, 500))).toBe(true);
  // Before this page was opened it may have.
  expect(asks(PAUSED, run({ is: 'waiting' }))).toBe(true);
  expect(asks(ACCEPTED, run(NO_ROOM))).toBe(true);
});

test.each([
  [0, 1000, 0],
  [999, 1000, 99],
  [1000, 1000, 100],
  [2000, 1000, 100],
  [0, 0, 100],
])('%d of %d bytes are %d percent', (bytes, all, percent) => {
  expect(percentOf(bytes, all)).toBe(percent);
});
