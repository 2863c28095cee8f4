/** Stand-ins for what is around the engine in two halves: the far side and the sound card, codecs, frames and tracks. */

import { FakeTrack } from '../fakes';
import { BLOCK, Playout, RATE } from './playout';

export const QUANTUM = 128;
export const TONE = { height: 0.5, hertz: 440 };
/** The steepest step of the tone itself. */
export const STEEPEST = (TONE.height * 2 * Math.PI * TONE.hertz) / RATE;
/** 5 blocks of this tone are 22 whole turns: they can come again and again. */
const BLOCKS = Array.from({ length: 5 }, (_, n) =>
  Float32Array.from({ length: BLOCK }, (_, i) => TONE.height * Math.sin((22 * 2 * Math.PI * (n * BLOCK + i)) / 2400)),
);

interface Pace {
  /** How much faster than the sound card's the far side's clock is. */
  readonly ppm?: number;
  /** Blocks that come together, each time up to `jitter` samples late. */
  readonly bunch?: number;
  readonly jitter?: number;
  readonly eachSecond?: () => void;
}

/** The far side and the sound card: a tone comes in blocks, at times of the test's choosing. */
export class Bench {
  readonly playout = new Playout();
  readonly #quantum = new Float32Array(QUANTUM);
  steepest = 0;
  last = 0;
  played = 0;
  /** Of the samples played those that were not silent. */
  loud = 0;
  #arrived = 0;

  arrive(blocks = 1): void {
    for (let n = 0; n < blocks; n++) this.playout.put(BLOCKS[this.#arrived++ % BLOCKS.length]);
  }

  quantum(): void {
    const quantum = this.#quantum;
    this.playout.play(quantum);
    let { steepest, last, loud } = this;
    for (let i = 0; i < QUANTUM; i++) {
      const sample = quantum[i] ?? 0;
      steepest = Math.max(steepest, Math.abs(sample - last));
      last = sample;
      if (sample !== 0) loud += 1;
    }
    Object.assign(this, { steepest, last, loud });
    this.played += QUANTUM;
  }

  quanta(count: number): void {
    for (let n = 0; n < count; n++) this.quantum();
  }

  run(seconds: number, { ppm = 0, bunch = 1, jitter = 0, eachSecond }: Pace = {}): void {
    const pace = (bunch * BLOCK) / (1 + ppm / 1e6);
    let [seed, due, late] = [7, 0, 0];
    for (let quanta = 1; quanta <= (seconds * RATE) / QUANTUM; quanta++) {
      while (due + late < quanta * QUANTUM) {
        this.arrive(bunch);
        due += pace;
        seed = (seed * 1664525 + 1013904223) % 2 ** 32;
        late = (seed / 2 ** 32) * jitter;
      }
      this.quantum();
      if (quanta % 375 === 0) eachSecond?.();
    }
  }
}

interface FrameSource {
  readonly displayWidth?: number;
  readonly displayHeight?: number;
  readonly closed?: number;
}

/** A picture that counts how often it was closed. */
export class FakeFrame {
  static made: FakeFrame[] = [];
  /** No frame can be made at the moment. */
  static refused = false;
  readonly displayWidth: number;
  readonly displayHeight: number;
  readonly timestamp: number;
  closed = 0;

  constructor({ displayWidth = 640, displayHeight = 480, closed = 0 }: FrameSource, init: { timestamp?: number } = {}) {
    if (FakeFrame.refused || closed > 0) throw new DOMException('', 'InvalidStateError');
    this.displayWidth = displayWidth;
    this.displayHeight = displayHeight;
    this.timestamp = init.timestamp ?? 0;
    FakeFrame.made.push(this);
  }

  close(): void {
    this.closed += 1;
  }

  as(): VideoFrame {
    return this as unknown as VideoFrame;
  }
}

type Step = 'make' | 'configure' | 'code';

/** What encoders and decoders have in common. */
class FakeCodec<Output, Config> {
  state = 'unconfigured';
  readonly configured: Config[] = [];
  readonly init: { readonly output: (output: Output) => void; readonly error: (error: DOMException) => void };

  constructor(init: FakeCodec<Output, Config>['init']) {
    this.init = init;
  }

  configure(config: Config): void {
    this.configured.push(config);
    this.state = 'configured';
  }

  close(): void {
    if (this.state === 'closed') throw new DOMException('', 'InvalidStateError');
    this.state = 'closed';
  }

  /** It fails by itself: it is closed, and says so. */
  breaks(): void {
    this.state = 'closed';
    this.init.error(new DOMException('', 'EncodingError'));
  }
}

interface FakeChunkInit {
  readonly type: string;
  readonly timestamp: number;
  readonly data: Uint8Array;
}

export class FakeChunk {
  readonly type: string;
  readonly timestamp: number;
  readonly data: Uint8Array;
  readonly byteLength: number;

  constructor({ type, timestamp, data }: FakeChunkInit) {
    // As every browser does with what is no whole number.
    if (!Number.isSafeInteger(timestamp)) throw new TypeError('timestamp');
    this.type = type;
    this.timestamp = timestamp;
    this.data = data;
    this.byteLength = data.byteLength;
  }

  copyTo(into: Uint8Array): void {
    into.set(this.data);
  }

  static as(): typeof EncodedVideoChunk {
    return FakeChunk as unknown as typeof EncodedVideoChunk;
  }
}

export class FakeEncoder extends FakeCodec<FakeChunk, VideoEncoderConfig> {
  static made: FakeEncoder[] = [];
  static fails: Step | null = null;
  encodeQueueSize = 0;
  /** Of each frame, in order: whether it was to be a key frame. */
  readonly keys: boolean[] = [];
  readonly frames: FakeFrame[] = [];

  constructor(init: FakeEncoder['init']) {
    super(init);
    if (FakeEncoder.fails === 'make') throw new DOMException('', 'QuotaExceededError');
    FakeEncoder.made.push(this);
  }

  override configure(config: VideoEncoderConfig): void {
    if (FakeEncoder.fails === 'configure') throw new DOMException('', 'NotSupportedError');
    super.configure(config);
  }

  encode(frame: FakeFrame, { keyFrame }: { keyFrame: boolean }): void {
    if (FakeEncoder.fails === 'code' || frame.closed > 0) throw new DOMException('', 'OperationError');
    this.frames.push(frame);
    this.keys.push(keyFrame);
  }

  static newest(): FakeEncoder {
    const encoder = FakeEncoder.made.at(-1);
    if (encoder === undefined) throw new Error('no encoder was made');
    return encoder;
  }

  static as(): typeof VideoEncoder {
    return FakeEncoder as unknown as typeof VideoEncoder;
  }
}

export class FakeDecoder extends FakeCodec<FakeFrame, VideoDecoderConfig> {
  static made: FakeDecoder[] = [];
  static fails: Step | null = null;
  decodeQueueSize = 0;
  readonly chunks: FakeChunk[] = [];

  constructor(init: FakeDecoder['init']) {
    super(init);
    if (FakeDecoder.fails === 'make') throw new DOMException('', 'QuotaExceededError');
    FakeDecoder.made.push(this);
  }

  override configure(config: VideoDecoderConfig): void {
    if (FakeDecoder.fails === 'configure') throw new DOMException('', 'NotSupportedError');
    super.configure(config);
  }

  decode(chunk: FakeChunk): void {
    if (FakeDecoder.fails === 'code' || this.state !== 'configured') throw new DOMException('', 'InvalidStateError');
    this.chunks.push(chunk);
  }

  static newest(): FakeDecoder {
    const decoder = FakeDecoder.made.at(-1);
    if (decoder === undefined) throw new Error('no decoder was made');
    return decoder;
  }

  static as(): typeof VideoDecoder {
    return FakeDecoder as unknown as typeof VideoDecoder;
  }
}

/** Takes a track apart into the frames a test puts in. */
export class FakeProcessor {
  static made: FakeProcessor[] = [];
  readonly track: FakeTrack;
  cancelled = false;
  #put: ReadableStreamDefaultController<FakeFrame> | null = null;
  readonly readable = new ReadableStream<FakeFrame>({
    start: (controller) => {
      this.#put = controller;
    },
    cancel: () => {
      this.cancelled = true;
    },
  });

  constructor({ track }: { track: FakeTrack }) {
    this.track = track;
    FakeProcessor.made.push(this);
  }

  put(frame: FakeFrame): void {
    this.#put?.enqueue(frame);
  }

  end(): void {
    this.#put?.close();
  }

  breaks(): void {
    this.#put?.error(new DOMException('', 'UnknownError'));
  }

  static newest(): FakeProcessor {
    const processor = FakeProcessor.made.at(-1);
    if (processor === undefined) throw new Error('no track was taken apart');
    return processor;
  }
}

/** Makes a track of frames, as slowly as a test wants. */
export class FakeGenerator {
  static made: FakeGenerator[] = [];
  static refused = false;
  readonly track = new FakeTrack('video', 'theirs');
  readonly shown: FakeFrame[] = [];
  ended = false;
  #goOn: Array<() => void> = [];
  #break: (error: unknown) => void = () => undefined;
  readonly writable = new WritableStream<FakeFrame>({
    write: (frame) =>
      new Promise((resolve, reject) => {
        this.shown.push(frame);
        this.#break = reject;
        this.#goOn.push(resolve);
      }),
    close: () => {
      this.ended = true;
    },
  });

  constructor() {
    if (FakeGenerator.refused) throw new DOMException('', 'NotSupportedError');
    FakeGenerator.made.push(this);
  }

  /** The last frame is shown, and there is time for another. */
  takes(): void {
    this.#goOn.shift()?.();
  }

  breaks(): void {
    this.#break(new DOMException('', 'UnknownError'));
  }

  static newest(): FakeGenerator {
    const generator = FakeGenerator.made.at(-1);
    if (generator === undefined) throw new Error('no track was made');
    return generator;
  }
}

/** Forgets what earlier tests made, and fails nowhere. */
export function freshMedia(): void {
  FakeFrame.made = [];
  FakeEncoder.made = [];
  FakeDecoder.made = [];
  FakeProcessor.made = [];
  FakeGenerator.made = [];
  FakeFrame.refused = false;
  FakeGenerator.refused = false;
  FakeEncoder.fails = null;
  FakeDecoder.fails = null;
  Object.assign(FakeContext, { made: [], refused: false, deaf: false });
}

/** The start of a VP8 key frame of this size (RFC 6386, 9.1). */
export function keyFrame(width: number, height: number): Uint8Array {
  return new Uint8Array([0x10, 0, 0, 0x9d, 1, 0x2a, width & 255, width >> 8, height & 255, height >> 8, 1, 2, 3]);
}

/** Puts all of these where a worker has the real ones. */
export function stubMedia(stub: (name: string, value: unknown) => void): void {
  stub('VideoFrame', FakeFrame);
  stub('VideoEncoder', FakeEncoder);
  stub('VideoDecoder', FakeDecoder);
  stub('EncodedVideoChunk', FakeChunk);
  stub('MediaStreamTrackProcessor', FakeProcessor);
  stub('VideoTrackGenerator', FakeGenerator);
}

export class FakeStream {
  readonly tracks: FakeTrack[];

  constructor(tracks: FakeTrack[]) {
    this.tracks = tracks;
  }
}

/** A video element that shows what a test says. */
class FakeVideo {
  srcObject: FakeStream | null = null;
  muted = false;
  plays = 0;
  readyState = 0;
  videoWidth = 0;
  currentTime = 0;

  async play(): Promise<void> {
    this.plays += 1;
  }

  shows(currentTime: number, videoWidth: number): void {
    Object.assign(this, { currentTime, videoWidth, readyState: 2 });
  }
}

class FakeCanvas {
  track: FakeTrack | null = new FakeTrack('video', 'canvas');
  broken = false;
  /** What was done to it. */
  readonly log: string[] = [];
  #size = { width: 300, height: 150 };
  #begun = false;

  get width(): number {
    return this.#size.width;
  }

  set width(width: number) {
    this.#size.width = width;
    this.log.push(`${width} wide`);
  }

  get height(): number {
    return this.#size.height;
  }

  set height(height: number) {
    this.#size.height = height;
    this.log.push(`${height} high`);
  }

  getContext() {
    if (!this.#begun) this.log.push('context');
    this.#begun = true;
    return {
      drawImage: (frame: FakeFrame) => {
        if (this.broken || frame.closed > 0) throw new DOMException('', 'InvalidStateError');
        this.log.push('paint');
      },
    };
  }

  captureStream() {
    this.log.push('capture');
    return { getVideoTracks: () => (this.track === null ? [] : [this.track]) };
  }
}

/** A document of one video element and one canvas. */
export class FakePage {
  readonly video = new FakeVideo();
  readonly canvas = new FakeCanvas();

  createElement(name: string): FakeVideo | FakeCanvas {
    return name === 'video' ? this.video : this.canvas;
  }

  as(): Document {
    return this as unknown as Document;
  }
}

/** A sound card, and which microphone it hears. */
export class FakeContext {
  static made: FakeContext[] = [];
  static refused = false;
  /** A microphone cannot be joined at the moment. */
  static deaf = false;
  state = 'running';
  onstatechange: (() => void) | null = null;
  readonly destination = {};
  readonly audioWorklet = { addModule: async () => undefined };
  heard: FakeTrack | null = null;

  constructor() {
    if (FakeContext.refused) throw new DOMException('', 'NotSupportedError');
    FakeContext.made.push(this);
  }

  createMediaStreamSource({ tracks: [track] }: FakeStream) {
    if (FakeContext.deaf) throw new DOMException('', 'InvalidStateError');
    return {
      connect: () => {
        this.heard = track ?? null;
      },
      disconnect: () => {
        this.heard = null;
      },
    };
  }

  async close(): Promise<void> {
    this.state = 'closed';
  }
}

export class FakeNode {
  readonly port = { postMessage: () => undefined };
  connect(): void {}
  disconnect(): void {}
}
