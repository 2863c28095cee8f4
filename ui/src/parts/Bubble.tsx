/** One entry of a conversation: a message, one that was deleted, or a call. */

import { t } from '../messages';
import { callInWords } from '../talk/inShort';
import type { Progress } from '../talk/progress';
import type { Entry, NotWritten, Quote } from '../wire.gen';
import styles from './Bubble.module.css';
import { IconButton } from './Button';
import { CallInIcon, CallMissedIcon, CallOutIcon, PencilIcon, ReplyIcon, TrashIcon } from './icons';
import { How, Stamp } from './Stamp';
import { Written } from './Written';

interface BubbleProps {
  readonly entry: Entry;
  /** The other's name. */
  readonly name: string;
  /** How far it has come; `null` for what the other wrote. */
  readonly progress: Progress | null;
  /** It was just searched for, or led to. */
  readonly marked: boolean;
  /** Why it was not deleted. */
  readonly notWithdrawn: NotWritten | null;
  readonly onReply: () => void;
  readonly onEdit: () => void;
  readonly onWithdraw: () => void;
  readonly onQuoted: (position: number) => void;
}

export function Bubble(props: BubbleProps) {
  const { entry, name, progress, marked, notWithdrawn, onReply, onEdit, onWithdraw, onQuoted } = props;
  const { what, position } = entry;
  if (what.is === 'call') return <Call entry={entry} />;
  // Files are shown by a `FilesBubble`.
  if (what.is === 'files') return null;
  const mine = what.author.who === 'me';
  const row = `${styles.row} ${mine ? styles.mine : ''} ${marked ? styles.marked : ''}`;
  if (what.is === 'withdrawn') {
    return (
      <li class={row} data-position={position}>
        <div class={`${styles.bubble} ${styles.gone}`}>
          {t.withdrawn} <Stamp entry={entry} />
        </div>
      </li>
    );
  }
  return (
    // A tap gives it the focus, and with that its buttons are shown.
    <li class={row} data-position={position} tabIndex={-1}>
      <div class={styles.bubble}>
        <span class="hidden-words">{mine ? t.youWrote : name}: </span>
        {what.reply !== null && <Answered quote={what.reply} name={name} onQuoted={onQuoted} />}
        <Written text={what.text} />
        <div class={styles.foot}>
          {what.edited && <span>{t.edited}</span>}
          <Stamp entry={entry} />
          {progress !== null && <How progress={progress} />}
        </div>
        {notWithdrawn !== null && (
          <div class={styles.refused} role="alert">
            {t.notWithdrawn[notWithdrawn]}
          </div>
        )}
      </div>
      <div class={styles.tools}>
        <IconButton label={t.reply} onClick={onReply}>
          <ReplyIcon size={18} />
        </IconButton>
        {mine && (
          <>
            <IconButton label={t.edit} onClick={onEdit}>
              <PencilIcon size={18} />
            </IconButton>
            <IconButton label={t.withdraw} onClick={onWithdraw}>
              <TrashIcon size={18} />
            </IconButton>
          </>
        )}
      </div>
    </li>
  );
}

function Answered({ quote, name, onQuoted }: { quote: Quote; name: string; onQuoted: (position: number) => void }) {
  const { of } = quote;
  if (of === null) return <div class={styles.quote}>{t.quoteGone}</div>;
  return (
    <button type="button" class={styles.quote} onClick={() => onQuoted(of.position)}>
      <strong>{of.mine ? t.youWrote : name}</strong>
      <span dir="auto">{of.begins}</span>
    </button>
  );
}

function Call({ entry }: { entry: Entry }) {
  const { what } = entry;
  if (what.is !== 'call') return null;
  const { missed } = what;
  return (
    <li class={`${styles.call} ${missed ? styles.missed : ''}`} data-position={entry.position}>
      {missed ? <CallMissedIcon size={16} /> : what.caller ? <CallOutIcon size={16} /> : <CallInIcon size={16} />}
      <span>{callInWords(what)}</span>
      <Stamp entry={entry} />
    </li>
  );
}
