/** This side's microphone, camera and shared screen: brought to what the call wants, and closed at once when it ends. */

import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals-core';
import {
  type Capture,
  type Capturing,
  type Cleaning,
  canShareScreen,
  type Facing,
  facingOf,
  type Opening,
  open,
  openBoth,
  openScreen,
  type Why,
} from './devices';

export type DeviceState =
  | { readonly is: 'off' }
  | { readonly is: 'opening' }
  | { readonly is: 'on'; readonly track: MediaStreamTrack }
  | { readonly is: 'failed'; readonly why: Why };

/** Which devices the call wants open. */
export interface Wanted {
  readonly microphone: boolean;
  readonly camera: boolean;
}

const DEVICES = ['microphone', 'camera'] as const;
const OFF: DeviceState = { is: 'off' };
const OPENING: DeviceState = { is: 'opening' };

/** Asks the system for devices; whether all of them may be opened. */
export type Prepare = (devices: readonly Capture[]) => Promise<boolean>;

export class LocalMedia {
  readonly #from: Capturing;
  readonly #cleaning: Cleaning;
  readonly #prepare: Prepare | undefined;
  readonly #states = { microphone: signal<DeviceState>(OFF), camera: signal<DeviceState>(OFF) };
  readonly #screen = signal<MediaStreamTrack | null>(null);
  readonly #asked = new Set<Capture>();
  readonly #facing = signal<Facing>('user');
  readonly #turns = signal(false);
  #wanted: Wanted = { microphone: false, camera: false };
  #choosing = false;

  readonly microphone: ReadonlySignal<DeviceState> = this.#states.microphone;
  readonly camera: ReadonlySignal<DeviceState> = this.#states.camera;
  readonly screen: ReadonlySignal<MediaStreamTrack | null> = this.#screen;
  /** Where the camera looks; one that does not say looks at whoever sits before it. */
  readonly facing: ReadonlySignal<Facing> = this.#facing;
  /** There may be another camera that looks the other way. */
  readonly turns: ReadonlySignal<boolean> = this.#turns;
  /** A device is open, which is also what lets a browser name its own addresses to the other side. */
  readonly anyOpen = computed(() => this.microphone.value.is === 'on' || this.camera.value.is === 'on');
  /** Something is still being opened. */
  readonly opening = computed(() => this.microphone.value.is === 'opening' || this.camera.value.is === 'opening');
  readonly canShareScreen: boolean;

  constructor(from: Capturing, cleaning: Cleaning, prepare?: Prepare) {
    this.#from = from;
    this.#cleaning = cleaning;
    this.#prepare = prepare;
    this.canShareScreen = canShareScreen(from);
  }

  /** Brings the devices to this. What is not wanted any more is closed before this returns. */
  want(wanted: Wanted): void {
    this.#wanted = wanted;
    // Whoever showed a room in one call shows themselves in the next.
    if (!wanted.microphone && !wanted.camera) this.#facing.value = 'user';
    batch(() => {
      for (const device of DEVICES) {
        const state = this.#states[device];
        if (!wanted[device]) this.#close(device);
        else if (state.peek().is === 'off') state.value = OPENING;
      }
    });
    this.#openMissing();
  }

  /** Tries the ones again that could not be opened. */
  retry(): void {
    for (const device of DEVICES) {
      if (this.#states[device].peek().is === 'failed') this.#states[device].value = OFF;
    }
    this.want(this.#wanted);
  }

  /** Takes the camera that looks the other way. The one before is closed first: phones open one at a time. */
  turn(): void {
    if (!this.#turns.peek() || this.camera.peek().is !== 'on') return;
    this.#facing.value = this.#facing.peek() === 'user' ? 'environment' : 'user';
    this.#close('camera');
    this.want(this.#wanted);
  }

  stopScreen(): void {
    this.#screen.peek()?.stop();
    this.#screen.value = null;
  }

  /** Asks which screen to show. Has to be called right in a click: browsers insist on it. */
  async shareScreen(still: () => boolean): Promise<void> {
    if (this.#choosing || this.#screen.peek() !== null) return;
    this.#choosing = true;
    const track = await openScreen(this.#from);
    this.#choosing = false;
    if (track === null) return;
    if (!still()) {
      track.stop();
      return;
    }
    // The browser's own bar has a "Stop sharing" too.
    track.onended = () => {
      if (this.#screen.peek() === track) this.#screen.value = null;
    };
    this.#screen.value = track;
  }

  /** Settles when the first device is open, or none is left to wait for, or `limit` milliseconds have passed. */
  opened(limit: number): Promise<void> {
    return new Promise((resolve) => {
      let stop: (() => void) | null = null;
      const done = () => {
        clearTimeout(timer);
        queueMicrotask(() => stop?.());
        resolve();
      };
      const timer = setTimeout(done, limit);
      stop = effect(() => {
        if (this.anyOpen.value || !this.opening.value) done();
      });
    });
  }

  /** A device is asked for once at a time: who wants it again while it is being opened gets that one. */
  #openMissing(): void {
    const missing = DEVICES.filter(
      (device) => this.#states[device].peek().is === 'opening' && !this.#asked.has(device),
    );
    for (const device of missing) this.#asked.add(device);
    if (this.#prepare === undefined) this.#open(missing);
    else if (missing.length > 0) void this.#openGranted(missing, this.#prepare);
  }

  async #openGranted(missing: readonly Capture[], prepare: Prepare): Promise<void> {
    // Where the system cannot be asked, opening them shows what it allows.
    const asks = (devices: readonly Capture[]) => prepare(devices).catch(() => true);
    const wanted = (device: Capture) => this.#wanted[device];
    let granted: readonly Capture[] = (await asks(missing)) ? missing : [];
    // Who is not to be seen may be heard.
    if (granted.length < missing.length && missing.length > 1 && wanted('microphone') && (await asks(['microphone']))) {
      granted = ['microphone'];
    }
    // No camera lights up for a call that ended meanwhile.
    const opens = granted.filter(wanted);
    for (const device of missing) {
      if (!opens.includes(device)) this.#arrived(device, { ok: false, why: 'not_granted' });
    }
    this.#open(opens);
  }

  #open(devices: readonly Capture[]): void {
    const how = { cleaning: this.#cleaning, facing: this.#facing.peek() };
    const both = devices.length === DEVICES.length ? openBoth(this.#from, how) : null;
    for (const device of devices) {
      const opening = both?.[device] ?? open(this.#from, device, how);
      void opening.then((opened) => this.#arrived(device, opened));
    }
  }

  #arrived(device: Capture, opening: Opening): void {
    const state = this.#states[device];
    this.#asked.delete(device);
    if (!this.#wanted[device]) {
      // The call ended, or the camera was switched off, while this was being opened.
      if (opening.ok) opening.track.stop();
      state.value = OFF;
      return;
    }
    if (!opening.ok) {
      state.value = { is: 'failed', why: opening.why };
      return;
    }
    const { track } = opening;
    if (device === 'camera') this.#looks(facingOf(track));
    track.onended = () => {
      const now = state.peek();
      if (now.is === 'on' && now.track === track) state.value = { is: 'failed', why: 'lost' };
    };
    state.value = { is: 'on', track };
  }

  /** A phone with one camera gives that one, whichever was asked for. */
  #looks(way: Facing | null): void {
    this.#turns.value = way !== null && way === this.#facing.peek();
    this.#facing.value = way ?? 'user';
  }

  #close(device: Capture): void {
    const state = this.#states[device];
    const now = state.peek();
    if (now.is === 'on') now.track.stop();
    state.value = OFF;
  }
}
