/**
 * The engine for webviews without `RTCPeerConnection`: this page takes and shows pictures and sound, in a worker and a
 * worklet; Rust makes the connection and carries them (`http/src/media`).
 */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { MediaDoor } from '../../host/mediaSocket';
import type { PageWord } from '../../wire.gen';
import type { Content, MediaEngine, Report, Sending, Signal, Start } from '../engine';
import { CanvasTrack, ElementReader } from './elements';
import type { Ability, FromSession, FromWorker, ToWorker } from './threads';
import { Voice } from './voice';

/** A call whose other half is lost more often than this is over. */
const LOSSES = 3;

/** The worker that does it all. */
export interface MediaWorker {
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToWorker, transfer?: Transferable[]): void;
}

export interface BridgeParts {
  readonly report: Report;
  readonly door: MediaDoor;
  readonly can: Ability;
  readonly worker: MediaWorker;
  readonly page: Document;
  readonly Context: typeof AudioContext;
}

/** One call. */
interface Held {
  /** Its number in the worker. */
  readonly session: number;
  start: Start;
  readonly voice: Voice;
  live: boolean;
  /** What the worker was told to send. */
  picture: MediaStreamTrack | null;
  /** A frame is on its way to the worker. */
  passing: boolean;
  reader: ElementReader | null;
  canvas: CanvasTrack | null;
}

export class BridgeEngine implements MediaEngine {
  readonly cleansSound = true;
  /** WebKitGTK 2.50 opens a device in 50 ms; a first picture is painted 50 to 60 ms after the click (measured). */
  readonly headStart = 60;
  readonly #parts: BridgeParts;
  readonly #remote = signal<MediaStream | null>(null);
  readonly remote: ReadonlySignal<MediaStream | null> = this.#remote;
  #held: Held | null = null;
  #sending: Sending | null = null;
  #rehearsed: Pick<Sending, 'picture' | 'content'> | null = null;
  #headset = false;
  #call: string | null = null;
  /** How often the other half of the present call was lost. */
  #losses = 0;
  #sessions = 0;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
    parts.worker.onmessage = ({ data }) => this.#hear(data);
  }

  /** No address hides from Rust: nothing need be waited for. */
  start(start: Start): void {
    if (this.#held !== null && this.#held.start.call !== start.call) this.#end();
    if (start.call !== this.#call) this.#losses = 0;
    this.#call = start.call;
    if (this.#held === null) this.#open(start);
    else this.#held.start = start;
    this.#say({ type: 'order', order: start });
    this.#send();
  }

  take(signal: Signal): void {
    if (this.#held !== null) this.#say({ type: 'order', order: signal });
  }

  send(sending: Sending | null): void {
    this.#sending = sending;
    this.#rehearsed = null;
    this.#send();
  }

  /** It is encoded, and goes no further than the other half on this machine. */
  rehearse(picture: MediaStreamTrack, content: Content): void {
    this.#sending = null;
    this.#rehearsed = { picture, content };
    this.#send();
  }

  devicesOpened(): void {
    // Nothing was hidden while they were not.
  }

  wear(headset: boolean): void {
    this.#headset = headset;
    if (this.#held !== null) this.#say({ type: 'ears', headset });
  }

  stop(call: string | null): void {
    const held = this.#held;
    if (held === null || (call !== null && held.start.call !== call)) return;
    this.#say({ type: 'order', order: { order: 'stop', call: held.start.call } });
    this.#end();
  }

  #open(start: Start): void {
    const { worker, door, can, page, Context } = this.#parts;
    const voice = new Voice({ Context });
    const canvas = can === 'frames' ? new CanvasTrack(page) : null;
    this.#sessions += 1;
    const session = this.#sessions;
    this.#held = { session, start, voice, live: false, picture: null, passing: false, reader: null, canvas };
    worker.postMessage({ is: 'open', door, session });
    if (canvas !== null && canvas.track !== null) this.#remote.value = new MediaStream([canvas.track]);
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ is: 'voice', port: port1 }, [port1]);
    voice.open(port2).catch((error: unknown) => {
      console.error('dogeller: this window has no sound', error);
      port2.close();
    });
    if (this.#headset) this.#say({ type: 'ears', headset: true });
  }

  #send(): void {
    const held = this.#held;
    const sending = this.#sending;
    if (held === null) return;
    held.voice.hear(sending?.microphone ?? null);
    const shown = sending ?? this.#rehearsed;
    this.#show(held, shown?.picture ?? null, shown?.content ?? 'camera');
    if (sending === null || held.live) return;
    held.live = true;
    this.#say({ type: 'live', call: held.start.call });
  }

  #show(held: Held, picture: MediaStreamTrack | null, content: Content): void {
    if (held.picture === picture) return;
    held.picture = picture;
    held.reader?.close();
    held.reader = null;
    const { worker, can, page } = this.#parts;
    const byElement = can === 'frames' || content === 'screen';
    // The worker gets one of its own: the page shows the other.
    const track = picture === null || byElement ? null : picture.clone();
    worker.postMessage({ is: 'track', track, content }, track === null ? [] : [track as unknown as Transferable]);
    if (picture !== null && byElement) {
      held.reader = new ElementReader(page, picture, (frame) => this.#pass(held, frame, content));
    }
    this.#say({ type: 'picture', on: picture !== null });
  }

  /** One frame is under way at a time: a worker that stands still would gather them. */
  #pass(held: Held, frame: VideoFrame, content: Content): void {
    if (held.passing) {
      frame.close();
      return;
    }
    held.passing = true;
    this.#parts.worker.postMessage({ is: 'frame', frame, content }, [frame]);
  }

  #hear(message: FromWorker): void {
    if (message.is === 'probed') return;
    const held = this.#held;
    if (held?.session !== message.session) {
      letGo(message);
      return;
    }
    switch (message.is) {
      case 'word':
        this.#parts.report(message.word.command);
        return;
      case 'track':
        this.#remote.value = new MediaStream([message.track]);
        return;
      case 'frame':
        if (held.canvas !== null) held.canvas.show(message.frame);
        else message.frame.close();
        this.#parts.worker.postMessage({ is: 'shown' });
        return;
      case 'taken':
        held.passing = false;
        return;
      case 'lost':
        this.#lost(held);
        return;
    }
  }

  /** The other half is gone, which the node did not notice: it makes the connection anew. */
  #lost(held: Held): void {
    this.#end();
    this.#losses += 1;
    const { call, attempt } = held.start;
    const again = this.#losses <= LOSSES;
    this.#parts.report(again ? { type: 'renew', call, attempt } : { type: 'engine_failed', call });
  }

  #end(): void {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    this.#remote.value = null;
    held.voice.close();
    held.reader?.close();
    const { canvas } = held;
    // Once the element that shows it has let go of it, see `parts/Picture.tsx`.
    if (canvas !== null) setTimeout(() => canvas.close());
    this.#parts.worker.postMessage({ is: 'close' });
  }

  #say(word: PageWord): void {
    this.#parts.worker.postMessage({ is: 'say', word });
  }
}

/** Of what an older session said, the page keeps nothing. */
function letGo(message: FromSession): void {
  if (message.is === 'track') message.track.stop();
  if (message.is === 'frame') message.frame.close();
}
