/**
 * The page's only way out: what it is told and what it asks. One implementation for each place the page can live in.
 */

import type { Command, Notice, PageCaps } from '../wire.gen';
import type { HandOver } from './handOver';
import type { MediaDoor } from './mediaSocket';
import { isTyped } from './typed';
import type { Updater } from './updater';

/**
 * How the way to the node is:
 * - `connecting`: not told anything yet
 * - `open`: the node answers; the first notice is a snapshot
 * - `gone`: the node does not run, and is tried again
 * - `denied`: the node does not want this page (its token is not valid); nothing is tried again
 */
export type HostState = 'connecting' | 'open' | 'gone' | 'denied';

/** The way to the node, once connected. */
export interface Line {
  /** Ask something of the node. While the line is not open, what is asked is dropped: the node would not know of it. */
  send(command: Command): void;
}

export interface MediaOffer extends MediaDoor {
  /** A screen can be shared from the window. */
  readonly screen: boolean;
}

/** What the system starts when somebody logs in. */
export interface Login {
  /** `null`: nobody can tell. */
  starts(): Promise<boolean | null>;
  /** Rejects when the system does not keep it. */
  start(on: boolean): Promise<void>;
}

/** Where a call is heard, on systems that let one choose. */
export interface Sound {
  /** What the system says of it; with a route, it is to be heard there. */
  routes(route: string | null): Promise<unknown>;
  /** Calls this whenever it changed, from when it settles on. */
  onRoutes(changed: () => void): Promise<void>;
}

/** A place the page lives in. */
export interface Host {
  /** In the app's own window sound needs no earlier click; in a browser it does. */
  readonly kind: 'window' | 'browser';
  /** Where the Rust half of an engine is, and what it knows of this machine; `null` where there is none. */
  media(): Promise<MediaOffer | null>;
  connect(caps: PageCaps, onNotice: (notice: Notice) => void, onState: (state: HostState) => void): Line;
  /** Whether the app starts when its person logs in; absent where it has no say in that. */
  readonly login?: Login;
  /** Newer versions of the app itself; absent where the page is in no app. */
  readonly updater?: Updater;
  /** Lets the system ask for devices before the page opens them; absent where opening them asks. */
  readonly prepareCall?: (devices: readonly ('microphone' | 'camera')[]) => Promise<boolean>;
  /** Absent where the page has no say in that. */
  readonly sound?: Sound;
  /** Hands over a file that is to be offered. */
  readonly handOver: HandOver;
}

const NOTICES: ReadonlySet<string> = new Set<Notice['type']>([
  'snapshot',
  'me',
  'peer',
  'peer_gone',
  'call',
  'engine',
  'talk',
  'open',
  'refused',
]);

/** Whether something that came over the line is a notice this page knows. The node is trusted with what is inside. */
export function isNotice(value: unknown): value is Notice {
  return isTyped(value, NOTICES);
}
