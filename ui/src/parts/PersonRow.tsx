/** Somebody in the list, the echo test too: picture, name, a line of words, and how to call them. */

import { t } from '../messages';
import type { Media, PeerView } from '../wire.gen';
import { IconButton } from './Button';
import { PhoneIcon, VideoIcon } from './icons';
import { NotTheVerified, VerifiedMark } from './Marks';
import styles from './PersonRow.module.css';
import { Portrait } from './Portrait';

interface PersonRowProps {
  readonly peer: PeerView;
  /** Absent for somebody who is not here: there is nobody to call. */
  readonly onCall?: (media: Media) => void;
  /** A call is going on. */
  readonly busy?: boolean;
}

export function PersonRow({ peer, onCall, busy = false }: PersonRowProps) {
  const { name, kind, presence, verified, not_the_verified: impersonated } = peer;
  return (
    <li class={`${styles.row} ${onCall === undefined ? styles.away : ''}`} data-peer={peer.peer}>
      <Portrait of={peer} />
      <div class={styles.who}>
        <div class={styles.name}>
          <bdi title={name}>{name}</bdi>
          {verified && <VerifiedMark />}
        </div>
        {kind === 'person' ? (
          <div class={`${styles.state} ${styles[presence]}`}>{t.presence[presence]}</div>
        ) : (
          <div class={styles.words}>{t.echoIs}</div>
        )}
      </div>
      {onCall !== undefined && (
        <div class={styles.calls}>
          <IconButton label={t.voiceCall(name)} disabled={busy} onClick={() => onCall('voice')}>
            <PhoneIcon />
          </IconButton>
          <IconButton label={t.videoCall(name)} disabled={busy} onClick={() => onCall('video')}>
            <VideoIcon />
          </IconButton>
        </div>
      )}
      {impersonated !== null && (
        <div class={styles.warning}>
          <NotTheVerified name={impersonated} />
        </div>
      )}
    </li>
  );
}
