/** The engine every browser has: one `RTCPeerConnection` for each attempt of a call. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import { Connection } from './connection';
import type { MediaEngine, Report, Sending, Signal, Start } from './engine';

/** The most signals kept for a connection that waits for its devices. */
export const WAITING_SIGNALS = 64;

/** What is for one attempt alone; a relayed frame is for the call. */
type ForConnection = Exclude<Signal, { order: 'relay' }>;

interface Waiting {
  readonly start: Start;
  readonly signals: ForConnection[];
}

/** Whether this page has what the engine needs; WebKitGTK does not. */
export function hasWebEngine(page: typeof globalThis): boolean {
  return typeof page.RTCPeerConnection === 'function';
}

export class WebEngine implements MediaEngine {
  readonly cleansSound = false;
  readonly headStart = 0;
  readonly #report: Report;
  readonly #remote = signal<MediaStream | null>(null);
  readonly remote: ReadonlySignal<MediaStream | null> = this.#remote;
  /** A connection that is to be made as soon as the devices are open. */
  #waiting: Waiting | null = null;
  #connection: Connection | null = null;
  #sending: Sending | null = null;
  #devicesWereOpened = false;

  constructor(report: Report) {
    this.#report = report;
  }

  start(start: Start, ready: Promise<void>): void {
    this.#connection?.close();
    this.#connection = null;
    this.#remote.value = null;
    const waiting: Waiting = { start, signals: [] };
    this.#waiting = waiting;
    void ready.then(() => {
      if (this.#waiting === waiting) this.#make(waiting);
    });
  }

  take(signal: Signal): void {
    if (signal.order === 'relay') {
      if (this.#connection?.call === signal.call) this.#connection.relay(signal.frame);
      return;
    }
    const waiting = this.#waiting;
    if (waiting !== null) {
      const { call, attempt } = waiting.start;
      const wanted = signal.call === call && signal.attempt === attempt;
      if (wanted && waiting.signals.length < WAITING_SIGNALS) waiting.signals.push(signal);
      return;
    }
    const connection = this.#connection;
    if (connection?.call === signal.call && connection.attempt === signal.attempt) hand(connection, signal);
  }

  send(sending: Sending | null): void {
    this.#sending = sending;
    this.#connection?.send(sending);
  }

  wear(): void {
    // The browser takes the echo out where the microphone is opened.
  }

  /** The browser's own is quick enough, and gets nothing before both said yes. */
  rehearse(): void {
    this.send(null);
  }

  devicesOpened(): void {
    this.#devicesWereOpened = true;
    this.#connection?.devicesOpened();
  }

  stop(call: string | null): void {
    if (call === null || this.#waiting?.start.call === call) this.#waiting = null;
    const connection = this.#connection;
    if (connection === null || (call !== null && connection.call !== call)) return;
    this.#connection = null;
    this.#remote.value = null;
    void connection.end();
  }

  #make({ start, signals }: Waiting): void {
    this.#waiting = null;
    try {
      this.#connection = new Connection({
        start,
        report: this.#report,
        onRemote: (stream) => {
          this.#remote.value = stream;
        },
        blind: !this.#devicesWereOpened,
      });
    } catch (error) {
      console.error('dogeller: no connection can be made', error);
      this.#report({ type: 'engine_failed', call: start.call });
      return;
    }
    this.#connection.send(this.#sending);
    for (const signal of signals) hand(this.#connection, signal);
  }
}

function hand(connection: Connection, signal: ForConnection): void {
  switch (signal.order) {
    case 'description':
      connection.take(signal.description);
      return;
    case 'candidate':
      connection.takeCandidate(signal.candidate);
      return;
  }
}
