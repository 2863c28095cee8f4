/** What the pictures of an offer look like, in short. It takes its room before there is anything to see in it. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { PictureSize } from '../wire.gen';
import styles from './Thumbnail.module.css';

/** Half of what the node makes at most, for screens with two pixels for one. */
const LONGEST_PX = 240;

interface ThumbnailProps {
  readonly label: string;
  readonly size: PictureSize;
  /** Its address; `undefined`: not known yet. */
  readonly picture: string | undefined;
  /** It comes in sight, for the first time or again. */
  readonly onWanted: () => void;
}

export function Thumbnail({ label, size: { width, height }, picture, onWanted }: ThumbnailProps) {
  const box = useRef<HTMLDivElement>(null);
  const [broken, setBroken] = useState(false);

  useEffect(() => {
    if (box.current === null) return;
    const near = (changes: readonly IntersectionObserverEntry[]) => {
      if (changes.at(-1)?.isIntersecting) onWanted();
    };
    // Browsers that know no such margin ask when it is in sight.
    const sight = new IntersectionObserver(near, { scrollMargin: '400px' });
    sight.observe(box.current);
    return () => sight.disconnect();
  }, [onWanted]);

  if (broken) return null;
  // What is small stays small.
  const scale = Math.min(1, LONGEST_PX / Math.max(width, height));
  return (
    <div
      ref={box}
      class={styles.thumbnail}
      style={{ width: `${Math.round(width * scale)}px`, aspectRatio: `${width} / ${height}` }}
    >
      {picture !== undefined && (
        <img src={picture} alt={label} decoding="async" draggable={false} onError={() => setBroken(true)} />
      )}
    </div>
  );
}
