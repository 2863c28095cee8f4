/** Takes one track apart into frames, until it is closed or the track ends. */

import { warn } from '../warn';
import type { Breakout } from './breakout';

export class TrackReader {
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #track: MediaStreamTrack;
  #closed = false;

  constructor(Processor: Breakout['Processor'], track: MediaStreamTrack, onFrame: (frame: VideoFrame) => void) {
    this.#track = track;
    this.#reader = new Processor({ track, maxBufferSize: 1 }).readable.getReader();
    void this.#read(onFrame);
  }

  /** The track was the reader's own: it ends. */
  close(): void {
    this.#closed = true;
    this.#reader.cancel().catch(() => undefined);
    this.#track.stop();
  }

  async #read(onFrame: (frame: VideoFrame) => void): Promise<void> {
    try {
      for (;;) {
        const { value: frame, done } = await this.#reader.read();
        if (done) return;
        if (this.#closed) frame.close();
        else onFrame(frame);
      }
    } catch (error) {
      if (!this.#closed) warn('a track could not be read')(error);
    }
  }
}
