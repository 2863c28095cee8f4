/** The sound of a call as the page holds it: opens the sound card, and says which microphone is heard. */

import { RATE } from './playout';
import voiceWorklet from './voice.worklet.ts?worker&url';

/** How long after a try to wake the sound card the next is made. */
const WAKE_MS = 1000;

interface VoiceParts {
  readonly Context: typeof AudioContext;
}

interface Source {
  readonly track: MediaStreamTrack;
  /** WebKit may collect a stream that nobody holds, and the microphone falls silent. */
  readonly stream: MediaStream;
  readonly node: MediaStreamAudioSourceNode;
}

export class Voice {
  readonly #parts: VoiceParts;
  readonly #closing: Promise<void>;
  #endOpening: () => void = () => undefined;
  #context: AudioContext | null = null;
  #node: AudioWorkletNode | null = null;
  #track: MediaStreamTrack | null = null;
  #source: Source | null = null;
  #waking: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor(parts: VoiceParts) {
    this.#parts = parts;
    this.#closing = new Promise((resolve) => {
      this.#endOpening = resolve;
    });
  }

  /**
   * Once only. Resolves when sound flows between the sound card and `port`, or as soon as it was closed meanwhile. The
   * port stays the caller's when this fails. Nothing is heard before the browser lets the page sound.
   */
  async open(port: MessagePort): Promise<void> {
    if (this.#context !== null || this.#closed) throw new Error('a voice opens once');
    try {
      const context = new this.#parts.Context({ sampleRate: RATE, latencyHint: 'interactive' });
      this.#context = context;
      // A context that was closed may never say what became of its module.
      await Promise.race([context.audioWorklet.addModule(voiceWorklet), this.#closing]);
      if (!this.#closed) this.#start(context, port);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The microphone that is heard from now on, also when it is not open yet. */
  hear(track: MediaStreamTrack | null): void {
    this.#track = track;
    this.#connect();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endOpening();
    if (this.#waking !== null) clearTimeout(this.#waking);
    this.#track = null;
    this.#source?.node.disconnect();
    this.#source = null;
    this.#node?.port.postMessage({ end: true });
    this.#node?.disconnect();
    this.#node = null;
    if (this.#context === null) return;
    this.#context.onstatechange = null;
    this.#context.close().catch(() => undefined);
  }

  #start(context: AudioContext, port: MessagePort): void {
    const node = new AudioWorkletNode(context, 'voice', {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      outputChannelCount: [1],
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    this.#node = node;
    this.#connect();
    node.connect(context.destination);
    node.port.postMessage({ port }, [port]);
    context.onstatechange = () => this.#wake(context);
    this.#wake(context);
  }

  #connect(): void {
    const track = this.#track;
    if (this.#context === null || this.#node === null || this.#source?.track === track) return;
    this.#source?.node.disconnect();
    this.#source = null;
    if (track === null) return;
    try {
      const stream = new MediaStream([track]);
      const node = this.#context.createMediaStreamSource(stream);
      node.connect(this.#node);
      this.#source = { track, stream, node };
    } catch (error) {
      // The other side is heard all the same.
      console.error('dogeller: the microphone is not heard', error);
    }
  }

  /** The system may take the sound card away (another program, a sleeping machine) and not say when it is free again. */
  #wake(context: AudioContext): void {
    if (this.#closed || this.#waking !== null || context.state === 'running' || context.state === 'closed') return;
    context.resume().catch(() => undefined);
    this.#waking = setTimeout(() => {
      this.#waking = null;
      this.#wake(context);
    }, WAKE_MS);
  }
}
