import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeMediaSocket } from '../../host/fake';
import { FakeTrack } from '../fakes';
import {
  FakeChunk,
  FakeDecoder,
  FakeEncoder,
  FakeFrame,
  FakeGenerator,
  FakeProcessor,
  freshMedia,
  keyFrame,
  stubMedia,
} from './fakes';
import { picturePacket } from './packets';
import { Session } from './session';
import type { FromSession } from './threads';

const settle = () => new Promise((resolve) => setTimeout(resolve));
const DOOR = { url: 'ws://127.0.0.1:1/media', token: 't' };

/** The worker's end of the voice's port. */
class FakePort {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly posted: Array<{ samples: unknown; moved: unknown[] }> = [];
  closed = false;

  postMessage(samples: unknown, moved: unknown[]): void {
    this.posted.push({ samples, moved });
  }

  close(): void {
    this.closed = true;
  }

  as(): MessagePort {
    return this as unknown as MessagePort;
  }
}

beforeEach(() => {
  freshMedia();
  FakeMediaSocket.made = [];
  stubMedia((name, value) => vi.stubGlobal(name, value));
  vi.stubGlobal('WebSocket', FakeMediaSocket);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => void vi.unstubAllGlobals());

function withoutTracks(): void {
  vi.stubGlobal('MediaStreamTrackProcessor', undefined);
  vi.stubGlobal('VideoTrackGenerator', undefined);
}

function build() {
  const told: FromSession[] = [];
  const moved: Transferable[][] = [];
  const session = new Session(DOOR, (message, transfer = []) => {
    told.push(message);
    moved.push(transfer);
  });
  const other = FakeMediaSocket.newest();
  return { session, told, moved, other, open: () => other.onopen?.() };
}

function opened() {
  const built = build();
  built.open();
  return built;
}

/** A packet of the other half; a picture's is the same both ways but for the flag. */
function picture(data: Uint8Array, key: boolean): ArrayBuffer {
  const packet = picturePacket(data.length, 0, (into) => into.set(data));
  new DataView(packet).setUint8(1, key ? 1 : 0);
  return packet;
}

function sound(value: number): ArrayBuffer {
  const packet = new ArrayBuffer(16 + 480 * 4);
  new DataView(packet).setUint8(0, 2);
  new Float32Array(packet, 16).fill(value);
  return packet;
}

describe('the other half', () => {
  test('is told what the page says, and its reports go to the page', () => {
    const { session, other, told, open } = build();
    session.say({ type: 'live', call: 'c' });
    open();
    session.say({ type: 'picture', on: true });
    expect(other.words).toEqual([
      { type: 'live', call: 'c' },
      { type: 'picture', on: true },
    ]);
    const word = { type: 'report', command: { type: 'path', call: 'c', attempt: 1, path: 'up' } } as const;
    other.hears(word);
    expect(told.slice(1)).toEqual([{ is: 'word', word }]);
  });

  test('that goes is told', () => {
    const { other, told } = opened();
    other.onclose?.();
    expect(told.at(-1)).toEqual({ is: 'lost' });
  });

  test('that is malformed changes nothing', () => {
    const { session, other, told } = opened();
    const port = new FakePort();
    session.speak(port.as());
    other.hears(picture(keyFrame(640, 480), true));
    for (const packet of [new ArrayBuffer(0), new ArrayBuffer(16), new ArrayBuffer(17), sound(0).slice(0, 100)]) {
      other.hears(packet);
    }
    other.onmessage?.({ data: 'encode' });
    other.hears({ type: 'encoded' });
    other.hears(picture(new Uint8Array([0x11]), false));
    expect(told).toHaveLength(1);
    expect(port.posted).toEqual([]);
    expect(FakeDecoder.made).toHaveLength(1);
    expect(FakeDecoder.newest().chunks.map(({ type }) => type)).toEqual(['key', 'delta']);
    expect(other.words).toEqual([]);
  });
});

describe("this side's picture", () => {
  test('is encoded and leaves when the other half wants it, and not when it holds', async () => {
    const { session, other } = opened();
    const track = new FakeTrack('video');
    session.show(track.as(), 'camera');
    const camera = FakeProcessor.newest();
    expect(camera.track).toBe(track);
    const frames = Array.from({ length: 4 }, () => new FakeFrame({}));
    const [first, second, third, fourth] = frames;
    const give = async (frame: FakeFrame | undefined) => {
      if (frame !== undefined) camera.put(frame);
      await settle();
    };
    await give(first);
    expect(FakeEncoder.made).toEqual([]);
    other.hears({ type: 'rehearse', bits: 1_000_000 });
    other.hears({ type: 'encode', bits: 1_000_000, key: true });
    await give(second);
    other.hears({ type: 'hold' });
    await give(third);
    other.hears({ type: 'encode', bits: 1_000_000, key: false });
    await give(fourth);
    expect(FakeEncoder.newest().keys).toEqual([true, false]);
    expect(FakeFrame.made.every(({ closed }) => closed === 1)).toBe(true);
    FakeEncoder.newest().init.output(new FakeChunk({ type: 'key', timestamp: 1, data: new Uint8Array([5]) }));
    expect(other.packets.map((packet) => [...new Uint8Array(packet)].at(-1))).toEqual([5]);
  });

  test('waits with the socket', async () => {
    const { session, other, open } = build();
    other.hears({ type: 'encode', bits: 1_000_000, key: true });
    session.showFrame(new FakeFrame({}).as(), 'screen');
    expect(FakeEncoder.made).toEqual([]);
    open();
    other.bufferedAmount = 200_001;
    session.showFrame(new FakeFrame({}).as(), 'screen');
    expect(FakeEncoder.made).toEqual([]);
    other.bufferedAmount = 0;
    session.showFrame(new FakeFrame({}).as(), 'screen');
    expect(FakeEncoder.newest().configured).toMatchObject([{ framerate: 15 }]);
    expect(FakeFrame.made.every(({ closed }) => closed === 1)).toBe(true);
  });

  test('is of one track at a time, and each ends with its turn', () => {
    const { session } = opened();
    const [a, b] = [new FakeTrack('video', 'a'), new FakeTrack('video', 'b')];
    session.show(a.as(), 'camera');
    session.show(b.as(), 'camera');
    expect([a.readyState, b.readyState]).toEqual(['ended', 'live']);
    session.show(null, 'camera');
    expect(b.readyState).toBe('ended');
    expect(FakeProcessor.made.every(({ cancelled }) => cancelled)).toBe(true);
  });

  test('of a track that cannot be taken apart is none, and its camera is not left on', () => {
    withoutTracks();
    const { session } = opened();
    const track = new FakeTrack('video');
    session.show(track.as(), 'camera');
    expect(track.readyState).toBe('ended');
  });
});

describe("the other side's picture", () => {
  const decoded = () => {
    const frame = new FakeFrame({});
    FakeDecoder.newest().init.output(frame);
    return frame;
  };

  test('is a track that the page has from the beginning', () => {
    const { told, moved } = build();
    const { track } = FakeGenerator.newest();
    expect(told).toEqual([{ is: 'track', track }]);
    expect(moved).toEqual([[track]]);
  });

  test('is shown as it comes, and what there is no time for is closed', async () => {
    const { other } = opened();
    other.hears(picture(keyFrame(640, 480), true));
    await settle();
    const generator = FakeGenerator.newest();
    const [a, b] = [decoded(), decoded()];
    await settle();
    expect(generator.shown).toEqual([a]);
    expect([a.closed, b.closed]).toEqual([0, 1]);
    generator.takes();
    await settle();
    const c = decoded();
    await settle();
    expect(generator.shown).toEqual([a, c]);
  });

  test('of a track that broke is closed', async () => {
    const { other } = opened();
    other.hears(picture(keyFrame(640, 480), true));
    await settle();
    const first = decoded();
    await settle();
    FakeGenerator.newest().breaks();
    await settle();
    const second = decoded();
    await settle();
    expect([first.closed, second.closed]).toEqual([1, 1]);
  });

  test('goes to the page frame by frame where no track can be made', () => {
    withoutTracks();
    const { other, told, moved } = opened();
    expect(told).toEqual([]);
    other.hears(picture(keyFrame(640, 480), true));
    const frame = decoded();
    expect(told).toEqual([{ is: 'frame', frame }]);
    expect(moved).toEqual([[frame]]);
    expect(frame.closed).toBe(0);
  });

  test('that cannot be shown asks for a key frame', () => {
    const { other } = opened();
    other.hears(picture(new Uint8Array([0x11]), false));
    expect(other.words).toEqual([{ type: 'key' }]);
  });
});

describe('sound', () => {
  test('goes both ways, and its blocks move without a copy', () => {
    const { session, other } = opened();
    const port = new FakePort();
    session.speak(port.as());
    port.onmessage?.({ data: new Float32Array(960).fill(0.25) });
    expect(other.packets.map(({ byteLength }) => byteLength)).toEqual([16 + 960 * 4]);
    other.hears(sound(0.5));
    const [block] = port.posted;
    expect(block?.samples).toEqual(new Float32Array(480).fill(0.5));
    expect(block?.moved).toEqual([block?.samples instanceof Float32Array ? block.samples.buffer : null]);
  });

  test('that comes before there is a voice is lost', () => {
    const { session, other } = opened();
    other.hears(sound(0.5));
    const port = new FakePort();
    session.speak(port.as());
    expect(port.posted).toEqual([]);
  });

  test('that waits is told in whole samples', () => {
    const { session, other } = opened();
    const port = new FakePort();
    session.speak(port.as());
    port.onmessage?.({ data: { fill: 1234.56, dropped: 0.4, inserted: 7 } });
    expect(other.words).toEqual([{ type: 'heard', fill: 1235, dropped: 0, inserted: 7 }]);
  });

  test('has one voice', () => {
    const { session, other } = opened();
    const [older, newer] = [new FakePort(), new FakePort()];
    session.speak(older.as());
    session.speak(newer.as());
    expect([older.closed, newer.closed]).toEqual([true, false]);
    other.hears(sound(0.5));
    expect([older.posted.length, newer.posted.length]).toEqual([0, 1]);
  });
});

describe('while it rings', () => {
  test.each([
    ['the first picture', 1],
    ['the yes of both', 0],
    ['the end', 0],
  ])('what will show the other side gets black, until %s', async (until, more) => {
    vi.useFakeTimers();
    const { session, other } = opened();
    const generator = FakeGenerator.newest();
    const shown = async () => {
      generator.takes();
      await vi.advanceTimersByTimeAsync(250);
      return generator.shown.length;
    };
    expect(await shown()).toBe(0);
    other.hears({ type: 'rehearse', bits: 600_000 });
    expect(await shown()).toBe(1);
    expect(await shown()).toBe(2);
    generator.takes();
    await vi.advanceTimersByTimeAsync(0);
    if (until === 'the first picture') {
      other.hears(picture(keyFrame(640, 480), true));
      FakeDecoder.newest().init.output(new FakeFrame({}));
    } else if (until === 'the end') session.close();
    else session.say({ type: 'live', call: 'c' });
    expect(await shown()).toBe(2 + more);
    expect(await shown()).toBe(2 + more);
    vi.useRealTimers();
  });
});

test('a word to rehearse that comes after the yes of both shows no black', async () => {
  vi.useFakeTimers();
  const { session, other } = opened();
  session.say({ type: 'live', call: 'c' });
  other.hears({ type: 'rehearse', bits: 600_000 });
  await vi.advanceTimersByTimeAsync(1000);
  expect(FakeGenerator.newest().shown).toEqual([]);
  vi.useRealTimers();
});

describe('the end', () => {
  test('ends everything, says nothing of it, and leaves no frame open', async () => {
    const { session, other, told } = opened();
    const port = new FakePort();
    const track = new FakeTrack('video');
    session.speak(port.as());
    session.show(track.as(), 'camera');
    other.hears({ type: 'encode', bits: 1_000_000, key: true });
    FakeProcessor.newest().put(new FakeFrame({}));
    other.hears(picture(keyFrame(640, 480), true));
    await settle();
    FakeProcessor.newest().put(new FakeFrame({}));
    session.close();
    await settle();
    expect(FakeEncoder.newest().state).toBe('closed');
    expect(FakeDecoder.newest().state).toBe('closed');
    expect(FakeGenerator.newest().ended).toBe(true);
    expect([port.closed, other.closed, track.readyState]).toEqual([true, true, 'ended']);
    expect(told).toHaveLength(1);
    session.showFrame(new FakeFrame({}).as(), 'camera');
    expect(FakeFrame.made.every(({ closed }) => closed === 1)).toBe(true);
    expect(FakeEncoder.made).toHaveLength(1);
  });

  test('comes also when nothing has begun', () => {
    const { session, other } = build();
    session.close();
    expect(other.closed).toBe(true);
  });
});

test('what cannot make a track opens no socket', () => {
  FakeGenerator.refused = true;
  expect(build).toThrow();
  expect(FakeMediaSocket.made).toEqual([]);
});
