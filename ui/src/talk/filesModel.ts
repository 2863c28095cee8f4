/** Files in conversations as signals: what this person sends, what goes on with each offer, and what was pasted. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { NodeModel } from '../node/nodeModel';
import type { Ask, Entry, Going, GoingView, News, NotWritten, Parcel, Wish } from '../wire.gen';
import type { Chosen } from './chosen';
import { parcelOf } from './parcel';
import { arePictures, pasted } from './pasted';
import { notSent, type Sending, type SendingPorts, Sendings } from './sendings';
import { isOver, type Run } from './transfer';

/** What was pasted and waits for an answer. */
export interface Pasted {
  readonly peer: string;
  readonly files: readonly Chosen[];
  readonly parcel: Parcel;
  readonly pictures: boolean;
}

export interface FilesPorts extends Omit<SendingPorts, 'ask'> {
  readonly node: NodeModel;
}

export class FilesModel {
  readonly #node: NodeModel;
  readonly #sendings: Sendings;
  readonly #runs = signal<ReadonlyMap<string, Run>>(new Map());
  readonly #notDone = signal<ReadonlyMap<string, NotWritten>>(new Map());
  readonly #pasted = signal<Pasted | null>(null);
  /** Offers of which something was wished that nothing was heard of yet. */
  readonly #wished = new Set<string>();

  /** What does not stand in a conversation yet, by message, the oldest first. */
  readonly sendings: ReadonlySignal<ReadonlyMap<string, Sending>>;
  /** What goes on with offers that are not over, by `keyOf`. */
  readonly runs: ReadonlySignal<ReadonlyMap<string, Run>> = this.#runs;
  /** Why what was wished of an offer was not done, by its message. */
  readonly notDone: ReadonlySignal<ReadonlyMap<string, NotWritten>> = this.#notDone;
  readonly pasted: ReadonlySignal<Pasted | null> = this.#pasted;

  constructor({ node, ...ports }: FilesPorts) {
    this.#node = node;
    this.#sendings = new Sendings({ ...ports, ask: (ask) => this.#ask(ask) });
    this.sendings = this.#sendings.all;
    node.onNews((news) => this.#take(news));
    node.onSnapshot(({ going }) => this.#begin(going));
  }

  send(peer: string, files: readonly Chosen[]): void {
    this.#sendings.send(peer, files);
  }

  /** Sends what is still to be read; `outline` is what is known of it before. */
  sendRead(peer: string, outline: Parcel, read: (signal: AbortSignal) => Promise<readonly Chosen[]>): void {
    this.#sendings.sendRead(peer, outline, read);
  }

  /** It is not sent after all, or why it was not has been read. */
  stop(message: string): void {
    this.#sendings.stop(message);
  }

  wish(peer: string, { what }: Entry, wish: Wish): void {
    if (what.is !== 'files') return;
    const { message, author } = what;
    this.#say(message, null);
    this.#wished.add(message);
    this.#ask({ ask: 'files', peer, message, mine: author.who === 'me', wish });
  }

  /** Asks whether what was pasted is to be sent; `at` is the time, in milliseconds since 1970. */
  paste(peer: string, files: readonly File[], at: number): void {
    if (files.length === 0) return;
    const chosen = pasted(files, at);
    this.#pasted.value = { peer, files: chosen, parcel: parcelOf(chosen), pictures: arePictures(chosen) };
  }

  sendPasted(): void {
    const waits = this.#pasted.peek();
    if (waits !== null) this.send(waits.peer, waits.files);
    this.forgetPasted();
  }

  forgetPasted(): void {
    this.#pasted.value = null;
  }

  #ask(ask: Ask): void {
    this.#node.send({ type: 'talk', ask });
  }

  /** The node begins anew: what went on is told anew too. How much has come meanwhile is still true. */
  #begin(going: readonly GoingView[]): void {
    const before = this.#runs.peek();
    this.#runs.value = new Map(
      going.map((view) => [keyOf(view), advanced(before.get(keyOf(view)), view.going)] as const),
    );
    this.#wished.clear();
    this.#notDone.value = new Map();
    this.#sendings.askAgain();
  }

  #take(news: News): void {
    switch (news.news) {
      case 'entry':
        this.#stands(news.peer, news.entry);
        return;
      case 'entries':
        for (const entry of news.entries) this.#stands(news.peer, entry);
        return;
      case 'going': {
        const key = keyOf(news.going);
        const run = advanced(this.#runs.peek().get(key), news.going.going);
        this.#runs.value = new Map(this.#runs.peek()).set(key, run);
        return;
      }
      case 'not_offered':
        this.#sendings.refused(news.message, news.why);
        return;
      case 'not_written':
        if (this.#sendings.refused(news.message, notSent(news.why))) return;
        if (this.#wished.delete(news.message)) this.#say(news.message, news.why);
        return;
      case 'conversation':
      case 'gone':
      case 'typing':
      case 'hits':
      case 'thumbnail':
      case 'exported':
        return;
    }
  }

  #stands(peer: string, entry: Entry): void {
    const { what } = entry;
    if (what.is !== 'files') return;
    const { message, author, stage } = what;
    const mine = author.who === 'me';
    this.#wished.delete(message);
    this.#say(message, null);
    const unwanted = mine && this.#sendings.stands(message);
    if (!isOver(stage)) {
      if (unwanted) this.wish(peer, entry, 'cancel');
      return;
    }
    const runs = new Map(this.#runs.peek());
    if (runs.delete(keyOf({ peer, message, mine }))) this.#runs.value = runs;
  }

  /** Why what was wished was not done; `null`: nothing is known against it. */
  #say(message: string, why: NotWritten | null): void {
    const reasons = new Map(this.#notDone.peek());
    if (why !== null) reasons.set(message, why);
    else if (!reasons.delete(message)) return;
    this.#notDone.value = reasons;
  }
}

/** With whom, which offer, and whose. */
export function keyOf({ peer, message, mine }: Pick<GoingView, 'peer' | 'message' | 'mine'>): string {
  return `${peer} ${message} ${mine}`;
}

function advanced(before: Run | undefined, going: Going): Run {
  return { going, moved: going.is === 'moving' ? going.bytes : (before?.moved ?? null) };
}
