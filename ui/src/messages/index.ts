/** Picks the language. */

import { en, type Messages } from './en';

const CATALOGUES: Readonly<Record<string, Messages>> = { en };

/** The first language the person prefers that there are words for; English if none. */
export function pick(languages: readonly string[]): Messages {
  for (const language of languages) {
    const words = CATALOGUES[language.toLowerCase().split('-')[0] ?? ''];
    if (words !== undefined) return words;
  }
  return en;
}

export const t: Messages = pick(globalThis.navigator?.languages ?? []);

/** A duration as `03:12`, or `1:03:12` from an hour on. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
