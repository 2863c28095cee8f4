/**
 * For webviews that cannot take tracks apart or make them (and for tracks that give nothing when taken apart, as a shared
 * screen in WebKitGTK 2.50): frames from a video element, and a track from a canvas. Both need the page's own timers,
 * which stand still while its window is hidden.
 */

import { warn } from '../warn';

const FRAMES = 30;
const FRAME_MS = 1000 / FRAMES;

/** Takes frames from a track by playing it. */
export class ElementReader {
  readonly #video: HTMLVideoElement;
  /** Its own: WebKitGTK does not take it well when a track ends that an element plays, see `parts/Picture.tsx`. */
  readonly #track: MediaStreamTrack;
  readonly #timer: ReturnType<typeof setInterval>;
  #shown = -1;

  constructor(page: Document, track: MediaStreamTrack, onFrame: (frame: VideoFrame) => void) {
    const video = page.createElement('video');
    this.#video = video;
    video.muted = true;
    this.#track = track.clone();
    video.srcObject = new MediaStream([this.#track]);
    video.play().catch(() => undefined);
    this.#timer = setInterval(() => this.#take(onFrame), FRAME_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#video.srcObject = null;
    this.#track.stop();
  }

  #take(onFrame: (frame: VideoFrame) => void): void {
    const video = this.#video;
    const { currentTime } = video;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return;
    if (currentTime === this.#shown) return;
    this.#shown = currentTime;
    try {
      onFrame(new VideoFrame(video, { timestamp: Math.round(performance.now() * 1000) }));
    } catch (error) {
      // Between two pictures, or while the track changes: the next one comes in a moment.
      warn('a picture was not taken')(error);
    }
  }
}

/** Makes a track of frames by painting them. */
export class CanvasTrack {
  readonly #canvas: HTMLCanvasElement;
  readonly track: MediaStreamTrack | null;

  constructor(page: Document) {
    this.#canvas = page.createElement('canvas');
    // A canvas that was never painted on has nothing to capture.
    this.#canvas.getContext('2d');
    this.track = this.#canvas.captureStream(FRAMES).getVideoTracks()[0] ?? null;
  }

  /** Shows a frame, and closes it. */
  show(frame: VideoFrame): void {
    const canvas = this.#canvas;
    const { displayWidth, displayHeight } = frame;
    try {
      if (canvas.width !== displayWidth) canvas.width = displayWidth;
      if (canvas.height !== displayHeight) canvas.height = displayHeight;
      canvas.getContext('2d')?.drawImage(frame, 0, 0);
    } finally {
      frame.close();
    }
  }

  close(): void {
    this.track?.stop();
  }
}
