/** What is known about who somebody is: compared once, or going by the name of somebody who was. */

import { t } from '../messages';
import { ShieldIcon, WarningIcon } from './icons';
import styles from './Marks.module.css';

export function VerifiedMark() {
  return (
    <span class={styles.verified} role="img" aria-label={t.verified} title={t.verified}>
      <ShieldIcon size={16} />
    </span>
  );
}

export function NotTheVerified({ name, long = false }: { name: string; long?: boolean }) {
  return (
    <div class={styles.warning}>
      <WarningIcon size={16} />
      <div>
        <div class={styles.words}>{t.notTheVerified(name)}</div>
        {long && <div>{t.notTheVerifiedMore(name)}</div>}
      </div>
    </div>
  );
}
