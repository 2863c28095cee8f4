/**
 * What a call needs of the thing that makes connections. The browser's own `RTCPeerConnection` is one such engine
 * (`webEngine.ts`); where the webview has none, Rust has another behind the same interface (`bridge/`).
 */

import type { ReadonlySignal } from '@preact/signals-core';
import type { Command, EngineOrder } from '../wire.gen';

/** One connection of a call: which, and who does what in it. */
export type Start = Extract<EngineOrder, { order: 'start' }>;

/** What comes from the other side for the connection. */
export type Signal = Exclude<EngineOrder, { order: 'start' } | { order: 'stop' }>;

/** What a picture shows: of a screen the letters matter, of a camera the motion. */
export type Content = 'camera' | 'screen';

/** What is sent to the other side; `null` sends nothing. */
export interface Sending {
  readonly microphone: MediaStreamTrack | null;
  readonly picture: MediaStreamTrack | null;
  readonly content: Content;
}

/** What an engine reports to the node. */
export type Report = (command: Command) => void;

export interface MediaEngine {
  /** It takes echo and noise out of a microphone itself, and wants it as it is. */
  readonly cleansSound: boolean;
  /**
   * For so many milliseconds the other side's first picture goes before: opening a device keeps the webview from doing
   * anything else for longer than that picture takes.
   */
  readonly headStart: number;
  /** Sound and picture of the other side, once there is a connection that may carry them. */
  readonly remote: ReadonlySignal<MediaStream | null>;
  /** Makes a new connection once `ready` settles, closing an older one at once. */
  start(start: Start, ready: Promise<void>): void;
  /** Takes something of the other side; what is not for the present connection is dropped. */
  take(signal: Signal): void;
  /** Sends this from now on; before both said yes, `null`. */
  send(sending: Sending | null): void;
  /**
   * Before both said yes: nothing is sent, as with `null`, but this is the picture that will be, and an engine may do
   * beforehand what takes time.
   */
  rehearse(picture: MediaStreamTrack, content: Content): void;
  /** A device was opened: what could not be gathered without permission can be now. */
  devicesOpened(): void;
  /** Whether this person wears a headset: then there is no echo to take out. */
  wear(headset: boolean): void;
  /** Ends the connection of this call (of any call: `null`), after what is to be relayed is out. */
  stop(call: string | null): void;
}
