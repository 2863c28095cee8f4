/** Who is on the list, and in what order. */

import type { PeerView } from '../wire.gen';

/** From this many people on, the list has a search field. */
export const SEARCH_FROM = 8;

export interface People {
  /** Here now, whatever they do. */
  readonly active: readonly PeerView[];
  /** Known from before. */
  readonly away: readonly PeerView[];
}

/** By name, never by state: a row must not jump away under the pointer. */
export function arrange(peers: Iterable<PeerView>, wanted = ''): People {
  const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
  const key = fold(wanted);
  const found = [...peers]
    .filter((peer) => fold(peer.name).includes(key))
    .sort((a, b) => names.compare(a.name, b.name) || (a.peer < b.peer ? -1 : 1));
  return {
    active: found.filter((peer) => peer.presence !== 'offline'),
    away: found.filter((peer) => peer.presence === 'offline'),
  };
}

/** Without case and accents: "Jose" finds "José". */
function fold(text: string): string {
  return text.trim().normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}
