/** Whether this person wears a headset. It holds for every call on this machine, until it is changed. */

import { type ReadonlySignal, signal } from '@preact/signals-core';

type Store = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'dogeller.headset';

export class Ears {
  readonly #store: Store;
  readonly #headset;
  readonly headset: ReadonlySignal<boolean>;

  constructor(store: Store) {
    this.#store = store;
    this.#headset = signal(store.getItem(KEY) === 'yes');
    this.headset = this.#headset;
  }

  toggle(): void {
    this.#headset.value = !this.#headset.peek();
    this.#store.setItem(KEY, this.#headset.peek() ? 'yes' : 'no');
  }
}
