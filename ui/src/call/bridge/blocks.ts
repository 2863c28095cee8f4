/** Collects the quanta of the sound card to blocks: the microphone, and what was played in the very same frames. */

import { BLOCK } from './playout';

export class Blocks {
  readonly #send: (block: Float32Array<ArrayBuffer>) => void;
  #block = new Float32Array(2 * BLOCK);
  #frames = 0;

  /** `send` may give the block away; it is not used again. */
  constructor(send: (block: Float32Array<ArrayBuffer>) => void) {
    this.#send = send;
  }

  /** As many frames as were played. There is no microphone while none is connected. */
  add(microphone: Float32Array | undefined, played: Float32Array): void {
    for (let i = 0; i < played.length; i++) {
      this.#block[this.#frames] = microphone?.[i] ?? 0;
      this.#block[BLOCK + this.#frames] = played[i] ?? 0;
      this.#frames += 1;
      if (this.#frames < BLOCK) continue;
      const full = this.#block;
      this.#block = new Float32Array(2 * BLOCK);
      this.#frames = 0;
      this.#send(full);
    }
  }
}
