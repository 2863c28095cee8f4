/** The other side's pictures: VP8 in, frames out. What cannot be shown is dropped until a key frame comes, which is asked for. */

import { warn } from '../warn';
import { keyFrameSize, type Size } from './packets';

/** A key frame that was asked for is on its way for a while. */
const ASKED_MS = 400;
/** More than this waits in the decoder, a second of pictures: this machine fell behind, and begins again at the present. */
const DECODING = 30;

interface DecodingParts {
  /** Takes a frame, which is its own to close. */
  readonly show: (frame: VideoFrame) => void;
  /** A key frame is needed. */
  readonly askKey: () => void;
  readonly Decoder: typeof VideoDecoder;
  readonly Chunk: typeof EncodedVideoChunk;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

export class Decoding {
  readonly #parts: DecodingParts;
  #decoder: VideoDecoder | null = null;
  #size: Size | null = null;
  #needsKey = true;
  #asked = Number.NEGATIVE_INFINITY;

  constructor(parts: DecodingParts) {
    this.#parts = parts;
  }

  /** A picture came; `time` in microseconds. */
  take(key: boolean, time: number, data: Uint8Array): void {
    if ((this.#decoder?.decodeQueueSize ?? 0) > DECODING) this.#drop();
    if (this.#needsKey && !key) {
      this.#ask();
      return;
    }
    try {
      const decoder = this.#decoder ?? this.#make();
      if (key && !this.#configure(decoder, data)) {
        this.#ask();
        return;
      }
      this.#needsKey = false;
      const type = key ? 'key' : 'delta';
      decoder.decode(new this.#parts.Chunk({ type, timestamp: Math.round(time), data }));
    } catch (error) {
      this.#broke(error);
    }
  }

  close(): void {
    this.#drop();
  }

  #make(): VideoDecoder {
    const decoder = new this.#parts.Decoder({
      output: (frame) => this.#parts.show(frame),
      error: (error) => {
        if (this.#decoder === decoder) this.#broke(error);
      },
    });
    this.#decoder = decoder;
    return decoder;
  }

  /** A decoder that is not told keeps saying the first size it saw (WebKitGTK 2.50, measured). */
  #configure(decoder: VideoDecoder, data: Uint8Array): boolean {
    const size = keyFrameSize(data);
    if (size === null) return false;
    if (this.#size?.width !== size.width || this.#size.height !== size.height) {
      const { width: codedWidth, height: codedHeight } = size;
      decoder.configure({ codec: 'vp8', codedWidth, codedHeight, optimizeForLatency: true });
      this.#size = size;
    }
    return true;
  }

  #broke(error: unknown): void {
    warn('a picture was not decoded')(error);
    this.#drop();
    this.#ask();
  }

  #ask(): void {
    const now = this.#parts.now();
    if (now - this.#asked < ASKED_MS) return;
    this.#asked = now;
    this.#parts.askKey();
  }

  #drop(): void {
    const decoder = this.#decoder;
    this.#decoder = null;
    this.#size = null;
    this.#needsKey = true;
    if (decoder !== null && decoder.state !== 'closed') decoder.close();
  }
}
