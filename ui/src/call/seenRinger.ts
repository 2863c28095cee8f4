/** On a phone the system rings while the app is in the back, so the page rings only while it is seen. */

import type { ReadonlySignal } from '@preact/signals-core';
import type { Ringer, Sound } from './ring';

/** Phones name themselves in what every page may read; an iPad calls itself a Mac, but no Mac is touched. */
export function systemRings({ userAgent, maxTouchPoints }: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): boolean {
  return /Android|iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}

export class SeenRinger implements Ringer {
  readonly #ringer: Ringer;
  readonly #page: Pick<Document, 'visibilityState' | 'addEventListener'>;
  #sound: Sound = 'none';

  readonly blocked: ReadonlySignal<boolean>;

  constructor(ringer: Ringer, page: Pick<Document, 'visibilityState' | 'addEventListener'>) {
    this.#ringer = ringer;
    this.#page = page;
    this.blocked = ringer.blocked;
    page.addEventListener('visibilitychange', () => this.#again());
  }

  play(sound: Sound): void {
    this.#sound = sound;
    this.#again();
  }

  #again(): void {
    const unseen = this.#sound === 'ring' && this.#page.visibilityState !== 'visible';
    this.#ringer.play(unseen ? 'none' : this.#sound);
  }
}
