/**
 * The sound of a call on the thread of the sound card: microphone in, the other side's voice out, and both to and from
 * the worker over one port, so that a busy or hidden page is not heard.
 */

import { Blocks } from './blocks';
import { Playout, RATE } from './playout';

// TypeScript has no types for the scope of a worklet.
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

class VoiceProcessor extends AudioWorkletProcessor {
  readonly #playout = new Playout();
  readonly #blocks = new Blocks((block) => this.#worker?.postMessage(block, [block.buffer]));
  #worker: MessagePort | null = null;
  #frames = 0;
  #ended = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<unknown>) => this.#obey(data);
  }

  process(inputs: readonly (readonly Float32Array[])[], outputs: readonly (readonly Float32Array[])[]): boolean {
    const out = outputs[0]?.[0];
    if (this.#ended || out === undefined) return !this.#ended;
    this.#playout.play(out);
    this.#blocks.add(inputs[0]?.[0], out);
    this.#frames += out.length;
    if (this.#frames >= RATE) {
      this.#frames -= RATE;
      this.#worker?.postMessage(this.#playout.take());
    }
    return true;
  }

  #obey(order: unknown): void {
    if (typeof order !== 'object' || order === null) return;
    if ('port' in order && order.port instanceof MessagePort) {
      this.#worker?.close();
      this.#worker = order.port;
      this.#worker.onmessage = ({ data }: MessageEvent<unknown>) => this.#playout.put(data);
    }
    if ('end' in order && order.end === true) {
      this.#ended = true;
      this.#worker?.close();
      this.#worker = null;
    }
  }
}

registerProcessor('voice', VoiceProcessor);
