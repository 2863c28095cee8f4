/**
 * What a webview really can do: one picture is encoded and decoded. What `isConfigSupported` says tells nothing, since
 * WebKitGTK says yes to everything.
 */

import { breakout } from './breakout';
import type { Probed } from './threads';

/** How long one picture may take: GStreamer may have to look at all its plugins first. */
const LONGEST_MS = 5000;
const SIDE = 64;

/** To be run in the worker; GStreamer must have been started by the page. */
export async function tryCodecs(scope: typeof globalThis): Promise<Probed> {
  const { VideoEncoder: Encoder, VideoDecoder: Decoder, VideoFrame: Frame } = scope;
  if (Encoder === undefined || Decoder === undefined || Frame === undefined) return { missing: 'webcodecs' };
  const tried = await Promise.race([roundTrip(scope), passed(LONGEST_MS)]).catch(() => false);
  if (tried !== true) return { missing: 'vp8' };
  return { can: breakout(scope) === null ? 'frames' : 'tracks' };
}

async function roundTrip(scope: typeof globalThis): Promise<boolean> {
  const data = await encoded(scope);
  return decodes(scope, data);
}

function encoded(scope: typeof globalThis): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const encoder = new scope.VideoEncoder({
      output: (chunk) => {
        const data = new Uint8Array(chunk.byteLength);
        chunk.copyTo(data);
        encoder.close();
        resolve(data);
      },
      error: reject,
    });
    encoder.configure({
      codec: 'vp8',
      width: SIDE,
      height: SIDE,
      bitrate: 100_000,
      framerate: 30,
      latencyMode: 'realtime',
    });
    const grey = new Uint8Array((SIDE * SIDE * 3) / 2).fill(128);
    const frame = new scope.VideoFrame(grey, { format: 'I420', codedWidth: SIDE, codedHeight: SIDE, timestamp: 0 });
    encoder.encode(frame, { keyFrame: true });
    frame.close();
    // One picture may lie in the encoder until it is asked for.
    encoder.flush().catch(() => undefined);
  });
}

function decodes(scope: typeof globalThis, data: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const decoder = new scope.VideoDecoder({
      output: (frame) => {
        const right = frame.codedWidth >= SIDE;
        frame.close();
        decoder.close();
        resolve(right);
      },
      error: reject,
    });
    decoder.configure({ codec: 'vp8', codedWidth: SIDE, codedHeight: SIDE, optimizeForLatency: true });
    decoder.decode(new scope.EncodedVideoChunk({ type: 'key', timestamp: 0, data }));
    decoder.flush().catch(() => undefined);
  });
}

function passed(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms));
}
