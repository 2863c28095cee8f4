/** What the node said, as signals: the page draws these and holds no rule of its own. */

import { batch, computed, type ReadonlySignal, signal } from '@preact/signals-core';
import type { Host, HostState, Line } from '../host/host';
import type {
  CallView,
  Command,
  ConversationView,
  EngineOrder,
  FailureCode,
  Me,
  News,
  Notice,
  PageCaps,
  PeerView,
  Snapshot,
} from '../wire.gen';

/** A node that is away longer than this has lost its call: sound, picture and camera end. */
const CALL_OUTLIVES_NODE_MS = 3000;

/** What the node would not do, and which of the page's wishes that was. */
export interface Refusal {
  readonly code: FailureCode;
  /** Grows with each refusal, so that the same words twice are news twice. */
  readonly n: number;
}

export class NodeModel {
  readonly #state = signal<HostState>('connecting');
  readonly #me = signal<Me | null>(null);
  readonly #everybody = signal<ReadonlyMap<string, PeerView>>(new Map());
  readonly #call = signal<CallView | null>(null);
  readonly #conversations = signal<ReadonlyMap<string, ConversationView>>(new Map());
  readonly #refusal = signal<Refusal | null>(null);
  readonly #line: Line;
  readonly #onOrder: Set<(order: EngineOrder) => void> = new Set();
  readonly #onNews: Set<(news: News) => void> = new Set();
  readonly #onSnapshot: Set<(snapshot: Snapshot) => void> = new Set();
  readonly #onOpen: Set<(peer: string) => void> = new Set();
  #refusals = 0;
  #giveUp: ReturnType<typeof setTimeout> | undefined;

  readonly state: ReadonlySignal<HostState> = this.#state;
  readonly me: ReadonlySignal<Me | null> = this.#me;
  /** Everybody known, by id. */
  readonly peers: ReadonlySignal<ReadonlyMap<string, PeerView>> = computed(
    () => new Map([...this.#everybody.value].filter(([, peer]) => peer.kind === 'person')),
  );
  /** This node's echo contact, while it can be called. It is nobody. */
  readonly echo: ReadonlySignal<PeerView | null> = computed(
    () => [...this.#everybody.value.values()].find((peer) => peer.kind === 'echo') ?? null,
  );
  readonly call: ReadonlySignal<CallView | null> = this.#call;
  /** How each conversation looks from outside, by who it is with. */
  readonly conversations: ReadonlySignal<ReadonlyMap<string, ConversationView>> = this.#conversations;
  readonly refusal: ReadonlySignal<Refusal | null> = this.#refusal;

  constructor(host: Host, caps: PageCaps) {
    this.#line = host.connect(
      caps,
      (notice) => this.#take(notice),
      (state) => this.#become(state),
    );
  }

  /** Ask something of the node. What it refused before is then old news, unless it was asked by the engine. */
  send(command: Command): void {
    this.#line.send(command);
  }

  /** Hear of every order to the engine, in order. */
  onOrder(hear: (order: EngineOrder) => void): void {
    this.#onOrder.add(hear);
  }

  /** Hear of everything about conversations, in order. */
  onNews(hear: (news: News) => void): void {
    this.#onNews.add(hear);
  }

  /** Hear that the node told everything anew: what it was asked before is not answered any more. */
  onSnapshot(hear: (snapshot: Snapshot) => void): void {
    this.#onSnapshot.add(hear);
  }

  /** Hear whose conversation a link asks for. */
  onOpen(hear: (peer: string) => void): void {
    this.#onOpen.add(hear);
  }

  /** Put away the words about what was refused. */
  forgetRefusal(): void {
    this.#refusal.value = null;
  }

  #become(state: HostState): void {
    // A node that is looked for again and again is gone since the first time.
    if (state === this.#state.peek()) return;
    clearTimeout(this.#giveUp);
    this.#state.value = state;
    if (state === 'gone' || state === 'denied') {
      this.#giveUp = setTimeout(
        () => {
          this.#call.value = null;
        },
        state === 'denied' ? 0 : CALL_OUTLIVES_NODE_MS,
      );
    }
  }

  #take(notice: Notice): void {
    switch (notice.type) {
      case 'snapshot': {
        const { me, peers, call, conversations } = notice.snapshot;
        batch(() => {
          this.#me.value = me;
          this.#everybody.value = new Map(peers.map((peer) => [peer.peer, peer]));
          this.#call.value = call;
          this.#conversations.value = new Map(conversations.map((talk) => [talk.peer, talk]));
          for (const hear of this.#onSnapshot) hear(notice.snapshot);
        });
        return;
      }
      case 'me':
        this.#me.value = notice.me;
        return;
      case 'peer':
        this.#everybody.value = new Map(this.#everybody.value).set(notice.peer.peer, notice.peer);
        return;
      case 'peer_gone': {
        const everybody = new Map(this.#everybody.value);
        everybody.delete(notice.peer);
        this.#everybody.value = everybody;
        return;
      }
      case 'call':
        this.#call.value = notice.call;
        return;
      case 'engine':
        for (const hear of this.#onOrder) hear(notice.order);
        return;
      case 'talk': {
        const { news } = notice;
        batch(() => {
          if (news.news === 'conversation') {
            const { conversation } = news;
            this.#conversations.value = new Map(this.#conversations.value).set(conversation.peer, conversation);
          }
          for (const hear of this.#onNews) hear(news);
        });
        return;
      }
      case 'open':
        for (const hear of this.#onOpen) hear(notice.peer);
        return;
      case 'refused':
        this.#refusals += 1;
        this.#refusal.value = { code: notice.code, n: this.#refusals };
        return;
    }
  }
}
