/** An offer among the entries, with what goes on with it: only this row is drawn anew while it moves. */

import { useCallback } from 'preact/hooks';
import { FilesBubble } from '../parts/FilesBubble';
import { type FilesModel, keyOf } from '../talk/filesModel';
import { progressOf } from '../talk/progress';
import type { Thumbnails } from '../talk/thumbnails';
import type { FilesEntry } from '../talk/transfer';
import type { Entry, Marks, PeerView } from '../wire.gen';

interface FilesRowProps {
  readonly files: FilesModel;
  readonly thumbnails: Thumbnails;
  readonly entry: Entry;
  readonly what: FilesEntry;
  readonly peer: PeerView;
  readonly marks: Marks;
  readonly marked: boolean;
  /** A button goes away with what it did. */
  readonly onDone: () => void;
}

export function FilesRow({ files, thumbnails, entry, what, peer, marks, marked, onDone }: FilesRowProps) {
  const { message, author } = what;
  const mine = author.who === 'me';
  const key = keyOf({ peer: peer.peer, message, mine });
  const onPictureWanted = useCallback(
    () => thumbnails.wanted(peer.peer, message, mine),
    [thumbnails, peer.peer, message, mine],
  );
  return (
    <FilesBubble
      entry={entry}
      what={what}
      name={peer.name}
      here={peer.presence !== 'offline'}
      run={files.runs.value.get(key)}
      progress={author.who === 'me' ? progressOf(author.n, marks) : null}
      marked={marked}
      notDone={files.notDone.value.get(message) ?? null}
      onWish={(wish) => {
        files.wish(peer.peer, entry, wish);
        // The button to halt becomes the one to go on.
        if (wish !== 'pause' && wish !== 'resume') onDone();
      }}
      picture={thumbnails.pictures.value.get(key)}
      onPictureWanted={onPictureWanted}
    />
  );
}
