/** Where a message is written. Enter sends it, Shift and Enter begins a new line, Escape puts away what it is about. */

import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../messages';
import { type Draft, purposeOf } from '../talk/drafts';
import type { NotWritten } from '../wire.gen';
import { IconButton } from './Button';
import styles from './Composer.module.css';
import { CheckIcon, CloseIcon, SendIcon } from './icons';

interface ComposerProps {
  /** The other's name. */
  readonly name: string;
  readonly draft: Draft;
  /** Why something else was not written, which comes after this. */
  readonly refusedAside: NotWritten | null;
  /** There is nobody to send it to. */
  readonly stopped: boolean;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** What is asked about what was pasted. */
  readonly pasted: ComponentChildren;
  /** The way to send something else. */
  readonly attach: ComponentChildren;
  readonly onText: (text: string) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
  readonly onSend: () => void;
  /** It is about nothing in particular any more. */
  readonly onPlain: () => void;
}

/** So many lines are shown whole. */
const MOST_PX = 160;

export function Composer(props: ComposerProps) {
  const { name, draft, refusedAside, stopped, field, pasted, attach, onText, onPaste, onSend, onPlain } = props;
  const { text, about, refused } = draft;
  const answers = about.is === 'new' ? null : purposeOf(about);
  const answered = useRef(answers);
  useEffect(() => {
    if (answers !== null && answers !== answered.current) field.current?.focus();
    answered.current = answers;
  }, [answers, field]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useEffect(() => {
    const area = field.current;
    if (area === null) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight, MOST_PX)}px`;
  }, [text]);
  const onKey = (event: KeyboardEvent) => {
    // A key that only chooses a letter of another script sends nothing; WebKit tells it by 229 alone.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (!stopped) onSend();
    } else if (event.key === 'Escape' && about.is !== 'new') {
      event.stopPropagation();
      onPlain();
    }
  };
  return (
    <div class={styles.composer}>
      {refused !== null && (
        <p class={styles.refused} role="alert">
          {t.notWritten[refused]}
        </p>
      )}
      {refusedAside !== null && (
        <p class={styles.refused} role="alert">
          {t.refusedAside} {t.notWritten[refusedAside]}
        </p>
      )}
      {about.is !== 'new' && <AboutWhat draft={draft} name={name} onPlain={onPlain} />}
      {pasted}
      <div class={styles.line}>
        {attach}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          aria-label={t.message(name)}
          placeholder={t.message(name)}
          value={text}
          readOnly={stopped}
          onInput={(event) => onText(event.currentTarget.value)}
          onKeyDown={onKey}
          onPaste={onPaste}
        />
        <div class={styles.send}>
          <IconButton
            label={about.is === 'edit' ? t.save : t.send}
            disabled={stopped || text.trim() === ''}
            onClick={onSend}
          >
            {about.is === 'edit' ? <CheckIcon /> : <SendIcon />}
          </IconButton>
        </div>
      </div>
    </div>
  );
}

function AboutWhat({ draft: { about }, name, onPlain }: Pick<ComposerProps, 'draft' | 'name' | 'onPlain'>) {
  if (about.is === 'new' || about.entry.what.is !== 'text') return null;
  const { what } = about.entry;
  const whose = what.author.who === 'me' ? t.replyingToYou : t.replyingTo(name);
  return (
    <div class={styles.about}>
      <div>
        <strong>{about.is === 'edit' ? t.editing : whose}</strong>
        <span dir="auto">{what.text}</span>
      </div>
      <IconButton label={t.cancel} onClick={onPlain}>
        <CloseIcon size={18} />
      </IconButton>
    </div>
  );
}
