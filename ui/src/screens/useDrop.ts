/** Files that are dragged over something, and dropped there. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { type Dropped, droppedIn, holdsFiles } from '../talk/dropped';

/** While something is dragged over a place, a browser says so again within this time. */
const LEFT_MS = 150;

interface Drop {
  /** They are over it now. */
  readonly over: boolean;
  readonly onDragEnter: (event: DragEvent) => void;
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDragLeave: () => void;
  readonly onDrop: (event: DragEvent) => void;
}

export function useDrop(open: boolean, onDropped: (dropped: Dropped) => void): Drop {
  const [over, setOver] = useState(false);
  const leaving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(leaving.current), []);

  const drag = (event: DragEvent) => {
    if (!open || !holdsFiles(event.dataTransfer)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
    clearTimeout(leaving.current);
    setOver(true);
  };
  return {
    over: over && open,
    onDragEnter: drag,
    onDragOver: drag,
    // Also told between what is inside: then it is over it again at once.
    onDragLeave: () => {
      clearTimeout(leaving.current);
      leaving.current = setTimeout(() => setOver(false), LEFT_MS);
    },
    onDrop: (event) => {
      const { dataTransfer } = event;
      if (!open || dataTransfer === null || !holdsFiles(dataTransfer)) return;
      event.preventDefault();
      clearTimeout(leaving.current);
      setOver(false);
      const dropped = droppedIn(dataTransfer);
      if (dropped.entries.length + dropped.files.length > 0) onDropped(dropped);
    },
  };
}
