/** Stand-ins for devices and engine, for tests and the gallery. The production page imports none of them. */

import { signal } from '@preact/signals-core';
import type { Capturing } from './devices';
import type { Content, MediaEngine, Report, Sending, Signal, Start } from './engine';
import type { Ringer, Sound } from './ring';

/** A track without a device behind it. */
export class FakeTrack {
  readonly id: string;
  readonly kind: 'audio' | 'video';
  enabled = true;
  readyState: MediaStreamTrackState = 'live';
  onended: (() => void) | null = null;
  readonly clones: FakeTrack[] = [];
  /** Of a phone's camera. */
  facingMode: string | undefined;

  constructor(kind: 'audio' | 'video', id: string = kind) {
    this.kind = kind;
    this.id = id;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  clone(): FakeTrack {
    const clone = new FakeTrack(this.kind, this.id);
    this.clones.push(clone);
    return clone;
  }

  getSettings(): MediaTrackSettings {
    return this.facingMode === undefined ? {} : { facingMode: this.facingMode };
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

/** Streams of such tracks, where the page makes one itself: the DOM of the tests has none with tracks. */
export class TestStream extends (globalThis.MediaStream ?? Object) {
  readonly #tracks: FakeTrack[];

  constructor(tracks: FakeTrack[] = []) {
    super();
    this.#tracks = tracks;
  }

  override getTracks(): MediaStreamTrack[] {
    return this.#tracks.map((track) => track.as());
  }

  override getAudioTracks(): MediaStreamTrack[] {
    return this.getTracks().filter(({ kind }) => kind === 'audio');
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
  /** The same, with all the wishes. */
  readonly constraints: MediaStreamConstraints[] = [];
  readonly tracks: FakeTrack[] = [];
  screen: FakeTrack | Error | null = new FakeTrack('video', 'screen');
  #refusals: Partial<Record<Kind, string>> = {};
  #slow = new Map<Kind, Promise<void>>();
  userAgent = 'Linux';
  /** Where the cameras of this phone look; none of other machines does anywhere. */
  facing: readonly string[] = [];
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
        getUserMedia: (constraints = {}) => {
          this.constraints.push(constraints);
          return this.#open(constraints);
        },
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
    const wanted = typeof video === 'object' && typeof video.facingMode === 'object' ? video.facingMode : {};
    const ideal = 'ideal' in wanted ? wanted.ideal : undefined;
    for (const track of tracks) {
      if (track.kind === 'video') track.facingMode = this.facing.find((way) => way === ideal) ?? this.facing[0];
    }
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
  sending: Sending | null = null;
  rehearsed: Pick<Sending, 'picture' | 'content'> | null = null;
  cleansSound = false;
  headStart = 0;
  headset = false;
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

  send(sending: Sending | null): void {
    this.sending = sending;
    this.rehearsed = null;
  }

  rehearse(picture: MediaStreamTrack, content: Content): void {
    this.sending = null;
    this.rehearsed = { picture, content };
  }

  devicesOpened(): void {
    this.opened += 1;
  }

  wear(headset: boolean): void {
    this.headset = headset;
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
