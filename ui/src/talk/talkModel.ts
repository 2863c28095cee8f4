/** Conversations as signals: which one is open, what stands in it and is seen of it, what is written and looked for. */

import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals-core';
import type { NodeModel } from '../node/nodeModel';
import type {
  Ask,
  ConversationView,
  Entry,
  ExportFormat,
  Hit,
  News,
  NotWritten,
  PeerView,
  Retention,
} from '../wire.gen';
import type { About, Draft } from './drafts';
import { idOf, quotesChanged, upserted } from './entries';
import { Writing } from './writing';

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

/** Whom the open conversation is with. */
export interface Partner {
  /** As they were known last. */
  readonly view: PeerView;
  /** They still are, or nothing can be written to them. */
  readonly known: boolean;
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

export class TalkModel {
  readonly #ports: TalkPorts;
  readonly #open = signal<Opened | null>(null);
  readonly #partner = signal<Partner | null>(null);
  /** Whether the newest is in sight where this conversation is drawn; `null` while none is. */
  readonly #end = signal<{ readonly peer: string; readonly inSight: boolean } | null>(null);
  readonly #writing: Writing;
  readonly #typing = signal<ReadonlySet<string>>(new Set());
  readonly #search = signal<Search | null>(null);
  readonly #exported = signal<Exported | null>(null);
  /** An entry that somebody wants to be led to, further up than what was told so far. */
  #sought: { readonly position: number; readonly found: (position: number) => void } | null = null;
  /** The last entry that was said to be seen, by peer. */
  readonly #seen = new Map<string, number>();

  readonly open: ReadonlySignal<Opened | null> = this.#open;
  readonly partner: ReadonlySignal<Partner | null> = this.#partner;
  readonly draft: ReadonlySignal<Draft> = computed(() => this.#writing.draft(this.#peer));
  /** Why something was not written that waits until what is in the field is sent. */
  readonly refusedAside: ReadonlySignal<NotWritten | null> = computed(() => this.#writing.refusedAside(this.#peer));
  /** Why messages were not deleted, by their ids. */
  readonly notWithdrawn: ReadonlySignal<ReadonlyMap<string, NotWritten>>;
  /** Who is writing now. */
  readonly typing: ReadonlySignal<ReadonlySet<string>> = this.#typing;
  readonly search: ReadonlySignal<Search | null> = this.#search;
  /** Where the open conversation was saved. */
  readonly exported: ReadonlySignal<Exported | null> = computed(() => {
    const exported = this.#exported.value;
    return exported?.peer === this.#open.value?.peer ? exported : null;
  });
  /** Entries not seen yet, in the conversations with everybody who is known. */
  readonly unread: ReadonlySignal<number>;
  /** Those of the open conversation, while somebody reads further up. */
  readonly below: ReadonlySignal<number>;

  constructor(ports: TalkPorts) {
    this.#ports = ports;
    const { node, now, random } = ports;
    this.#writing = new Writing({ ask: (ask) => this.#ask(ask), now, random });
    this.notWithdrawn = this.#writing.notWithdrawn;
    const unreadOf = (peer: string) => node.conversations.value.get(peer)?.unread ?? 0;
    this.unread = computed(() => [...node.peers.value.keys()].reduce((sum, peer) => sum + unreadOf(peer), 0));
    this.below = computed(() => {
      const end = this.#end.value;
      return end === null || end.inSight || end.peer !== this.#open.value?.peer ? 0 : unreadOf(end.peer);
    });
    node.onOpen((peer) => this.show(peer));
    node.onNews((news) => this.#take(news));
    node.onSnapshot(() => this.#begin());
    effect(() => this.#meet());
    effect(() => this.#see());
  }

  /** Whom the open conversation is with; nobody has an empty id. */
  get #peer(): string {
    return this.#open.value?.peer ?? '';
  }

  conversation(peer: string): ConversationView | undefined {
    return this.#ports.node.conversations.value.get(peer);
  }

  /** Shows the conversation with somebody. */
  show(peer: string): void {
    if (this.#open.peek()?.peer === peer) return;
    batch(() => {
      this.hide();
      this.#open.value = { peer, entries: [], more: false, loading: true };
    });
    this.#ask({ ask: 'entries', peer, before: null });
  }

  hide(): void {
    this.#sought = null;
    batch(() => {
      // What came meanwhile from another conversation waits for whoever opens that.
      if (this.exported.peek() !== null) this.#exported.value = null;
      this.#search.value = null;
      this.#writing.forgetReasons();
      this.#open.value = null;
    });
  }

  /** The open conversation is drawn, and its newest entry is in sight or not: only then it is seen. */
  looksAt(peer: string, end: boolean): void {
    this.#end.value = { peer, inSight: end };
  }

  /** No conversation is drawn any more. */
  looksAway(): void {
    this.#end.value = null;
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
    if (open !== null) this.#writing.write(open.peer, text);
  }

  /** The next message answers this one, or changes it. */
  about(about: About): void {
    const open = this.#open.peek();
    if (open !== null) this.#writing.about(open.peer, about);
  }

  /** Sends what is written; until it stands in the conversation it can still come back. */
  send(): void {
    const open = this.#open.peek();
    if (open !== null) this.#writing.send(open.peer);
  }

  withdraw(entry: Entry): void {
    const open = this.#open.peek();
    if (open !== null) this.#writing.withdraw(open.peer, entry);
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
  goTo(position: number, found: (position: number) => void): void {
    const open = this.#open.peek();
    if (open === null) return;
    if (open.entries.some((entry) => entry.position === position)) {
      this.#sought = null;
      found(position);
      return;
    }
    if (!open.more && !open.loading) return;
    this.#sought = { position, found };
    this.older();
  }

  setRetention(retention: Retention): void {
    this.#ask({ ask: 'set_retention', retention });
  }

  setReceipts(on: boolean): void {
    this.#ask({ ask: 'set_receipts', on });
  }

  setTakesFiles(on: boolean): void {
    this.#ask({ ask: 'set_takes_files', on });
  }

  #ask(ask: Ask): void {
    this.#ports.node.send({ type: 'talk', ask });
  }

  /** The node begins anew: what it did not answer, and what is shown, is asked again. */
  #begin(): void {
    const open = this.#open.peek();
    batch(() => {
      this.#typing.value = new Set();
      this.#writing.forgetReasons();
      if (open !== null) this.#open.value = { peer: open.peer, entries: [], more: false, loading: true };
    });
    this.#seen.clear();
    this.#writing.askAgain();
    if (open !== null) this.#ask({ ask: 'entries', peer: open.peer, before: null });
  }

  #take(news: News): void {
    switch (news.news) {
      case 'conversation':
      case 'not_offered':
      case 'going':
      case 'thumbnail':
        return;
      case 'entry':
        this.#arrived(news.peer, news.entry);
        return;
      case 'entries':
        this.#told(news.peer, news.before, news.entries, news.more);
        return;
      case 'gone':
        this.#gone(news.peer, news.through);
        return;
      case 'typing': {
        const typing = new Set(this.#typing.peek());
        if (news.typing) typing.add(news.peer);
        else typing.delete(news.peer);
        this.#typing.value = typing;
        return;
      }
      case 'not_written':
        this.#writing.refused(news.message, news.why);
        return;
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
    if (message !== null) this.#writing.stands(message);
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

  #gone(peer: string, through: number): void {
    const open = this.#open.peek();
    if (open?.peer !== peer) return;
    const first = open.entries[0]?.position;
    // With the oldest that is shown all before it went, and an answer that was asked for is none any more.
    const kept = first === undefined || first > through;
    if (!kept) this.#sought = null;
    this.#open.value = {
      peer,
      entries: open.entries.filter(({ position }) => position > through),
      more: open.more && kept,
      loading: open.loading && kept,
    };
  }

  #meet(): void {
    const peer = this.#open.value?.peer;
    const view = peer === undefined ? undefined : this.#ports.node.peers.value.get(peer);
    const before = this.#partner.peek();
    if (view !== undefined) {
      if (before?.view !== view) this.#partner.value = { view, known: true };
    } else if (before === null || before.view.peer !== peer) this.#partner.value = null;
    else if (before.known) this.#partner.value = { view: { ...before.view, presence: 'offline' }, known: false };
  }

  #see(): void {
    const open = this.#open.value;
    const last = open?.entries.at(-1)?.position;
    const end = this.#end.value;
    if (open === null || last === undefined || open.loading || !this.#ports.attention.value) return;
    if (end?.peer !== open.peer || !end.inSight || !this.#partner.value?.known) return;
    if ((this.#seen.get(open.peer) ?? 0) >= last) return;
    this.#seen.set(open.peer, last);
    this.#ask({ ask: 'seen', peer: open.peer, position: last });
  }
}
