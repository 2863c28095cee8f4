/** Watches one connection's path: tells when it is up and when it is down, and has ICE start over until it is back. */

import type { Path } from '../wire.gen';

/** A short gap (a roaming phone) mends itself: only after this is a new path looked for. */
export const GAP_MS = 1000;
/** How long one search has before the next begins. */
export const SEARCH_MS = 3000;

interface PathWatchParts {
  readonly tell: (path: Path) => void;
  readonly restart: () => void;
}

export class PathWatch {
  readonly #parts: PathWatchParts;
  #path: Path | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: PathWatchParts) {
    this.#parts = parts;
  }

  /** The path has been up at least once. */
  get wasUp(): boolean {
    return this.#path !== null;
  }

  /** The connection's state changed to this. */
  become(state: RTCPeerConnectionState): void {
    switch (state) {
      case 'connected':
        this.stop();
        this.#tell('up');
        return;
      case 'disconnected':
        this.#tell('down');
        this.#restartAfter(GAP_MS);
        return;
      case 'failed':
        this.#tell('down');
        this.#restart();
        return;
      case 'closed':
        this.stop();
        return;
      case 'new':
      case 'connecting':
        // A search under way keeps its timer: with the cable out it finds nothing and would wait for ever.
        return;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tell(path: Path): void {
    if (this.#path === path) return;
    this.#path = path;
    this.#parts.tell(path);
  }

  #restartAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#restart(), ms);
  }

  #restart(): void {
    this.#parts.restart();
    this.#restartAfter(SEARCH_MS);
  }
}
