/** One call in the media worker: a socket to the other half, an encoder, a decoder, and what they are joined to. */

import { type MediaDoor, MediaSocket } from '../../host/mediaSocket';
import type { EngineWord, PageWord } from '../../wire.gen';
import type { Content } from '../engine';
import { Blank } from './blank';
import { breakout } from './breakout';
import { Decoding } from './decoding';
import { Encoding } from './encoding';
import { readPacket, soundPacket } from './packets';
import type { Flow } from './playout';
import type { Report } from './report';
import { TrackReader } from './trackReader';

/** Bytes of a sixth of a second of sound. */
const WAITING_SOUND = 64_000;

export class Session {
  readonly #tell: Report;
  readonly #socket: MediaSocket;
  readonly #encoding: Encoding;
  readonly #decoding: Decoding;
  readonly #breakout = breakout(globalThis);
  readonly #blank = new Blank((frame) => this.#show(frame));
  #writer: WritableStreamDefaultWriter<VideoFrame> | null = null;
  #reader: TrackReader | null = null;
  #voice: MessagePort | null = null;
  #live = false;
  /** The page has a frame that it has not shown yet. */
  #showing = false;

  constructor(door: MediaDoor, tell: Report) {
    this.#tell = tell;
    // First, as it may fail: a socket that nobody closes would hold its place at the other half.
    if (this.#breakout !== null) this.#generate(this.#breakout.Generator);
    this.#socket = new MediaSocket({
      door,
      onWord: (word) => this.#hear(word),
      onPacket: (packet) => this.#take(packet),
      onLost: () => tell({ is: 'lost' }),
    });
    const now = () => performance.now();
    this.#encoding = new Encoding({
      send: (packet) => this.#socket.send(packet),
      waiting: () => this.#socket.waiting,
      Encoder: VideoEncoder,
      now,
    });
    this.#decoding = new Decoding({
      show: (frame) => {
        this.#blank.stop();
        this.#show(frame);
      },
      askKey: () => this.#socket.say({ type: 'key' }),
      Decoder: VideoDecoder,
      Chunk: EncodedVideoChunk,
      now,
    });
  }

  say(word: PageWord): void {
    if (word.type === 'live') {
      this.#live = true;
      this.#blank.stop();
    }
    this.#socket.say(word);
  }

  /** Sends this picture from now on. The track is this one's to end. */
  show(track: MediaStreamTrack | null, content: Content): void {
    this.#reader?.close();
    this.#reader = null;
    if (track === null) return;
    const Processor = this.#breakout?.Processor;
    if (Processor === undefined) track.stop();
    else this.#reader = new TrackReader(Processor, track, (frame) => this.#encoding.take(frame, content));
  }

  showFrame(frame: VideoFrame, content: Content): void {
    this.#encoding.take(frame, content);
    this.#tell({ is: 'taken' });
  }

  /** The page has shown the last frame it got. */
  shown(): void {
    this.#showing = false;
  }

  /** Sound comes from here and goes here. */
  speak(port: MessagePort): void {
    this.#voice?.close();
    this.#voice = port;
    port.onmessage = ({ data }: MessageEvent<Float32Array | Flow>) => {
      if (data instanceof Float32Array) this.#speakOn(data);
      else this.#socket.say({ type: 'heard', ...rounded(data) });
    };
  }

  close(): void {
    this.#reader?.close();
    this.#blank.stop();
    this.#encoding.close();
    this.#decoding.close();
    this.#voice?.close();
    this.#writer?.close().catch(() => undefined);
    this.#socket.close();
  }

  #generate(Generator: NonNullable<ReturnType<typeof breakout>>['Generator']): void {
    const generator = new Generator();
    this.#writer = generator.writable.getWriter();
    this.#tell({ is: 'track', track: generator.track }, [generator.track as unknown as Transferable]);
  }

  /** What could not leave by now is not worth hearing any more. */
  #speakOn(samples: Float32Array): void {
    if (this.#socket.waiting < WAITING_SOUND) this.#socket.send(soundPacket(samples));
  }

  #hear(word: EngineWord): void {
    switch (word.type) {
      case 'report':
        this.#tell({ is: 'word', word });
        return;
      case 'rehearse':
        this.#encoding.rehearse(word.bits);
        // The word may have been under way when both said yes.
        if (this.#writer !== null && !this.#live) this.#blank.start();
        return;
      case 'encode':
        this.#encoding.want(word);
        return;
      case 'hold':
        this.#encoding.want(null);
        return;
    }
  }

  #take(bytes: ArrayBuffer): void {
    const packet = readPacket(bytes);
    if (packet === null) {
      console.warn('dogeller: a packet of the engine was not understood');
      return;
    }
    switch (packet.is) {
      case 'picture':
        this.#decoding.take(packet.key, packet.time, packet.data);
        return;
      case 'sound':
        this.#voice?.postMessage(packet.samples, [packet.samples.buffer]);
        return;
    }
  }

  #show(frame: VideoFrame): void {
    const writer = this.#writer;
    // One that is not taken at once would be shown late, and the next is newer.
    if (writer === null) {
      if (this.#showing) frame.close();
      else this.#tell({ is: 'frame', frame }, [frame]);
      this.#showing = true;
    } else if ((writer.desiredSize ?? 0) > 0) writer.write(frame).catch(() => frame.close());
    else frame.close();
  }
}

function rounded({ fill, dropped, inserted }: Flow): Flow {
  return { fill: Math.round(fill), dropped: Math.round(dropped), inserted: Math.round(inserted) };
}
