/** The call is not in this page: in another one, or in the browser because this window has no engine for it. */

import type { CallModel } from '../call/callModel';
import { t } from '../messages';
import { Avatar } from '../parts/Avatar';
import { Button } from '../parts/Button';
import { HangUpIcon } from '../parts/icons';
import type { CallView } from '../wire.gen';
import styles from './Panel.module.css';

export function CallElsewhere({ calls, call }: { calls: CallModel; call: CallView }) {
  const { name, peer } = call.with;
  const browser = call.place === 'opening_browser';
  return (
    <section class={styles.panel} aria-label={t.callWith(name)}>
      <div class={styles.inside}>
        <Avatar peer={peer} size={112} />
        <h1 aria-live="polite">{browser ? t.openedBrowser : t.otherWindow}</h1>
        <p class={styles.soft}>{t.callGoesOnThere(name)}</p>
        {browser && calls.missing !== null && <p class={styles.soft}>{t.missing(calls.missing)}</p>}
        <div class={styles.actions}>
          {!browser && (
            <Button look="main" onClick={() => calls.takeOver()}>
              {t.takeOver}
            </Button>
          )}
          <Button look="danger" icon={<HangUpIcon />} onClick={() => calls.hangUp()}>
            {t.hangUp}
          </Button>
        </div>
      </div>
    </section>
  );
}
