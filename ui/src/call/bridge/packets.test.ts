import { describe, expect, test } from 'vitest';
import { keyFrame } from './fakes';
import { keyFrameSize, picturePacket, readPacket, soundPacket } from './packets';

/** A packet as the other half makes it. */
function down(kind: number, flags: number, time: number, content: Uint8Array): ArrayBuffer {
  const packet = new ArrayBuffer(16 + content.length);
  const view = new DataView(packet);
  view.setUint8(0, kind);
  view.setUint8(1, flags);
  view.setFloat64(8, time, true);
  new Uint8Array(packet, 16).set(content);
  return packet;
}

const FRAME = new Uint8Array([7, 8, 9]);
const BLOCK_BYTES = 480 * 4;

describe('upwards', () => {
  test('a picture has the time it was taken, and its frame after 16 bytes', () => {
    const packet = picturePacket(3, 1234.5, (into) => into.set(FRAME));
    expect([...new Uint8Array(packet, 0, 8)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(new DataView(packet).getFloat64(8, true)).toBe(1234.5);
    expect([...new Uint8Array(packet, 16)]).toEqual([7, 8, 9]);
  });

  test('the encoder gets exactly the room it asked for', () => {
    let room = 0;
    const packet = picturePacket(1000, 0, (into) => {
      room = into.byteLength;
    });
    expect([room, packet.byteLength]).toEqual([1000, 1016]);
  });

  test('sound has both blocks, in little endian', () => {
    const samples = Float32Array.from({ length: 960 }, (_, n) => n / 960);
    const packet = soundPacket(samples);
    expect([...new Uint8Array(packet, 0, 16)]).toEqual([2, ...Array(15).fill(0)]);
    const view = new DataView(packet);
    expect([0, 479, 480, 959].map((n) => view.getFloat32(16 + 4 * n, true))).toEqual(
      [0, 479, 480, 959].map((n) => samples[n]),
    );
    expect(packet.byteLength).toBe(16 + 2 * BLOCK_BYTES);
  });

  test('sound that is a part of something larger is sent without the rest', () => {
    const all = new Float32Array(2000).fill(0.5);
    const packet = soundPacket(all.subarray(1000, 1960));
    expect(packet.byteLength).toBe(16 + 2 * BLOCK_BYTES);
  });
});

describe('downwards', () => {
  test('a picture says whether it is a key frame', () => {
    for (const key of [true, false]) {
      const read = readPacket(down(1, key ? 1 : 0, 99.5, FRAME));
      expect(read).toEqual({ is: 'picture', key, time: 99.5, data: FRAME });
    }
  });

  test('other flags are for later versions', () => {
    expect(readPacket(down(1, 0b110, 0, FRAME))).toMatchObject({ key: false });
    expect(readPacket(down(1, 0b111, 0, FRAME))).toMatchObject({ key: true });
  });

  test('sound is a block that can travel on without its packet', () => {
    const block = Float32Array.from({ length: 480 }, (_, n) => n / 480);
    const packet = down(2, 0, 0, new Uint8Array(block.buffer));
    const read = readPacket(packet);
    if (read?.is !== 'sound') throw new Error('not sound');
    expect(read.samples).toEqual(block);
    expect(read.samples.buffer).not.toBe(packet);
    expect(read.samples.buffer.byteLength).toBe(BLOCK_BYTES);
  });

  test.each([
    ['nothing', new ArrayBuffer(0)],
    ['less than a header', new ArrayBuffer(15)],
    ['a header alone', down(1, 1, 0, new Uint8Array(0))],
    ['kind 0', down(0, 0, 0, FRAME)],
    ['a kind of a later version', down(3, 0, 0, FRAME)],
    ['a picture of no time', down(1, 1, Number.NaN, FRAME)],
    ['a picture of all times', down(1, 1, Number.POSITIVE_INFINITY, FRAME)],
    ['less sound than a block', down(2, 0, 0, new Uint8Array(BLOCK_BYTES - 1))],
    ['more sound than a block', down(2, 0, 0, new Uint8Array(BLOCK_BYTES + 4))],
    ['no sound', down(2, 0, 0, new Uint8Array(0))],
  ])('%s is no packet', (_, packet) => {
    expect(readPacket(packet)).toBeNull();
  });
});

describe('the size of a key frame', () => {
  test.each([
    [640, 480],
    [1280, 720],
    [1, 1],
    [0x3fff, 0x3fff],
  ])('%i by %i is read', (width, height) => {
    expect(keyFrameSize(keyFrame(width, height))).toEqual({ width, height });
  });

  test('has nothing of the scale in its upper bits', () => {
    expect(keyFrameSize(keyFrame(640 | 0x4000, 480 | 0xc000))).toEqual({ width: 640, height: 480 });
  });

  test.each([
    ['an empty frame', new Uint8Array(0)],
    ['one cut short', keyFrame(640, 480).subarray(0, 9)],
    ['one without the start code', new Uint8Array(10)],
    ['one of no width', keyFrame(0, 480)],
    ['one of no height', keyFrame(640, 0)],
  ])('%s has none', (_, data) => {
    expect(keyFrameSize(data)).toBeNull();
  });
});
