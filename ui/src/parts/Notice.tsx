/** A sentence that says what happened, with a way on. */

import type { ComponentChildren } from 'preact';
import { t } from '../messages';
import { IconButton } from './Button';
import { CloseIcon } from './icons';
import styles from './Notice.module.css';

interface NoticeProps {
  readonly children: ComponentChildren;
  readonly icon?: ComponentChildren;
  /** The way on. */
  readonly action?: ComponentChildren;
  /** Read out at once. */
  readonly urgent?: boolean;
  readonly onClose?: () => void;
}

export function Notice({ children, icon, action, urgent = false, onClose }: NoticeProps) {
  return (
    <div class={styles.notice} role={urgent ? 'alert' : undefined}>
      {icon !== undefined && <span class={styles.icon}>{icon}</span>}
      <p class={styles.words}>{children}</p>
      {action}
      {onClose !== undefined && (
        <IconButton label={t.close} onClick={onClose}>
          <CloseIcon size={18} />
        </IconButton>
      )}
    </div>
  );
}
