/** One offer of files: how it stands as this person sees it, and what can be wished of it. */

import type { EntryKind, Going, Stage, Trouble, Wish } from '../wire.gen';

export type FilesEntry = Extract<EntryKind, { is: 'files' }>;

/** What goes on with an offer that is not over. */
export interface Run {
  readonly going: Going;
  /** Bytes that had come when it moved last; `null`: it did not move since this page was opened. */
  readonly moved: number | null;
}

export type Standing =
  | { readonly is: 'offered'; readonly mine: boolean }
  | { readonly is: 'waiting' | 'checking' | 'paused' | 'halted_there' | 'stuck_there' }
  | { readonly is: 'moving'; readonly bytes: number; readonly rate: number; readonly left_ms: number | null }
  | { readonly is: 'stuck'; readonly trouble: Trouble }
  | { readonly is: 'received' }
  | { readonly is: 'declined' | 'cancelled'; readonly by_me: boolean };

/** Nothing becomes of it any more. */
export function isOver(stage: Stage): boolean {
  switch (stage.is) {
    case 'offered':
    case 'accepted':
      return false;
    case 'received':
    case 'declined':
    case 'cancelled':
      return true;
  }
}

/** How it stands; `here`: the other is. */
export function standingOf({ author, parcel, stage }: FilesEntry, run: Run | undefined, here: boolean): Standing {
  const mine = author.who === 'me';
  switch (stage.is) {
    case 'offered': {
      // Who fetches it has accepted it, even if that was not told yet.
      const going = run?.going.is ?? 'waiting';
      return run === undefined || going === 'waiting' || !mine ? { is: 'offered', mine } : goesOn(run.going);
    }
    case 'accepted':
      if (stage.paused) return { is: 'paused' };
      if (run === undefined) return { is: 'waiting' };
      // All of it has come: between that and the end there is nothing to wait for.
      if (run.going.is === 'waiting' && here && parcel.bytes > 0 && run.moved === parcel.bytes) {
        return { is: 'moving', bytes: parcel.bytes, rate: 0, left_ms: null };
      }
      return goesOn(run.going);
    case 'received':
      return { is: 'received' };
    case 'declined':
      return { is: 'declined', by_me: !mine };
    case 'cancelled':
      return { is: 'cancelled', by_me: stage.by_me };
  }
}

function goesOn(going: Going): Standing {
  switch (going.is) {
    case 'waiting':
    case 'checking':
    case 'halted_there':
    case 'stuck_there':
      return { is: going.is };
    case 'moving': {
      const { bytes, rate, left_ms } = going;
      return { is: 'moving', bytes, rate, left_ms };
    }
    case 'stuck':
      return { is: 'stuck', trouble: going.trouble };
  }
}

/** What can be wished of it, the most likely first. */
export function wishesOf(stage: Stage, standing: Standing): readonly Wish[] {
  switch (standing.is) {
    case 'offered':
      return standing.mine ? ['cancel'] : ['accept', 'decline'];
    case 'waiting':
    case 'checking':
    case 'moving':
      // What the other began to fetch can be halted as soon as it is told that they want it.
      return stage.is === 'accepted' ? ['pause', 'cancel'] : ['cancel'];
    case 'paused':
      return ['resume', 'cancel'];
    case 'stuck':
      return stage.is === 'accepted' ? ['resume', 'cancel'] : ['cancel'];
    case 'halted_there':
    case 'stuck_there':
      return ['cancel'];
    case 'received':
    case 'declined':
    case 'cancelled':
      return [];
  }
}

/** Whether something of it has come, as far as can be known: stopping it then throws that away. */
export function mayHaveMoved(standing: Standing, run: Run | undefined): boolean {
  if ((run?.moved ?? 0) > 0) return true;
  switch (standing.is) {
    case 'checking':
    case 'paused':
    case 'halted_there':
    case 'stuck':
    case 'stuck_there':
      // It may have moved before this page was opened.
      return run?.moved !== 0;
    case 'offered':
    case 'waiting':
    case 'moving':
    case 'received':
    case 'declined':
    case 'cancelled':
      return false;
  }
}

/** Bytes that have come, of an offer that was accepted; `null`: nobody knows. */
export function arrivedOf(standing: Standing, run: Run | undefined): number | null {
  return standing.is === 'moving' ? standing.bytes : (run?.moved ?? null);
}

/** Whole percent; all of nothing is all. */
export function percentOf(bytes: number, all: number): number {
  return all <= 0 ? 100 : Math.min(100, Math.floor((bytes / all) * 100));
}
