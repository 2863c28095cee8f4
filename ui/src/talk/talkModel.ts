/** Conversations as signals: which one is open, what stands in it, what is being written, looked for, answered. */

import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals-core';
import type { NodeModel } from '../node/nodeModel';
import type { Ask, ConversationView, Entry, ExportFormat, Hit, News, NotWritten, Retention } from '../wire.gen';
import { quotesChanged, upserted } from './entries';

/** The other is told again that one is writing after this; it takes it for true a little longer. */
const TYPING_AGAIN_MS = 3000;

/** What stands in the open conversation. */
export interface Opened {
  readonly peer: string;
  /** The oldest first. */
  readonly entries: readonly Entry[];
  /** There are older ones. */
  readonly more: boolean;
  /** Asked for, not told yet. */
  readonly loading: boolean;
}

/** What the next message is about, besides what it says. */
export type About = { readonly is: 'new' } | { readonly is: 'reply' | 'edit'; readonly entry: Entry };

/** What is being written to somebody. */
export interface Draft {
  readonly text: string;
  readonly about: About;
  /** Why it was not written the last time. */
  readonly refused: NotWritten | null;
}

export interface Search {
  readonly text: string;
  /** `null`: not told yet. */
  readonly hits: readonly Hit[] | null;
}

export interface Exported {
  readonly peer: string;
  readonly path: string | null;
}

export interface TalkPorts {
  readonly node: NodeModel;
  /** Somebody looks at this page. */
  readonly attention: ReadonlySignal<boolean>;
  readonly now: () => number;
  /** 16 random bytes. */
  readonly random: () => Uint8Array;
}

const NEW: About = { is: 'new' };
const BLANK: Draft = { text: '', about: NEW, refused: null };

export class TalkModel {
  readonly #ports: TalkPorts;
  readonly #open = signal<Opened | null>(null);
  readonly #drafts = signal<ReadonlyMap<string, Draft>>(new Map());
  readonly #typing = signal<ReadonlySet<string>>(new Set());
  readonly #search = signal<Search | null>(null);
  readonly #exported = signal<Exported | null>(null);
  /** What was asked to be written and not answered yet, by the message's id. */
  readonly #asked = new Map<string, { readonly peer: string; readonly draft: Draft }>();
  #toldTyping = Number.NEGATIVE_INFINITY;
  /** An entry that somebody wants to be led to, further up than what was told so far. */
  #sought: { readonly position: number; readonly found: (position: number) => void } | null = null;
  /** The last entry that was said to be seen, by peer. */
  readonly #seen = new Map<string, number>();

  readonly open: ReadonlySignal<Opened | null> = this.#open;
  readonly draft: ReadonlySignal<Draft> = computed(() => this.#drafts.value.get(this.#open.value?.peer ?? '') ?? BLANK);
  /** Who is writing now. */
  readonly typing: ReadonlySignal<ReadonlySet<string>> = this.#typing;
  readonly search: ReadonlySignal<Search | null> = this.#search;
  readonly exported: ReadonlySignal<Exported | null> = this.#exported;
  /** Entries not seen yet, in all conversations. */
  readonly unread: ReadonlySignal<number>;

  constructor(ports: TalkPorts) {
    this.#ports = ports;
    const { node } = ports;
    this.unread = computed(() => [...node.conversations.value.values()].reduce((sum, talk) => sum + talk.unread, 0));
    node.onNews((news) => this.#take(news));
    node.onSnapshot(() => this.#begin());
    effect(() => this.#see());
  }

  conversation(peer: string): ConversationView | undefined {
    return this.#ports.node.conversations.value.get(peer);
  }

  /** Shows the conversation with somebody. */
  show(peer: string): void {
    if (this.#open.peek()?.peer === peer) return;
    this.#sought = null;
    batch(() => {
      this.#open.value = { peer, entries: [], more: false, loading: true };
      this.#exported.value = null;
      this.#search.value = null;
    });
    this.#ask({ ask: 'entries', peer, before: null });
  }

  hide(): void {
    batch(() => {
      this.#open.value = null;
      this.#search.value = null;
    });
  }

  /** Asks for older entries, if there are. */
  older(): void {
    const open = this.#open.peek();
    const first = open?.entries[0];
    if (open === null || first === undefined || !open.more || open.loading) return;
    this.#open.value = { ...open, loading: true };
    this.#ask({ ask: 'entries', peer: open.peer, before: first.position });
  }

  write(text: string): void {
    const open = this.#open.peek();
    if (open === null) return;
    this.#drafted(open.peer, { ...this.draft.peek(), text, refused: null });
    if (text.trim() === '' || this.draft.peek().about.is === 'edit') return;
    const now = this.#ports.now();
    if (now - this.#toldTyping < TYPING_AGAIN_MS) return;
    this.#toldTyping = now;
    this.#ask({ ask: 'typing', peer: open.peer });
  }

  /** The next message answers this one, or changes it. */
  about(about: About): void {
    const open = this.#open.peek();
    if (open === null) return;
    const { text } = this.draft.peek();
    const change = about.is === 'edit' && about.entry.what.is === 'text' ? about.entry.what.text : null;
    const before = this.draft.peek().about.is === 'edit';
    this.#drafted(open.peer, { text: change ?? (before ? '' : text), about, refused: null });
  }

  /** Sends what is written; until it stands in the conversation it can still come back. */
  send(): void {
    const open = this.#open.peek();
    const draft = this.draft.peek();
    if (open === null || draft.text.trim() === '') return;
    const { peer } = open;
    const { text, about } = draft;
    const edited = about.is === 'edit' ? idOf(about.entry) : null;
    const message = edited ?? hex(this.#ports.random());
    this.#asked.set(message, { peer, draft });
    this.#drafted(peer, BLANK);
    this.#toldTyping = Number.NEGATIVE_INFINITY;
    if (edited !== null) this.#ask({ ask: 'edit', peer, message, text });
    else this.#ask({ ask: 'write', peer, message, text, reply: about.is === 'reply' ? idOf(about.entry) : null });
  }

  withdraw(entry: Entry): void {
    const open = this.#open.peek();
    const message = idOf(entry);
    if (open !== null && message !== null) this.#ask({ ask: 'withdraw', peer: open.peer, message });
  }

  clear(): void {
    const open = this.#open.peek();
    if (open !== null) this.#ask({ ask: 'clear', peer: open.peer });
  }

  exportAs(format: ExportFormat): void {
    const open = this.#open.peek();
    if (open !== null) this.#ask({ ask: 'export', peer: open.peer, format });
  }

  forgetExport(): void {
    this.#exported.value = null;
  }

  /** Looks for messages in the open conversation; `null` puts the search away. */
  lookFor(text: string | null): void {
    const open = this.#open.peek();
    if (open === null || text === null) {
      this.#search.value = null;
      return;
    }
    const wanted = text.trim();
    this.#search.value = { text, hits: wanted === '' ? [] : null };
    if (wanted !== '') this.#ask({ ask: 'search', text: wanted, peer: open.peer });
  }

  /** Leads to an entry, which may stand further up than what was told so far. */
  goTo(entry: Entry, found: (position: number) => void): void {
    const open = this.#open.peek();
    if (open === null) return;
    if (open.entries.some(({ position }) => position === entry.position)) {
      found(entry.position);
      return;
    }
    this.#sought = { position: entry.position, found };
    this.older();
  }

  setRetention(retention: Retention): void {
    this.#ask({ ask: 'set_retention', retention });
  }

  setReceipts(on: boolean): void {
    this.#ask({ ask: 'set_receipts', on });
  }

  #ask(ask: Ask): void {
    this.#ports.node.send({ type: 'talk', ask });
  }

  #drafted(peer: string, draft: Draft): void {
    const drafts = new Map(this.#drafts.peek());
    if (draft === BLANK) drafts.delete(peer);
    else drafts.set(peer, draft);
    this.#drafts.value = drafts;
  }

  /** The node begins anew: what is shown is asked for again, and what was not answered comes back. */
  #begin(): void {
    const open = this.#open.peek();
    batch(() => {
      this.#typing.value = new Set();
      for (const [message, { peer, draft }] of this.#asked) this.#comeBack(peer, message, draft);
      if (open !== null) this.#open.value = { peer: open.peer, entries: [], more: false, loading: true };
    });
    this.#seen.clear();
    if (open !== null) this.#ask({ ask: 'entries', peer: open.peer, before: null });
  }

  #take(news: News): void {
    switch (news.news) {
      case 'conversation':
        return;
      case 'entry':
        this.#arrived(news.peer, news.entry);
        return;
      case 'entries':
        this.#told(news.peer, news.before, news.entries, news.more);
        return;
      case 'gone': {
        const open = this.#open.peek();
        if (open?.peer !== news.peer) return;
        this.#open.value = { ...open, entries: open.entries.filter(({ position }) => position > news.through) };
        return;
      }
      case 'typing': {
        const typing = new Set(this.#typing.peek());
        if (news.typing) typing.add(news.peer);
        else typing.delete(news.peer);
        this.#typing.value = typing;
        return;
      }
      case 'not_written': {
        const asked = this.#asked.get(news.message);
        if (asked !== undefined) this.#comeBack(asked.peer, news.message, { ...asked.draft, refused: news.why });
        return;
      }
      case 'hits': {
        const search = this.#search.peek();
        if (search?.text.trim() === news.text) this.#search.value = { ...search, hits: news.hits };
        return;
      }
      case 'exported':
        this.#exported.value = { peer: news.peer, path: news.path };
        return;
    }
  }

  #arrived(peer: string, entry: Entry): void {
    const message = idOf(entry);
    if (message !== null) this.#asked.delete(message);
    const open = this.#open.peek();
    if (open?.peer !== peer) return;
    this.#open.value = { ...open, entries: quotesChanged(upserted(open.entries, entry, open.more), entry) };
  }

  #told(peer: string, before: number | null, entries: readonly Entry[], more: boolean): void {
    const open = this.#open.peek();
    if (open?.peer !== peer) return;
    const first = open.entries[0]?.position;
    // What came meanwhile is newer than what was asked for.
    const known =
      before === null
        ? open.entries.filter(({ position }) => position > (entries.at(-1)?.position ?? 0))
        : open.entries;
    if (before !== null && before !== first) return;
    this.#open.value = { ...open, entries: [...entries, ...known], more, loading: false };
    const sought = this.#sought;
    if (sought === null) return;
    const reached = (entries[0]?.position ?? 0) <= sought.position;
    if (!reached && more) {
      this.older();
      return;
    }
    this.#sought = null;
    if (reached) sought.found(sought.position);
  }

  /** What was not written is in the field again, unless something else is by now: then before it. */
  #comeBack(peer: string, message: string, draft: Draft): void {
    this.#asked.delete(message);
    const now = this.#drafts.peek().get(peer);
    const text = now === undefined || now.text === '' ? draft.text : `${draft.text}\n${now.text}`;
    this.#drafted(peer, { ...draft, text });
  }

  #see(): void {
    const open = this.#open.value;
    const last = open?.entries.at(-1)?.position;
    if (open === null || last === undefined || open.loading || !this.#ports.attention.value) return;
    if ((this.#seen.get(open.peer) ?? 0) >= last) return;
    this.#seen.set(open.peer, last);
    this.#ask({ ask: 'seen', peer: open.peer, position: last });
  }
}

/** The message's id; `null` for what is no message. */
export function idOf({ what }: Entry): string | null {
  return what.is === 'text' || what.is === 'withdrawn' ? what.message : null;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
