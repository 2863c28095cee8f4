/** A name, editable in place. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../messages';
import { Button } from './Button';
import { PencilIcon } from './icons';
import styles from './NameField.module.css';

/** The node takes at most this many characters. */
const NAME_CHARS = 64;

interface NameFieldProps {
  readonly name: string;
  /** Nobody said yet that the name is right. */
  readonly first: boolean;
  /** The name just given was not taken. */
  readonly refused: boolean;
  readonly onName: (name: string) => void;
}

export function NameField({ name, first, refused, onName }: NameFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const pencil = useRef<HTMLButtonElement>(null);
  const editing = draft !== null;

  useEffect(() => {
    if (editing) field.current?.select();
  }, [editing]);

  const finish = (keep: boolean) => {
    const wanted = draft?.trim() ?? '';
    if (keep && wanted !== '' && (wanted !== name || first)) onName(wanted);
    setDraft(null);
    queueMicrotask(() => pencil.current?.focus());
  };

  if (draft !== null || first) {
    return (
      <form
        class={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (draft === null) onName(name);
          else finish(true);
        }}
      >
        <input
          ref={field}
          class={styles.input}
          aria-label={t.yourName}
          value={draft ?? name}
          maxLength={NAME_CHARS}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') finish(false);
          }}
        />
        {first && <p class={styles.hint}>{t.firstStart}</p>}
        <Button look={first ? 'main' : 'plain'} onClick={() => (draft === null ? onName(name) : finish(true))}>
          {first && (draft === null || draft.trim() === name) ? t.firstStartOk : t.saveName}
        </Button>
      </form>
    );
  }
  return (
    <div>
      <button
        ref={pencil}
        type="button"
        class={styles.name}
        aria-label={`${t.changeName}: ${name}`}
        title={t.changeName}
        onClick={() => setDraft(name)}
      >
        <bdi>{name}</bdi>
        <PencilIcon size={14} />
      </button>
      {refused && (
        <p class={styles.refused} role="alert">
          {t.refused.bad_name}
        </p>
      )}
    </div>
  );
}
