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
  /** Absent for whom there is nothing to write to. */
  readonly onOpen?: () => void;
  /** Their conversation is the one that is shown. */
  readonly open?: boolean;
  /** Entries not seen yet, and the last one in short. */
  readonly unread?: number;
  readonly last?: string | null;
}

export function PersonRow(props: PersonRowProps) {
  const { peer, onCall, busy = false, onOpen, open = false, unread = 0, last = null } = props;
  const { name, kind, presence, verified, not_the_verified: impersonated } = peer;
  return (
    <li
      class={`${styles.row} ${onCall === undefined ? styles.away : ''} ${open ? styles.open : ''}`}
      data-peer={peer.peer}
    >
      <Portrait of={peer} />
      <div class={styles.who}>
        <div class={styles.name}>
          {onOpen === undefined ? (
            <bdi title={name}>{name}</bdi>
          ) : (
            <button type="button" class={styles.opener} aria-pressed={open} data-opens={peer.peer} onClick={onOpen}>
              <bdi title={name}>{name}</bdi>
            </button>
          )}
          {verified && <VerifiedMark />}
        </div>
        {kind === 'person' ? (
          <div class={`${styles.state} ${styles[presence]}`}>{t.presence[presence]}</div>
        ) : (
          <div class={styles.words}>{t.echoIs}</div>
        )}
        {last !== null && (
          <div class={styles.last} dir="auto">
            {last}
          </div>
        )}
      </div>
      {unread > 0 && (
        <span class={styles.unread}>
          <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
          <span class="hidden-words">{t.unread(unread)}</span>
        </span>
      )}
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
