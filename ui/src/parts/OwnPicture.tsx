/** What you show, in a corner of the call. Dragged, or moved with the arrow keys. */

import { useMemo, useRef, useState } from 'preact/hooks';
import { type Corner, cornerTowards, nearestCorner } from '../layout/corner';
import { t } from '../messages';
import { MicrophoneOffIcon } from './icons';
import styles from './OwnPicture.module.css';
import { Picture } from './Picture';

interface OwnPictureProps {
  readonly track: MediaStreamTrack;
  /** As in a mirror: what people expect of themselves, and would find unreadable on a shared screen. */
  readonly mirrored: boolean;
  readonly silent: boolean;
}

interface Drag {
  readonly fromX: number;
  readonly fromY: number;
  readonly x: number;
  readonly y: number;
}

export function OwnPicture({ track, mirrored, silent }: OwnPictureProps) {
  const [corner, setCorner] = useState<Corner>('bottom-right');
  const [drag, setDrag] = useState<Drag | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const stream = useMemo(() => new MediaStream([track]), [track]);

  const drop = (event: PointerEvent) => {
    if (drag === null) return;
    setDrag(null);
    const room = box.current?.parentElement?.getBoundingClientRect();
    if (room === undefined || Math.hypot(drag.x, drag.y) < 8) return;
    setCorner(nearestCorner(event.clientX - room.left, event.clientY - room.top, room.width, room.height));
  };

  return (
    <div
      ref={box}
      class={`${styles.own} ${styles[corner]} ${drag === null ? '' : styles.dragged}`}
      style={drag === null ? { transform: '' } : { transform: `translate(${drag.x}px, ${drag.y}px)` }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ fromX: event.clientX, fromY: event.clientY, x: 0, y: 0 });
      }}
      onPointerMove={(event) => {
        if (drag !== null) setDrag({ ...drag, x: event.clientX - drag.fromX, y: event.clientY - drag.fromY });
      }}
      onPointerUp={drop}
      onPointerCancel={() => setDrag(null)}
    >
      <Picture label={t.yourVideo} stream={stream} muted copied class={mirrored ? styles.mirrored : styles.straight} />
      {silent && (
        <span class={styles.silent} role="img" aria-label={t.yourMicrophoneOff}>
          <MicrophoneOffIcon size={16} />
        </span>
      )}
      <button
        type="button"
        class={styles.move}
        aria-label={t.moveYourVideo}
        onKeyDown={(event) => {
          const next = cornerTowards(corner, event.key);
          if (next === corner) return;
          event.preventDefault();
          setCorner(next);
        }}
      />
    </div>
  );
}
