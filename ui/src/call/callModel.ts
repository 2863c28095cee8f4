/**
 * The call as this page lives it: what the node says of it, this side's devices, and the engine between the two.
 * Everything follows from the call's phase; the page decides nothing about calls.
 */

import { computed, effect, type ReadonlySignal, signal } from '@preact/signals-core';
import type { Sound } from '../host/host';
import type { NodeModel } from '../node/nodeModel';
import type { CallView, Devices, EngineOrder, Media, Picture } from '../wire.gen';
import type { Missing } from './bridge/threads';
import { CallChoices } from './choices';
import type { Capturing, Why } from './devices';
import { Ears } from './ears';
import type { MediaEngine, Report } from './engine';
import { type DeviceState, LocalMedia, type Prepare } from './localMedia';
import { isGoingOn, isLive, isOurs, soundOf } from './phases';
import type { Ringer } from './ring';
import { Routes } from './routes';

/** A permission question nobody answers must not hold the connection up for ever; it is made again afterwards. */
const DEVICES_WAIT_MS = 3000;

interface CallModelParts {
  readonly node: NodeModel;
  readonly makeEngine: (report: Report) => MediaEngine;
  readonly capturing: Capturing;
  /** Lets the system ask for devices, before they are opened. */
  readonly prepare?: Prepare | undefined;
  readonly sound?: Sound | undefined;
  /** The machine lets this page share a screen, if the page can. */
  readonly screen?: boolean;
  readonly missing?: Missing | null;
  readonly ringer: Ringer;
  readonly store: Pick<Storage, 'getItem' | 'setItem'>;
  /** Where what holds for every call is kept. */
  readonly ears: Pick<Storage, 'getItem' | 'setItem'>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/** Which devices could not be opened, and why. */
export interface Trouble {
  readonly microphone: Why | null;
  readonly camera: Why | null;
}

export class CallModel {
  readonly #node: NodeModel;
  readonly #engine: MediaEngine;
  readonly #choices: CallChoices;
  readonly #local: LocalMedia;
  readonly #ears: Ears;
  readonly #since = signal<number | null>(null);
  readonly #putAway = signal<string | null>(null);
  readonly #stops: Array<() => void> = [];
  #told = '';

  readonly call: ReadonlySignal<CallView | null>;
  /** A call is going on: another cannot be placed. */
  readonly busy: ReadonlySignal<boolean>;
  /** Sound and picture of the other side. */
  readonly remote: ReadonlySignal<MediaStream | null>;
  /** What this side shows, for its own eyes. */
  readonly ownPicture: ReadonlySignal<MediaStreamTrack | null>;
  /** Which of this side's devices are on. */
  readonly devices: ReadonlySignal<Devices>;
  /** This side sees itself as in a mirror: not what a screen shows, nor the camera at the back of a phone. */
  readonly mirrored: ReadonlySignal<boolean>;
  /** There may be another camera that looks the other way. */
  readonly turns: ReadonlySignal<boolean>;
  /** What could not be opened, until it is put away. */
  readonly trouble: ReadonlySignal<Trouble | null>;
  /** When sound and picture first came up, on the clock given. */
  readonly since: ReadonlySignal<number | null> = this.#since;
  readonly soundBlocked: ReadonlySignal<boolean>;
  /** A device of this side is open: a browser then lets the page be heard without a click. */
  readonly capturing: ReadonlySignal<boolean>;
  readonly canShareScreen: boolean;
  /** What this machine lacks for calls in this window; `null` when nothing, or nothing that could be changed. */
  readonly missing: Missing | null;
  /** This person wears a headset; `null` where the browser finds out by itself whether there is an echo. */
  readonly headset: ReadonlySignal<boolean> | null;
  /** Where the call is heard. */
  readonly routes: Routes;

  constructor(parts: CallModelParts) {
    const { node, makeEngine, capturing, screen = true, missing = null, ringer, store, ears, now } = parts;
    this.#node = node;
    this.#choices = new CallChoices(store);
    this.#engine = makeEngine((command) => node.send(command));
    this.#local = new LocalMedia(
      capturing,
      this.#engine.cleansSound ? 'elsewhere' : 'by_browser',
      this.#prepare(parts.prepare),
    );
    this.routes = new Routes(parts.sound);
    this.#ears = new Ears(ears);
    this.headset = this.#engine.cleansSound ? this.#ears.headset : null;
    this.call = node.call;
    this.busy = computed(() => isGoingOn(this.call.value));
    this.remote = this.#engine.remote;
    this.soundBlocked = ringer.blocked;
    this.capturing = this.#local.anyOpen;
    this.canShareScreen = screen && this.#local.canShareScreen;
    this.missing = missing;
    this.ownPicture = computed(() => this.#local.screen.value ?? on(this.#local.camera.value));
    this.mirrored = computed(() => this.#local.screen.value === null && this.#local.facing.value === 'user');
    this.turns = computed(() => this.#local.turns.value && this.#shownPicture() === 'camera');
    this.devices = computed(() => this.#shown());
    this.trouble = computed(() => this.#troubleNow());
    this.#follow(ringer, now);
    node.onOrder((order) => this.#obey(order));
  }

  place(peer: string, media: Media): void {
    this.#node.forgetRefusal();
    this.#node.send({ type: 'call', peer, media });
  }

  accept(media: Media): void {
    this.#say((call) => ({ type: 'accept', call, media }));
  }

  decline(): void {
    this.#say((call) => ({ type: 'decline', call }));
  }

  hangUp(): void {
    this.#say((call) => ({ type: 'hang_up', call }));
  }

  takeOver(): void {
    this.#say((call) => ({ type: 'take_over', call }));
  }

  /** Puts the words about the last call away. */
  dismiss(): void {
    this.#node.send({ type: 'dismiss' });
  }

  verify(verified: boolean): void {
    const call = this.call.peek();
    if (call !== null) this.#node.send({ type: 'verify', peer: call.with.peer, verified });
  }

  toggleMicrophone(): void {
    const { microphone } = this.devices.peek();
    this.#choices.choose({ microphone: !microphone });
    if (!microphone) this.#local.retry();
  }

  toggleCamera(): void {
    const camera = this.devices.peek().picture === 'camera';
    this.#local.stopScreen();
    this.#choices.choose({ camera: !camera });
    if (!camera) this.#local.retry();
  }

  turnCamera(): void {
    this.#local.turn();
  }

  toggleHeadset(): void {
    this.#ears.toggle();
  }

  toggleScreen(): void {
    if (this.#local.screen.peek() !== null) this.#local.stopScreen();
    else this.#shareScreen();
  }

  /** Whoever chooses a screen for one call does not show it in the next. */
  #shareScreen(): void {
    const chosenFor = this.call.peek()?.call;
    void this.#local.shareScreen(() => isOurs(this.call.peek()) && this.call.peek()?.call === chosenFor);
  }

  /** Tries to open again what could not be opened. */
  retryDevices(): void {
    this.#putAway.value = null;
    this.#local.retry();
  }

  /** Goes on with what there is. */
  putTroubleAway(): void {
    this.#putAway.value = this.#troubleKey(this.#failures());
  }

  /** Ends everything the model follows; the page itself never does. */
  dispose(): void {
    for (const stop of this.#stops) stop();
  }

  /** What comes before a device is opened; nothing where nothing need be waited for. */
  #prepare(prepare: Prepare | undefined): Prepare | undefined {
    const { headStart } = this.#engine;
    if (headStart === 0) return prepare;
    return async (devices) => {
      await new Promise((resolve) => setTimeout(resolve, headStart));
      return prepare === undefined || prepare(devices);
    };
  }

  #obey(order: EngineOrder): void {
    switch (order.order) {
      case 'start':
        this.#engine.start(order, isOurs(this.call.peek()) ? this.#local.opened(DEVICES_WAIT_MS) : Promise.resolve());
        return;
      case 'description':
      case 'candidate':
      case 'relay':
        this.#engine.take(order);
        return;
      case 'stop':
        this.#engine.stop(order.call);
        return;
    }
  }

  #follow(ringer: Ringer, now: () => number): void {
    const follow = (step: () => void) => this.#stops.push(effect(step));
    follow(() => this.#choices.enter(this.call.value?.call ?? null));
    follow(() => this.#local.want(this.#wanted()));
    follow(() => this.routes.during(isOurs(this.call.value) ? this.call.value.call : null));
    follow(() => {
      if (!isOurs(this.call.value)) this.#local.stopScreen();
    });
    follow(() => {
      const microphone = on(this.#local.microphone.value);
      if (microphone !== null) microphone.enabled = this.#choices.now.value.microphone !== false;
    });
    follow(() => this.#send());
    follow(() => this.#engine.wear(this.#ears.headset.value));
    follow(() => {
      if (this.#local.anyOpen.value) this.#engine.devicesOpened();
    });
    follow(() => {
      if (!isGoingOn(this.call.value)) this.#engine.stop(null);
    });
    follow(() => ringer.play(soundOf(this.call.value)));
    follow(() => {
      const ms = this.call.value?.connected_ms ?? null;
      this.#since.value = ms === null ? null : now() - ms;
    });
    follow(() => this.#tellDevices());
  }

  #wanted() {
    const call = this.call.value;
    if (!isOurs(call)) return { microphone: false, camera: false };
    // Nobody sees the camera while the screen is shown: its light goes off.
    const camera = (this.#choices.now.value.camera ?? call.mine === 'video') && this.#local.screen.value === null;
    return { microphone: true, camera };
  }

  #send(): void {
    const call = this.call.value;
    const picture = this.ownPicture.value;
    const content = this.#local.screen.value === null ? 'camera' : 'screen';
    if (isLive(call)) this.#engine.send({ microphone: on(this.#local.microphone.value), picture, content });
    else if (isOurs(call) && picture !== null) this.#engine.rehearse(picture, content);
    else this.#engine.send(null);
  }

  /** A device that is being opened counts as on: it was asked for, and the words on both screens should not flicker. */
  #shown(): Devices {
    const heard = ['on', 'opening'].includes(this.#local.microphone.value.is);
    return { microphone: heard && this.#choices.now.value.microphone !== false, picture: this.#shownPicture() };
  }

  #shownPicture(): Picture {
    if (this.#local.screen.value !== null) return 'screen';
    return ['on', 'opening'].includes(this.#local.camera.value.is) ? 'camera' : 'off';
  }

  #tellDevices(): void {
    const call = this.call.value;
    if (!isLive(call)) {
      this.#told = '';
      return;
    }
    const devices = this.devices.value;
    const telling = JSON.stringify([call.call, devices]);
    if (telling === this.#told) return;
    this.#told = telling;
    this.#node.send({ type: 'devices', call: call.call, devices });
  }

  #failures(): Trouble {
    return { microphone: failure(this.#local.microphone.value), camera: failure(this.#local.camera.value) };
  }

  #troubleNow(): Trouble | null {
    const trouble = this.#failures();
    const any = trouble.microphone !== null || trouble.camera !== null;
    return any && this.#troubleKey(trouble) !== this.#putAway.value ? trouble : null;
  }

  /** The same trouble in another call is said again. */
  #troubleKey(trouble: Trouble): string {
    return JSON.stringify([this.call.value?.call, trouble]);
  }

  #say(command: (call: string) => Parameters<NodeModel['send']>[0]): void {
    const call = this.call.peek();
    if (call !== null) this.#node.send(command(call.call));
  }
}

function on(state: DeviceState): MediaStreamTrack | null {
  return state.is === 'on' ? state.track : null;
}

function failure(state: DeviceState): Why | null {
  return state.is === 'failed' ? state.why : null;
}
