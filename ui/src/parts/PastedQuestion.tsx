/** Asks whether what was pasted is to be sent. */

import type { RefObject } from 'preact';
import { t } from '../messages';
import type { Parcel } from '../wire.gen';
import { Button } from './Button';
import { nameOf, ParcelHead } from './ParcelHead';
import styles from './PastedQuestion.module.css';
import { Question } from './Question';

interface PastedQuestionProps {
  readonly parcel: Parcel;
  /** They are pictures, all of them. */
  readonly pictures: boolean;
  /** Where they were pasted. */
  readonly field: RefObject<HTMLElement | null>;
  readonly onSend: () => void;
  readonly onCancel: () => void;
}

export function PastedQuestion({ parcel, pictures, field, onSend, onCancel }: PastedQuestionProps) {
  const question = t.files.pasted(parcel.files, pictures);
  return (
    <Question class={styles.pasted} label={question} askedBy={field} onCancel={onCancel} onConfirm={onSend}>
      <p class={styles.question}>{question}</p>
      <ParcelHead parcel={parcel} />
      <div class={styles.ways}>
        <Button look="main" label={t.files.wishOf(t.files.sendPasted, nameOf(parcel))} onClick={onSend}>
          {t.files.sendPasted}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {t.cancel}
        </Button>
      </div>
    </Question>
  );
}
