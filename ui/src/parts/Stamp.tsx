/** Below an entry: when it was, and how far it has come. */

import type { ComponentChildren } from 'preact';
import { t } from '../messages';
import type { Progress } from '../talk/progress';
import { timeOf } from '../talk/when';
import type { Entry } from '../wire.gen';
import { CheckIcon, ChecksIcon, ClockIcon, EyeIcon } from './icons';
import styles from './Stamp.module.css';

export function Stamp({ entry }: { entry: Entry }) {
  return (
    <time class={styles.time} dateTime={new Date(entry.at_ms).toISOString()}>
      {timeOf(entry.at_ms)}
    </time>
  );
}

const ICONS: Record<Progress, ComponentChildren> = {
  queued: <ClockIcon size={14} />,
  sent: <CheckIcon size={14} />,
  delivered: <ChecksIcon size={16} />,
  // Of another shape than delivered: colour alone tells nobody who sees none.
  read: <EyeIcon size={16} />,
};

export function How({ progress }: { progress: Progress }) {
  return (
    <span
      class={`${styles.how} ${styles[progress]}`}
      role="img"
      aria-label={t.progress[progress]}
      title={t.progress[progress]}
    >
      {ICONS[progress]}
    </span>
  );
}
