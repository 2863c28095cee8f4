/** What the pictures of offers look like, in short: asked of the node when they come in sight, the last of them kept. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { NodeModel } from '../node/nodeModel';
import type { Ask, News } from '../wire.gen';
import { keyOf } from './filesModel';

type Question = Extract<Ask, { ask: 'thumbnail' }>;
type Answer = Extract<News, { news: 'thumbnail' }>;

/** Many screens full of them; one is at most 64 KiB. */
export const MOST_KEPT = 200;
/** No screen shows more. The node drops a page that asks too much at once, so no more is asked again either. */
export const MOST_ASKED = 50;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export class Thumbnails {
  readonly #node: NodeModel;
  readonly #pictures = signal<ReadonlyMap<string, string | null>>(new Map());
  /** Which of the pictures were wanted, the longest ago first. */
  readonly #used = new Set<string>();
  /** What was not answered yet, the oldest first. */
  readonly #asked = new Map<string, Question>();

  /** Addresses of pictures, by `keyOf` of the offer; `null`: there is none. */
  readonly pictures: ReadonlySignal<ReadonlyMap<string, string | null>> = this.#pictures;

  constructor({ node }: { readonly node: NodeModel }) {
    this.#node = node;
    node.onNews((news) => {
      if (news.news === 'thumbnail') this.#take(news);
    });
    node.onSnapshot(() => this.#askAgain());
  }

  /** The picture of an offer is about to be seen. */
  wanted(peer: string, message: string, mine: boolean): void {
    const key = keyOf({ peer, message, mine });
    if (this.#pictures.peek().has(key)) this.#use(key);
    else if (!this.#asked.has(key)) {
      const question: Question = { ask: 'thumbnail', peer, message, mine };
      this.#asked.set(key, question);
      for (const oldest of beyond(this.#asked, MOST_ASKED)) this.#asked.delete(oldest);
      this.#ask(question);
    }
  }

  #take({ jpeg, ...offer }: Answer): void {
    const key = keyOf(offer);
    this.#asked.delete(key);
    this.#use(key);
    const pictures = new Map(this.#pictures.peek()).set(key, jpeg === null ? null : addressOf(jpeg));
    for (const oldest of beyond(this.#used, MOST_KEPT)) {
      this.#used.delete(oldest);
      pictures.delete(oldest);
    }
    this.#pictures.value = pictures;
  }

  #use(key: string): void {
    this.#used.delete(key);
    this.#used.add(key);
  }

  /** What the node did not answer before it began anew, it does not know of. What it did answer is still true. */
  #askAgain(): void {
    for (const question of this.#asked.values()) this.#ask(question);
  }

  #ask(ask: Ask): void {
    this.#node.send({ type: 'talk', ask });
  }
}

/** Those that came first, so that no more than `most` are left without them. */
function beyond(keys: ReadonlySet<string> | ReadonlyMap<string, unknown>, most: number): readonly string[] {
  return [...keys.keys()].slice(0, Math.max(0, keys.size - most));
}

/** Anything else than a JPEG in base64 would be another address: it is none. */
function addressOf(jpeg: string): string | null {
  return BASE64.test(jpeg) ? `data:image/jpeg;base64,${jpeg}` : null;
}
