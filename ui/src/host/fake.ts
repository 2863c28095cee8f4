/** A scripted host: says what a test or the gallery tells it to, and keeps what the page asked. */

import type { Command, Notice, PageCaps } from '../wire.gen';
import type { Host, HostState, Line } from './host';

export class FakeHost implements Host {
  readonly kind: 'window' | 'browser';
  /** Everything the page asked, in order. */
  readonly asked: Command[] = [];
  caps: PageCaps | null = null;
  #onNotice: (notice: Notice) => void = () => undefined;
  #onState: (state: HostState) => void = () => undefined;

  constructor(kind: 'window' | 'browser' = 'browser') {
    this.kind = kind;
  }

  connect(caps: PageCaps, onNotice: (notice: Notice) => void, onState: (state: HostState) => void): Line {
    this.caps = caps;
    this.#onNotice = onNotice;
    this.#onState = onState;
    return { send: (command) => this.asked.push(command) };
  }

  /** The node says this. */
  say(...notices: Notice[]): void {
    for (const notice of notices) this.#onNotice(notice);
  }

  /** The way to the node becomes this. */
  become(state: HostState): void {
    this.#onState(state);
  }
}
