/** What this person chose in a call: muted or not, camera on or not. It outlives a reload, and ends with the call. */

import { type ReadonlySignal, signal } from '@preact/signals-core';

/** `null`: nothing chosen, so what the call was asked with holds. */
export interface Choices {
  readonly microphone: boolean | null;
  readonly camera: boolean | null;
}

type Store = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'dogeller.choices';
const NONE: Choices = { microphone: null, camera: null };

export class CallChoices {
  readonly #store: Store;
  readonly #now = signal<Choices>(NONE);
  #call: string | null = null;

  readonly now: ReadonlySignal<Choices> = this.#now;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The call is this one now. */
  enter(call: string | null): void {
    if (call === this.#call) return;
    this.#call = call;
    this.#now.value = (call !== null && this.#kept(call)) || NONE;
  }

  choose(choice: Partial<Choices>): void {
    this.#now.value = { ...this.#now.peek(), ...choice };
    if (this.#call !== null) this.#store.setItem(KEY, JSON.stringify({ call: this.#call, ...this.#now.peek() }));
  }

  #kept(call: string): Choices | null {
    try {
      const kept: unknown = JSON.parse(this.#store.getItem(KEY) ?? 'null');
      if (typeof kept !== 'object' || kept === null || !('call' in kept) || kept.call !== call) return null;
      return {
        microphone: 'microphone' in kept && typeof kept.microphone === 'boolean' ? kept.microphone : null,
        camera: 'camera' in kept && typeof kept.camera === 'boolean' ? kept.camera : null,
      };
    } catch {
      return null;
    }
  }
}
