/** Stand-ins for devices and engine, for tests and the gallery. The production page imports none of them. */

import { signal } from '@preact/signals-core';
import type { Capturing } from './devices';
import type { MediaEngine, Report, Sending, Signal, Start } from './engine';
import type { Ringer, Sound } from './ring';

/** A track without a device behind it. */
export class FakeTrack {
  readonly id: string;
  readonly kind: 'audio' | 'video';
  enabled = true;
  readyState: MediaStreamTrackState = 'live';
  onended: (() => void) | null = null;

  constructor(kind: 'audio' | 'video', id: string = kind) {
    this.kind = kind;
    this.id = id;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  /** The device is pulled out. */
  vanish(): void {
    this.readyState = 'ended';
    this.onended?.();
  }

  as(): MediaStreamTrack {
    return this as unknown as MediaStreamTrack;
  }
}

export function fakeStream(...tracks: FakeTrack[]): MediaStream {
  return {
    getAudioTracks: () => tracks.filter(({ kind }) => kind === 'audio'),
    getVideoTracks: () => tracks.filter(({ kind }) => kind === 'video'),
    getTracks: () => tracks,
  } as unknown as MediaStream;
}

type Kind = 'audio' | 'video';

/** Devices that answer as a test says. */
export class FakeDevices {
  /** What was asked for, in order: `audio`, `video` or `audio+video`. */
  readonly asked: string[] = [];
  readonly tracks: FakeTrack[] = [];
  screen: FakeTrack | Error | null = new FakeTrack('video', 'screen');
  #refusals: Partial<Record<Kind, string>> = {};
  #slow = new Map<Kind, Promise<void>>();
  userAgent = 'Linux';
  permission: PermissionState = 'granted';

  /** From now on this kind fails with an error of this name; `null` heals it. */
  refuse(kind: Kind, error: string | null): void {
    if (error === null) delete this.#refusals[kind];
    else this.#refusals[kind] = error;
  }

  /** Opening this kind waits until the function returned is called. */
  hold(kind: Kind): () => void {
    let release = (): void => undefined;
    this.#slow.set(
      kind,
      new Promise((resolve) => {
        release = () => {
          this.#slow.delete(kind);
          resolve();
        };
      }),
    );
    return () => release();
  }

  as(): Capturing {
    return {
      userAgent: this.userAgent,
      permissions: { query: async () => ({ state: this.permission }) as PermissionStatus },
      mediaDevices: {
        getUserMedia: (constraints) => this.#open(constraints ?? {}),
        getDisplayMedia: async () => {
          if (this.screen instanceof FakeTrack) return fakeStream(this.screen);
          throw this.screen ?? new DOMException('', 'NotAllowedError');
        },
      },
    };
  }

  async #open({ audio, video }: MediaStreamConstraints): Promise<MediaStream> {
    const kinds: Kind[] = [];
    if (audio) kinds.push('audio');
    if (video) kinds.push('video');
    this.asked.push(kinds.join('+'));
    for (const kind of kinds) await this.#slow.get(kind);
    for (const kind of kinds) {
      const error = this.#refusals[kind];
      if (error !== undefined) throw new DOMException('', error);
    }
    const tracks = kinds.map((kind) => new FakeTrack(kind, `${kind}${this.tracks.length}`));
    this.tracks.push(...tracks);
    return fakeStream(...tracks);
  }
}

/** An engine that keeps what it was told. */
export class FakeEngine implements MediaEngine {
  readonly remote = signal<MediaStream | null>(null);
  readonly started: Start[] = [];
  readonly taken: Signal[] = [];
  readonly stopped: Array<string | null> = [];
  sending: Sending = { microphone: null, picture: null };
  opened = 0;
  readonly report: Report;

  constructor(report: Report = () => undefined) {
    this.report = report;
  }

  start(start: Start, ready: Promise<void>): void {
    void ready.then(() => this.started.push(start));
  }

  take(taken: Signal): void {
    this.taken.push(taken);
  }

  send(sending: Sending): void {
    this.sending = sending;
  }

  devicesOpened(): void {
    this.opened += 1;
  }

  stop(call: string | null): void {
    this.stopped.push(call);
  }
}

export class FakeRinger implements Ringer {
  readonly blocked = signal(false);
  sound: Sound = 'none';

  play(sound: Sound): void {
    this.sound = sound;
  }
}
