/** Pictures and sound as they travel between the two halves of the engine; `http/src/media/packet.rs` has the other. */

import { BLOCK } from './playout';

const HEADER = 16;
const PICTURE = 1;
const SOUND = 2;
const TIME_AT = 8;

export type Down =
  | { readonly is: 'picture'; readonly key: boolean; readonly time: number; readonly data: Uint8Array }
  | { readonly is: 'sound'; readonly samples: Float32Array<ArrayBuffer> };

/** A packet for the other half, with `fill` writing the picture into it. `taken` is in microseconds. */
export function picturePacket(bytes: number, taken: number, fill: (into: Uint8Array) => void): ArrayBuffer {
  const packet = new ArrayBuffer(HEADER + bytes);
  const view = new DataView(packet);
  view.setUint8(0, PICTURE);
  view.setFloat64(TIME_AT, taken, true);
  fill(new Uint8Array(packet, HEADER));
  return packet;
}

/** `samples`: a block of the microphone, and the block that was played meanwhile. */
export function soundPacket(samples: Float32Array): ArrayBuffer {
  const packet = new ArrayBuffer(HEADER + samples.byteLength);
  new DataView(packet).setUint8(0, SOUND);
  // Both sides of a loopback have the same byte order, and all that Dogeller runs on are little endian.
  new Float32Array(packet, HEADER).set(samples);
  return packet;
}

/** What came; `null` for what is no packet. */
export function readPacket(packet: ArrayBuffer): Down | null {
  if (packet.byteLength <= HEADER) return null;
  const view = new DataView(packet);
  switch (view.getUint8(0)) {
    case PICTURE: {
      const key = (view.getUint8(1) & 1) === 1;
      const time = view.getFloat64(TIME_AT, true);
      return Number.isFinite(time) ? { is: 'picture', key, time, data: new Uint8Array(packet, HEADER) } : null;
    }
    case SOUND:
      if (packet.byteLength !== HEADER + BLOCK * Float32Array.BYTES_PER_ELEMENT) return null;
      // A copy, since it goes on to another thread by itself.
      return { is: 'sound', samples: new Float32Array(packet, HEADER).slice() };
    default:
      return null;
  }
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of a VP8 key frame, from its header (RFC 6386, 9.1); `null` for what has none. */
export function keyFrameSize(data: Uint8Array): Size | null {
  const [, , , a, b, c, w0, w1, h0, h1] = data;
  if (w0 === undefined || w1 === undefined || h0 === undefined || h1 === undefined) return null;
  if (a !== 0x9d || b !== 0x01 || c !== 0x2a) return null;
  const width = ((w1 << 8) | w0) & 0x3fff;
  const height = ((h1 << 8) | h0) & 0x3fff;
  return width > 0 && height > 0 ? { width, height } : null;
}
