/** Files that are being sent and do not stand in the conversation yet, or why they never will. */

import { t } from '../messages';
import type { Stand } from '../talk/sendings';
import { percentOf } from '../talk/transfer';
import type { Parcel } from '../wire.gen';
import bubble from './Bubble.module.css';
import { Button } from './Button';
import styles from './FilesBubble.module.css';
import { nameOf, ParcelHead } from './ParcelHead';
import { ProgressBar } from './ProgressBar';

interface SendingBubbleProps {
  readonly parcel: Parcel;
  readonly stand: Stand;
  /** It is not to be sent after all, or why it was not has been read. */
  readonly onStop: () => void;
}

export function SendingBubble({ parcel, stand, onStop }: SendingBubbleProps) {
  const named = nameOf(parcel);
  const failed = stand.is === 'failed';
  const words = inWords(stand, parcel);
  const stop = failed ? t.close : t.cancel;
  return (
    <li class={`${bubble.row} ${bubble.mine}`}>
      <div class={`${bubble.bubble} ${styles.files}`}>
        <span class="hidden-words">{t.youWrote}: </span>
        <ParcelHead parcel={parcel} vague={parcel.bytes === 0 && (stand.is === 'reading' || failed)} />
        {failed ? (
          <p class={`${styles.words} ${styles.stuck}`} role="alert">
            {words}
          </p>
        ) : (
          <div class={styles.way}>
            <ProgressBar label={t.files.preparing(named)} percent={percentDone(stand, parcel)} words={words} />
            <p class={`${styles.words} ${styles.numbers}`} aria-live="off">
              {words}
            </p>
          </div>
        )}
        <div class={styles.wishes}>
          <Button look="quiet" label={t.files.wishOf(stop, named)} onClick={onStop}>
            {stop}
          </Button>
        </div>
      </div>
    </li>
  );
}

function inWords(stand: Stand, { bytes }: Parcel): string {
  switch (stand.is) {
    case 'reading':
      return t.files.reading;
    case 'handing':
      return t.files.handing(stand.bytes, bytes);
    case 'asked':
      return t.files.asked;
    case 'failed':
      return t.files.notSent[stand.why];
  }
}

function percentDone(stand: Stand, { bytes }: Parcel): number | null {
  switch (stand.is) {
    case 'reading':
    case 'failed':
      return null;
    case 'handing':
      return percentOf(stand.bytes, bytes);
    case 'asked':
      return 100;
  }
}
