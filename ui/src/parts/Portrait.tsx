/** The picture of whoever is called: a person's dog, or for the echo test somebody before a mirror. */

import type { PeerView } from '../wire.gen';
import { Avatar } from './Avatar';
import styles from './Portrait.module.css';

interface PortraitProps {
  readonly of: Pick<PeerView, 'peer' | 'kind'>;
  readonly size?: number;
}

export function Portrait({ of, size = 40 }: PortraitProps) {
  switch (of.kind) {
    case 'person':
      return <Avatar peer={of.peer} size={size} />;
    case 'echo':
      return <Mirror size={size} />;
  }
}

function Mirror({ size }: { size: number }) {
  return (
    <svg class={styles.mirror} width={size} height={size} viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle class={styles.ground} cx="24" cy="24" r="24" />
      <path class={styles.glass} d="M24 10v28" />
      <g class={styles.you}>
        <circle cx="15" cy="19.2" r="3.7" />
        <path d="M8.8 33.2c0-4.8 2.6-7.3 6.2-7.3s6.2 2.5 6.2 7.3Z" />
      </g>
      <g class={styles.image}>
        <circle cx="33" cy="19.2" r="3.7" />
        <path d="M26.8 33.2c0-4.8 2.6-7.3 6.2-7.3s6.2 2.5 6.2 7.3Z" />
      </g>
    </svg>
  );
}
