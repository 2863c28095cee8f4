/** What this person says, until it stands in a conversation: in the field, with the node, or there again with a reason. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { Ask, Entry, NotWritten } from '../wire.gen';
import { type About, type Draft, Drafts } from './drafts';
import { idOf } from './entries';

/** The other is told again that one is writing after this; it takes it for true a little longer. */
const TYPING_AGAIN_MS = 3000;

export interface WritingPorts {
  readonly ask: (ask: Ask) => void;
  readonly now: () => number;
  /** 16 random bytes. */
  readonly random: () => Uint8Array;
}

/** What was asked to be written. */
interface Asked {
  readonly peer: string;
  readonly draft: Draft;
}

export class Writing {
  readonly #ports: WritingPorts;
  readonly #drafts = new Drafts();
  readonly #notWithdrawn = signal<ReadonlyMap<string, NotWritten>>(new Map());
  /** What was not answered yet, by the message's id, in the order in which it was asked. */
  readonly #asked = new Map<string, Asked>();
  #toldTyping = Number.NEGATIVE_INFINITY;

  /** Why messages were not deleted, by their ids. */
  readonly notWithdrawn: ReadonlySignal<ReadonlyMap<string, NotWritten>> = this.#notWithdrawn;

  constructor(ports: WritingPorts) {
    this.#ports = ports;
  }

  draft(peer: string): Draft {
    return this.#drafts.of(peer);
  }

  refusedAside(peer: string): NotWritten | null {
    return this.#drafts.refusedAside(peer);
  }

  write(peer: string, text: string): void {
    this.#drafts.write(peer, text);
    if (text.trim() === '' || this.draft(peer).about.is === 'edit') return;
    const now = this.#ports.now();
    if (now - this.#toldTyping < TYPING_AGAIN_MS) return;
    this.#toldTyping = now;
    this.#ports.ask({ ask: 'typing', peer });
  }

  about(peer: string, about: About): void {
    this.#drafts.about(peer, about);
  }

  send(peer: string): void {
    if (this.draft(peer).text.trim() === '') return;
    const draft = this.#drafts.take(peer);
    const { about } = draft;
    const message = (about.is === 'edit' ? idOf(about.entry) : null) ?? hex(this.#ports.random());
    this.#asked.set(message, { peer, draft });
    this.#toldTyping = Number.NEGATIVE_INFINITY;
    this.#ask(message, { peer, draft });
  }

  withdraw(peer: string, entry: Entry): void {
    const message = idOf(entry);
    if (message === null) return;
    this.#say(message, null);
    this.#ports.ask({ ask: 'withdraw', peer, message });
  }

  /** The message stands in its conversation as it is now. */
  stands(message: string): void {
    this.#asked.delete(message);
    this.#say(message, null);
  }

  /** What was not written is there to be sent again; what was not deleted says so where it stands. */
  refused(message: string, why: NotWritten): void {
    const asked = this.#asked.get(message);
    if (asked === undefined) {
      this.#say(message, why);
      return;
    }
    this.#asked.delete(message);
    this.#drafts.comeBack(asked.peer, { ...asked.draft, refused: why });
  }

  /** Asks anew for what was not answered: what the node is asked twice by one id it does once. */
  askAgain(): void {
    for (const [message, asked] of this.#asked) this.#ask(message, asked);
  }

  /** Puts away the reasons why messages were not deleted. */
  forgetReasons(): void {
    this.#notWithdrawn.value = new Map();
  }

  #ask(message: string, { peer, draft: { text, about } }: Asked): void {
    const { ask } = this.#ports;
    if (about.is === 'edit') ask({ ask: 'edit', peer, message, text });
    else ask({ ask: 'write', peer, message, text, reply: about.is === 'reply' ? idOf(about.entry) : null });
  }

  /** Why a message was not deleted; `null`: nothing is known against it. */
  #say(message: string, why: NotWritten | null): void {
    const reasons = new Map(this.#notWithdrawn.peek());
    if (why !== null) reasons.set(message, why);
    else if (!reasons.delete(message)) return;
    this.#notWithdrawn.value = reasons;
  }
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
