/** What the page and its media worker say to each other. */

import type { MediaDoor } from '../../host/mediaSocket';
import type { EngineWord, PageWord } from '../../wire.gen';
import type { Content } from '../engine';

/**
 * What this webview can do for calls:
 * - `tracks`: take tracks apart and make them, in the worker
 * - `frames`: encode and decode; frames come from and go to elements of the page
 */
export type Ability = 'tracks' | 'frames';

/**
 * Why a webview without `RTCPeerConnection` can hold no call either:
 * - `webcodecs`: it has no encoders and decoders for pages
 * - `vp8`: it has, and they cannot do VP8: a part of GStreamer is not installed
 * - `crashed`: trying it ended the page
 */
export type Missing = 'webcodecs' | 'vp8' | 'crashed';

export type Probed = { readonly can: Ability } | { readonly missing: Exclude<Missing, 'crashed'> };

export type ToWorker =
  | { readonly is: 'probe' }
  | { readonly is: 'open'; readonly door: MediaDoor; readonly session: number }
  | { readonly is: 'say'; readonly word: PageWord }
  /** The picture to send from now on. */
  | { readonly is: 'track'; readonly track: MediaStreamTrack | null; readonly content: Content }
  /** A frame of the picture to send, where the worker cannot take tracks apart. */
  | { readonly is: 'frame'; readonly frame: VideoFrame; readonly content: Content }
  /** The last frame was shown: another may come. */
  | { readonly is: 'shown' }
  /** Where sound comes from and goes to. */
  | { readonly is: 'voice'; readonly port: MessagePort }
  | { readonly is: 'close' };

export type FromSession =
  | { readonly is: 'word'; readonly word: Extract<EngineWord, { type: 'report' }> }
  /** The other side's picture. */
  | { readonly is: 'track'; readonly track: MediaStreamTrack }
  /** The other side's picture, where the worker cannot make tracks. */
  | { readonly is: 'frame'; readonly frame: VideoFrame }
  /** The last frame was taken: another may come. */
  | { readonly is: 'taken' }
  /** The other half of the engine is gone. */
  | { readonly is: 'lost' };

/** What a session says has its number: it may still be under way when the next one is open. */
export type FromWorker =
  | { readonly is: 'probed'; readonly probed: Probed }
  | (FromSession & { readonly session: number });
