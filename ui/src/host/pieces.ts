/** A file in pieces, where all of it at once would be too much. */

import { HandOverError, type Watch } from './handOver';

const PIECE_BYTES = 1024 * 1024;

/** Puts one piece after the other; an empty file is one empty piece. */
export async function inPieces(
  content: Blob,
  put: (piece: Uint8Array, offset: number) => Promise<void>,
  watch: Watch = {},
): Promise<void> {
  let offset = 0;
  do {
    if (watch.signal?.aborted) throw new HandOverError('failed');
    const piece = await read(content, offset);
    await put(piece, offset);
    offset += piece.length;
    watch.onBytes?.(offset);
  } while (offset < content.size);
}

async function read(content: Blob, offset: number): Promise<Uint8Array> {
  const wanted = Math.min(PIECE_BYTES, content.size - offset);
  const piece = await content
    .slice(offset, offset + wanted)
    .arrayBuffer()
    .catch(() => null);
  // A file that became shorter meanwhile has no more pieces.
  if (piece === null || piece.byteLength !== wanted) throw new HandOverError('unreadable');
  return new Uint8Array(piece);
}
