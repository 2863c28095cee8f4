/**
 * The way to the Rust half of an engine: words as text, pictures and sound as bytes. It lives in a worker, so that a
 * busy or hidden page delays no picture.
 */

import type { EngineWord, PageWord } from '../wire.gen';
import { isTyped, readTyped } from './typed';

/** Where the Rust half is, and the token it wants to see. */
export interface MediaDoor {
  readonly url: string;
  readonly token: string;
}

interface MediaSocketParts {
  readonly door: MediaDoor;
  readonly onWord: (word: EngineWord) => void;
  readonly onPacket: (packet: ArrayBuffer) => void;
  /** The other half is gone, or was never there. Not called after `close`. */
  readonly onLost: () => void;
  readonly Socket?: typeof WebSocket;
}

/** The most words that wait for the socket to open: orders of the node, and room. */
const EARLY_WORDS = 128;
/** All of them, or this does not compile. */
const ALL: Record<EngineWord['type'], true> = { report: true, rehearse: true, encode: true, hold: true };
const WORDS: ReadonlySet<string> = new Set(Object.keys(ALL));

export class MediaSocket {
  readonly #parts: MediaSocketParts;
  readonly #socket: WebSocket;
  /** Words from before the socket was open. */
  #early: PageWord[] = [];
  #open = false;

  constructor(parts: MediaSocketParts) {
    this.#parts = parts;
    const { door, Socket = WebSocket } = parts;
    const socket = new Socket(door.url);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      socket.send(JSON.stringify({ token: door.token }));
      this.#open = true;
      for (const word of this.#early) socket.send(JSON.stringify(word));
      this.#early = [];
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#hear(data);
    socket.onclose = () => parts.onLost();
  }

  /** Bytes that have not left yet; endless while nothing can leave. */
  get waiting(): number {
    return this.#open ? this.#socket.bufferedAmount : Number.POSITIVE_INFINITY;
  }

  say(word: PageWord): void {
    if (this.#open) this.#socket.send(JSON.stringify(word));
    else if (this.#early.length < EARLY_WORDS) this.#early.push(word);
  }

  /** Sends a packet; before the socket is open it is lost. */
  send(packet: ArrayBuffer): void {
    if (this.#open) this.#socket.send(packet);
  }

  close(): void {
    this.#socket.onclose = null;
    this.#socket.close();
  }

  #hear(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.#parts.onPacket(data);
      return;
    }
    const word = readTyped(data, isWord);
    if (word === null) console.warn('dogeller: a word of the engine was not understood');
    else this.#parts.onWord(word);
  }
}

function isWord(value: unknown): value is EngineWord {
  return isTyped(value, WORDS);
}
