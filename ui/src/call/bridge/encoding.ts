/**
 * This side's pictures: camera or screen in, VP8 out. The other half says whether they are wanted and how; what is not
 * wanted, or comes while the encoder is busy, is dropped before it is encoded, and nothing ever queues.
 */

import type { Content } from '../engine';
import { warn } from '../warn';
import { picturePacket } from './packets';
import { Sizing } from './size';

/** More than this has not left yet: the other half has no time. */
const WAITING_BYTES = 200_000;
/** Frames in the encoder. */
const ENCODING = 1;
/** A change of the bits by less than this share is not worth configuring an encoder for. */
const LITTLE = 0.1;
/** The most bytes of a picture that the other half takes. */
const PICTURE_BYTES = 2 * 1024 * 1024;
/** A picture that is encoded before both said yes is so old at most when they have. */
const REHEARSED_MS = 200;
const REHEARSALS = 1000 / REHEARSED_MS;
const RATE = 30;
const SCREEN_RATE = 15;

interface EncodingParts {
  readonly send: (packet: ArrayBuffer) => void;
  /** Bytes that have not left yet. */
  readonly waiting: () => number;
  readonly Encoder: typeof VideoEncoder;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

interface Wanted {
  readonly bits: number;
  readonly key: boolean;
}

/** How pictures are encoded: as they come, or a key frame now and then, of which one may be the first that is shown. */
type Mode = ({ readonly is: 'live' } & Wanted) | { readonly is: 'rehearsal'; readonly bits: number };

/** What an encoder is configured for. */
interface Configured {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly content: Content;
}

export class Encoding {
  readonly #parts: EncodingParts;
  readonly #sizing = new Sizing();
  #mode: Mode | null = null;
  #rehearsed = Number.NEGATIVE_INFINITY;
  #encoder: VideoEncoder | null = null;
  #configured: Configured | null = null;

  constructor(parts: EncodingParts) {
    this.#parts = parts;
  }

  /** Pictures are wanted, encoded so, until this changes; the key frame is one. `null`: none is wanted. */
  want(wanted: Wanted | null): void {
    this.#mode = wanted === null ? null : { is: 'live', ...wanted };
  }

  /** Both have not said yes: whatever takes time when they have is done now. */
  rehearse(bits: number): void {
    this.#mode = { is: 'rehearsal', bits };
  }

  /** Takes a frame, which is this one's to close. */
  take(frame: VideoFrame, content: Content): void {
    const { now, waiting } = this.#parts;
    const time = now();
    const mode = this.#mode;
    const early = mode?.is === 'rehearsal' && time - this.#rehearsed < REHEARSED_MS;
    if (mode === null || early || waiting() > WAITING_BYTES) {
      frame.close();
      return;
    }
    const busy = (this.#encoder?.encodeQueueSize ?? 0) > ENCODING;
    this.#sizing.taken(busy, time);
    if (busy) {
      frame.close();
      return;
    }
    let stamped: VideoFrame | null = null;
    try {
      // Frames of a canvas carry a time that makes no sense, and those of a camera one of its own clock.
      stamped = new VideoFrame(frame, { timestamp: Math.round(time * 1000) });
      this.#encode(stamped, mode, content);
    } catch (error) {
      this.#broke(error);
    } finally {
      frame.close();
      stamped?.close();
    }
  }

  close(): void {
    this.#mode = null;
    this.#drop();
  }

  #encode(frame: VideoFrame, mode: Mode, content: Content): void {
    const size = this.#sizing.fit(
      { width: frame.displayWidth, height: frame.displayHeight },
      content,
      mode.bits,
      this.#parts.now(),
    );
    const encoder = this.#encoder ?? this.#make();
    // An encoder looks at the time between pictures: at these bits, a few key frames a second would be six times as large.
    const share = mode.is === 'rehearsal' ? REHEARSALS / RATE : 1;
    const bits = Math.round(this.#sizing.spend(size, content, mode.bits) * share);
    const changed = this.#configure(encoder, { ...size, bits, content });
    const key = mode.is === 'rehearsal' || mode.key || changed;
    if (mode.is === 'live') this.#mode = { ...mode, key: false };
    else this.#rehearsed = this.#parts.now();
    encoder.encode(frame, { keyFrame: key });
  }

  #make(): VideoEncoder {
    const encoder = new this.#parts.Encoder({
      output: (chunk) => {
        if (chunk.byteLength <= PICTURE_BYTES) {
          this.#parts.send(picturePacket(chunk.byteLength, chunk.timestamp, (into) => chunk.copyTo(into)));
        } else if (this.#mode?.is === 'live') {
          // The other half would not take it, and nothing after it could be shown.
          this.#mode = { ...this.#mode, key: true };
        }
      },
      error: (error) => {
        if (this.#encoder === encoder) this.#broke(error);
      },
    });
    this.#encoder = encoder;
    return encoder;
  }

  /** Whether what follows can only be shown with a key frame. */
  #configure(encoder: VideoEncoder, wanted: Configured): boolean {
    const now = this.#configured;
    const sameSize = now?.width === wanted.width && now.height === wanted.height && now.content === wanted.content;
    if (sameSize && Math.abs(now.bits - wanted.bits) <= now.bits * LITTLE) return false;
    encoder.configure({
      codec: 'vp8',
      width: wanted.width,
      height: wanted.height,
      bitrate: wanted.bits,
      framerate: wanted.content === 'screen' ? SCREEN_RATE : RATE,
      latencyMode: 'realtime',
    });
    this.#configured = wanted;
    return !sameSize;
  }

  /** The next encoder begins with a key frame, as every one does; one that was asked for and lost is made up for so. */
  #broke(error: unknown): void {
    warn('a picture was not encoded')(error);
    this.#drop();
  }

  #drop(): void {
    const encoder = this.#encoder;
    this.#encoder = null;
    this.#configured = null;
    if (encoder !== null && encoder.state !== 'closed') encoder.close();
  }
}
