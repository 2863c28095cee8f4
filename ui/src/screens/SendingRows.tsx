/** What is being sent to somebody and does not stand in the conversation yet. */

import { SendingBubble } from '../parts/SendingBubble';
import type { FilesModel } from '../talk/filesModel';

interface SendingRowsProps {
  readonly files: FilesModel;
  readonly peer: string;
  /** A button goes away with what it did. */
  readonly onDone: () => void;
}

export function SendingRows({ files, peer, onDone }: SendingRowsProps) {
  return [...files.sendings.value.values()]
    .filter((sending) => sending.peer === peer)
    .map(({ message, parcel, stand }) => (
      <SendingBubble
        key={message}
        parcel={parcel}
        stand={stand}
        onStop={() => {
          files.stop(message);
          onDone();
        }}
      />
    ));
}
