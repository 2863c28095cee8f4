/**
 * Tracks taken apart into frames and made of frames (W3C mediacapture-transform). TypeScript does not know these yet, and
 * WebKit has them in workers alone.
 */

export interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

export interface TrackGenerator {
  readonly track: MediaStreamTrack;
  readonly writable: WritableStream<VideoFrame>;
}

/** Both constructors, where there are both. */
export interface Breakout {
  readonly Processor: new (init: { track: MediaStreamTrack; maxBufferSize?: number }) => TrackProcessor;
  readonly Generator: new () => TrackGenerator;
}

export function breakout(scope: object): Breakout | null {
  const Processor: unknown = Reflect.get(scope, 'MediaStreamTrackProcessor');
  const Generator: unknown = Reflect.get(scope, 'VideoTrackGenerator');
  if (typeof Processor !== 'function' || typeof Generator !== 'function') return null;
  return { Processor: Processor as Breakout['Processor'], Generator: Generator as Breakout['Generator'] };
}
