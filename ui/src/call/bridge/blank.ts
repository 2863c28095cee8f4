/**
 * Black pictures while it rings, which nobody sees: what plays a picture is built when the first one comes, and in
 * WebKitGTK 2.50 that takes 30 to 45 ms. So it is there when the other side's first picture is.
 */

import { warn } from '../warn';

/** Of a stream that nobody plays yet, what is written is lost: until it is played, it is written again. */
const AGAIN_MS = 250;
/** What a camera mostly gives; another size costs a moment at the first picture. */
const WIDTH = 640;
const HEIGHT = 480;
const LIGHT = WIDTH * HEIGHT;
const COLOURS = LIGHT / 2;

export class Blank {
  readonly #write: (frame: VideoFrame) => void;
  #timer: ReturnType<typeof setInterval> | null = null;

  /** `write` takes a frame, which is its own to close. */
  constructor(write: (frame: VideoFrame) => void) {
    this.#write = write;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#again(), AGAIN_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #again(): void {
    try {
      this.#write(black());
    } catch (error) {
      warn('no picture was shown in advance')(error);
      this.stop();
    }
  }
}

/** Black of a video (ITU-R BT.601): 16, and no colour. */
function black(): VideoFrame {
  const data = new Uint8Array(LIGHT + COLOURS).fill(16, 0, LIGHT).fill(128, LIGHT);
  return new VideoFrame(data, { format: 'I420', codedWidth: WIDTH, codedHeight: HEIGHT, timestamp: 0 });
}
