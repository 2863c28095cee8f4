/** A scripted host, which says what a test or the gallery tells it to, and a socket that a test holds the other end of. */

import type { Command, Notice, PageCaps } from '../wire.gen';
import type { HandOver } from './handOver';
import type { Host, HostState, Line } from './host';

export class FakeHost implements Host {
  readonly kind: 'window' | 'browser';
  /** Everything the page asked, in order. */
  readonly asked: Command[] = [];
  /** Every file it handed over, in order. */
  readonly handed: { readonly message: string; readonly path: string; readonly content: Blob }[] = [];
  /** What becomes of a file that is handed over. */
  takes: HandOver = async () => undefined;
  caps: PageCaps | null = null;
  #onNotice: (notice: Notice) => void = () => undefined;
  #onState: (state: HostState) => void = () => undefined;

  constructor(kind: 'window' | 'browser' = 'browser') {
    this.kind = kind;
  }

  async media(): Promise<null> {
    return null;
  }

  connect(caps: PageCaps, onNotice: (notice: Notice) => void, onState: (state: HostState) => void): Line {
    this.caps = caps;
    this.#onNotice = onNotice;
    this.#onState = onState;
    return { send: (command) => this.asked.push(command) };
  }

  async handOver(...what: Parameters<HandOver>): Promise<void> {
    const [message, path, content] = what;
    this.handed.push({ message, path, content });
    await this.takes(...what);
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

/** What a media socket needs of a `WebSocket`, with the other end in the test's hands. */
export class FakeMediaSocket {
  static made: FakeMediaSocket[] = [];
  readonly url: string;
  readonly sent: Array<string | ArrayBuffer> = [];
  bufferedAmount = 0;
  binaryType = 'blob';
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(url: string) {
    if (url === '') throw new DOMException('', 'SyntaxError');
    this.url = url;
    FakeMediaSocket.made.push(this);
  }

  send(data: string | ArrayBuffer): void {
    this.sent.push(data);
  }

  close(): void {
    this.closed = true;
    // A browser says so later, and to whoever listens then.
    queueMicrotask(() => this.onclose?.());
  }

  /** The words that were sent, without the greeting. */
  get words(): unknown[] {
    return this.sent.flatMap((data): unknown[] => (typeof data === 'string' ? [JSON.parse(data)] : [])).slice(1);
  }

  get packets(): ArrayBuffer[] {
    return this.sent.filter((data) => data instanceof ArrayBuffer);
  }

  hears(word: object | ArrayBuffer): void {
    this.onmessage?.({ data: word instanceof ArrayBuffer ? word : JSON.stringify(word) });
  }

  static as(): typeof WebSocket {
    return FakeMediaSocket as unknown as typeof WebSocket;
  }

  static newest(): FakeMediaSocket {
    const socket = FakeMediaSocket.made.at(-1);
    if (socket === undefined) throw new Error('no socket was opened');
    return socket;
  }
}
