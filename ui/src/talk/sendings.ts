/** What this person sends, until it stands in a conversation: read, handed over to the node, asked for, or why not. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import { type HandOver, HandOverError, type NotHandedOver } from '../host/handOver';
import type { Ask, NotOffered, NotWritten, Parcel } from '../wire.gen';
import { type Chosen, ChosenError, distinct, MOST_ITEMS } from './chosen';
import { parcelOf } from './parcel';
import { hex } from './writing';

/** Why it was not sent. */
export type NotSent = NotOffered | NotHandedOver | 'nothing' | 'nobody' | 'too_many_wait';

/**
 * How far it is:
 * - `reading`: what lies in a folder is looked for
 * - `handing`: so many of its bytes were handed over
 * - `asked`: the node is asked to offer it
 * - `failed`: it is not sent
 */
export type Stand =
  | { readonly is: 'reading' }
  | { readonly is: 'handing'; readonly bytes: number }
  | { readonly is: 'asked' }
  | { readonly is: 'failed'; readonly why: NotSent };

export interface Sending {
  readonly message: string;
  readonly peer: string;
  readonly parcel: Parcel;
  readonly stand: Stand;
}

export interface SendingPorts {
  readonly ask: (ask: Ask) => void;
  readonly handOver: HandOver;
  readonly now: () => number;
  /** 16 random bytes. */
  readonly random: () => Uint8Array;
}

/** More often nobody reads how far it is. */
const TOLD_EVERY_MS = 100;

export class Sendings {
  readonly #ports: SendingPorts;
  readonly #all = signal<ReadonlyMap<string, Sending>>(new Map());
  /** What stops each one that is read or handed over. */
  readonly #stops = new Map<string, AbortController>();
  /** Offers that were stopped when it was too late to keep them from being made. */
  readonly #unwanted = new Set<string>();

  /** By message, the oldest first. */
  readonly all: ReadonlySignal<ReadonlyMap<string, Sending>> = this.#all;

  constructor(ports: SendingPorts) {
    this.#ports = ports;
  }

  send(peer: string, files: readonly Chosen[]): void {
    const message = hex(this.#ports.random());
    const stop = this.#begin({ message, peer, parcel: parcelOf(files), stand: { is: 'handing', bytes: 0 } });
    void this.#handOver(message, distinct(files), stop.signal);
  }

  /** Sends what is still to be read; `outline` is what is known of it before. */
  sendRead(peer: string, outline: Parcel, read: (signal: AbortSignal) => Promise<readonly Chosen[]>): void {
    const message = hex(this.#ports.random());
    const stop = this.#begin({ message, peer, parcel: outline, stand: { is: 'reading' } });
    const handOver = (files: readonly Chosen[]) => {
      // Where there is nothing, what it was called is all there is to show.
      if (files.length > 0) this.#change(message, { parcel: parcelOf(files) });
      return this.#handOver(message, files, stop.signal);
    };
    const fail = (error: unknown) => this.#fail(message, error instanceof ChosenError ? error.why : 'unreadable');
    read(stop.signal).then(handOver, fail);
  }

  /** It is not sent after all, or why it was not has been read. */
  stop(message: string): void {
    const sending = this.#all.peek().get(message);
    this.#remove(message);
    if (sending === undefined || sending.stand.is === 'reading') return;
    if (sending.stand.is === 'asked') this.#unwanted.add(message);
    // What was handed over lies at the node for nothing.
    else this.#ports.ask({ ask: 'files', peer: sending.peer, message, mine: true, wish: 'cancel' });
  }

  /** It stands in its conversation. Says whether nobody wants it any more. */
  stands(message: string): boolean {
    this.#remove(message);
    return this.#unwanted.delete(message);
  }

  /** The node did not offer it; false where it is none of these. */
  refused(message: string, why: NotSent): boolean {
    const unwanted = this.#unwanted.delete(message);
    const known = this.#all.peek().has(message);
    this.#fail(message, why);
    return unwanted || known;
  }

  /** Asks anew for what was not answered: what the node is asked twice by one id it does once. */
  askAgain(): void {
    for (const { message, peer, stand } of this.#all.peek().values())
      if (stand.is === 'asked') this.#ask(peer, message);
  }

  async #handOver(message: string, files: readonly Chosen[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (files.length === 0 || files.length > MOST_ITEMS) {
      this.#fail(message, files.length === 0 ? 'nothing' : 'too_much');
      return;
    }
    const { handOver, now } = this.#ports;
    let done = 0;
    let told = Number.NEGATIVE_INFINITY;
    const tell = (bytes: number) => {
      if (signal.aborted || now() - told < TOLD_EVERY_MS) return;
      told = now();
      this.#change(message, { stand: { is: 'handing', bytes } });
    };
    tell(0);
    try {
      for (const { path, content } of files) {
        await handOver(message, path, content, { signal, onBytes: (bytes) => tell(done + bytes) });
        if (signal.aborted) return;
        done += content.size;
        tell(done);
      }
    } catch (error) {
      if (!signal.aborted) this.#fail(message, error instanceof HandOverError ? error.why : 'failed');
      return;
    }
    const peer = this.#all.peek().get(message)?.peer;
    if (peer === undefined) return;
    this.#change(message, { stand: { is: 'asked' } });
    this.#ask(peer, message);
  }

  #ask(peer: string, message: string): void {
    this.#ports.ask({ ask: 'offer', peer, message, paths: null });
  }

  #begin(sending: Sending): AbortController {
    const stop = new AbortController();
    this.#stops.set(sending.message, stop);
    this.#all.value = new Map(this.#all.peek()).set(sending.message, sending);
    return stop;
  }

  #change(message: string, change: Partial<Pick<Sending, 'parcel' | 'stand'>>): void {
    const sending = this.#all.peek().get(message);
    if (sending !== undefined) this.#all.value = new Map(this.#all.peek()).set(message, { ...sending, ...change });
  }

  #fail(message: string, why: NotSent): void {
    this.#change(message, { stand: { is: 'failed', why } });
  }

  #remove(message: string): void {
    this.#stops.get(message)?.abort();
    this.#stops.delete(message);
    const all = new Map(this.#all.peek());
    if (all.delete(message)) this.#all.value = all;
  }
}

/** Of the reasons why something was not written those that an offer can have. */
export function notSent(why: NotWritten): NotSent {
  switch (why) {
    case 'disk_full':
    case 'nobody':
    case 'too_many_wait':
      return why;
    case 'empty':
    case 'too_long':
    case 'unshowable':
    case 'no_such_message':
    case 'not_kept':
      return 'not_kept';
  }
}
