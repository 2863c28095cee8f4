/**
 * What is being written, to each person: one draft is in the field. What it interrupted is kept aside, and is in the
 * field again once it was sent or put away, so that nothing that was typed is lost.
 */

import { signal } from '@preact/signals-core';
import type { Entry, NotWritten } from '../wire.gen';

/** What a message is about, besides what it says. */
export type About = { readonly is: 'new' } | { readonly is: 'reply' | 'edit'; readonly entry: Entry };

/** What is being written to somebody. */
export interface Draft {
  readonly text: string;
  readonly about: About;
  /** Why it was not written the last time. */
  readonly refused: NotWritten | null;
}

const BLANK: Draft = { text: '', about: { is: 'new' }, refused: null };

export class Drafts {
  /** By person: the one in the field, then those kept aside, the next one first. */
  readonly #piles = signal<ReadonlyMap<string, readonly Draft[]>>(new Map());

  /** The one in the field. */
  of(peer: string): Draft {
    return this.#piles.value.get(peer)?.[0] ?? BLANK;
  }

  /** Why one that is kept aside was not written. */
  refusedAside(peer: string): NotWritten | null {
    const aside = this.#piles.value.get(peer)?.slice(1) ?? [];
    return aside.find(({ refused }) => refused !== null)?.refused ?? null;
  }

  write(peer: string, text: string): void {
    const [now = BLANK, ...aside] = this.#pile(peer);
    this.#put(peer, [{ ...now, text, refused: null }, ...aside]);
  }

  /** What is in the field answers or changes this from now on, or is about nothing in particular any more. */
  about(peer: string, about: About): void {
    const pile = this.#pile(peer);
    const [now = BLANK, ...aside] = pile;
    switch (about.is) {
      case 'edit': {
        const begun = pile.find((draft) => purposeOf(draft.about) === purposeOf(about));
        this.#onTop(peer, begun, begun ?? { text: textOf(about.entry), about, refused: null });
        return;
      }
      case 'reply': {
        // The words of a change answer nothing.
        const words = pile.find((draft) => draft.about.is !== 'edit');
        this.#onTop(peer, words, { ...(words ?? BLANK), about, refused: null });
        return;
      }
      case 'new':
        if (now.about.is === 'edit' || isBlank(now.text)) this.#put(peer, aside);
        else this.#put(peer, [{ ...now, about, refused: null }, ...aside]);
        return;
    }
  }

  /** Takes what is in the field out of it, to be sent. */
  take(peer: string): Draft {
    const [now = BLANK, ...aside] = this.#pile(peer);
    this.#put(peer, aside);
    return now;
  }

  /** What was not written is there again: with what is written for the same purpose, else in an empty field, else aside. */
  comeBack(peer: string, draft: Draft): void {
    const pile = this.#pile(peer);
    const at = pile.findIndex(({ about }) => purposeOf(about) === purposeOf(draft.about));
    const same = pile[at];
    if (same !== undefined) this.#put(peer, pile.with(at, { ...draft, text: joined(draft.text, same) }));
    else this.#put(peer, pile.toSpliced(isBlank(pile[0]?.text ?? '') ? 0 : 1, 0, draft));
  }

  #pile(peer: string): readonly Draft[] {
    return this.#piles.peek().get(peer) ?? [];
  }

  #onTop(peer: string, instead: Draft | undefined, draft: Draft): void {
    this.#put(peer, [draft, ...this.#pile(peer).filter((other) => other !== instead)]);
  }

  #put(peer: string, [now, ...aside]: readonly Draft[]): void {
    const pile = now === undefined ? [] : [now, ...aside.filter((draft) => !isUntouched(draft))];
    this.#piles.value = new Map(this.#piles.peek()).set(peer, pile);
  }
}

/** Drafts for one purpose are one. */
export function purposeOf(about: About): string {
  return about.is === 'new' ? 'new' : `${about.is} ${about.entry.position}`;
}

/** In the order in which it was typed: what also came back, and was left as it is, was typed before. */
function joined(text: string, there: Draft): string {
  if (isBlank(there.text) || isUntouched(there)) return text;
  return there.refused === null ? `${text}\n${there.text}` : `${there.text}\n${text}`;
}

/** Nothing is lost without it. */
function isUntouched({ text, about, refused }: Draft): boolean {
  switch (about.is) {
    case 'new':
      return isBlank(text);
    case 'reply':
      return false;
    case 'edit':
      return refused === null && text === textOf(about.entry);
  }
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function textOf({ what }: Entry): string {
  return what.is === 'text' ? what.text : '';
}
