/** A row of entries, in the order of their positions. */

import type { Entry } from '../wire.gen';

/** The message's id; `null` for what is no message. */
export function idOf({ what }: Entry): string | null {
  return what.is === 'text' || what.is === 'withdrawn' ? what.message : null;
}

/** With an entry that is new, or in place of what it was. Older than all that is shown it waits until that is asked for. */
export function upserted(entries: readonly Entry[], entry: Entry, more: boolean): readonly Entry[] {
  const at = entries.findIndex(({ position }) => position >= entry.position);
  if (at === -1) return [...entries, entry];
  if (entries[at]?.position === entry.position) return entries.with(at, entry);
  return at === 0 && more ? entries : entries.toSpliced(at, 0, entry);
}

/** What answers a message that changed shows what it says now. */
export function quotesChanged(entries: readonly Entry[], { what, position }: Entry): readonly Entry[] {
  if (what.is === 'call' || what.is === 'files') return entries;
  return entries.map((entry) => {
    if (entry.what.is !== 'text' || entry.what.reply?.message !== what.message) return entry;
    const mine = what.author.who === 'me';
    const of = what.is === 'text' ? { position, mine, begins: [...what.text].slice(0, 160).join('') } : null;
    return { ...entry, what: { ...entry.what, reply: { message: what.message, of } } };
  });
}

/** Entries of one day, so that each day has its heading. */
export interface Day {
  /** Its first entry's time. */
  readonly at: number;
  readonly entries: readonly Entry[];
}

export function byDay(entries: readonly Entry[]): readonly Day[] {
  const days: Array<{ at: number; entries: Entry[] }> = [];
  for (const entry of entries) {
    const day = days.at(-1);
    if (day !== undefined && sameDay(day.at, entry.at_ms)) day.entries.push(entry);
    else days.push({ at: entry.at_ms, entries: [entry] });
  }
  return days;
}

export function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
