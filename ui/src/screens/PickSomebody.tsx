/** People are here and no call is: an invitation. */

import { t } from '../messages';
import { Logo } from '../parts/Logo';
import styles from './PickSomebody.module.css';

export function PickSomebody() {
  return (
    <div class={styles.pick}>
      <Logo size={88} />
      <h1>{t.pickTitle}</h1>
      <p>{t.pick}</p>
    </div>
  );
}
