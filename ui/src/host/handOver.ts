/** What is sent is first handed over to the node: in a browser a page knows no paths that the node could read. */

/**
 * Why a file was not handed over:
 * - `disk_full`: the node's disk has no room for it
 * - `unreadable`: it is not there any more, was changed, or may not be read
 * - `failed`: the node did not take it, or is gone
 */
export type NotHandedOver = 'disk_full' | 'unreadable' | 'failed';

export class HandOverError extends Error {
  readonly why: NotHandedOver;

  constructor(why: NotHandedOver) {
    super(`a file was not handed over: ${why}`);
    this.why = why;
  }
}

/** Who waits for a file meanwhile. */
export interface Watch {
  /** Stops it. */
  readonly signal?: AbortSignal;
  /** So many of its bytes were handed over. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Hands over one file of an offer. No two of one offer have the same path; its names are joined by `/`.
 *
 * Rejects with a `HandOverError`, also when it is stopped.
 */
export type HandOver = (message: string, path: string, content: Blob, watch?: Watch) => Promise<void>;

/** A path as it travels in an address or a header. Half a letter, which some systems have in names, is none. */
export function encodedPath(path: string): string {
  return encodeURIComponent(path.replace(/\p{Surrogate}/gu, '\ufffd'));
}

/** Why it failed, where nothing says so: a file that went away looks like a lost connection. */
export async function whyLost(content: Blob): Promise<NotHandedOver> {
  try {
    await content.slice(0, 1).arrayBuffer();
    return 'failed';
  } catch {
    return 'unreadable';
  }
}
