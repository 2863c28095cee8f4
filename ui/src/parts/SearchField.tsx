/** A field to look for something in. */

import { useEffect, useRef } from 'preact/hooks';
import { t } from '../messages';
import { IconButton } from './Button';
import { CloseIcon, SearchIcon } from './icons';
import styles from './SearchField.module.css';

interface SearchFieldProps {
  readonly label: string;
  readonly wanted: string;
  readonly onWanted: (wanted: string) => void;
  /** Present where it was opened to be used now, and can be put away. */
  readonly onClose?: () => void;
}

export function SearchField({ label, wanted, onWanted, onClose }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const opened = onClose !== undefined;
  useEffect(() => {
    if (opened) field.current?.focus();
  }, [opened]);
  return (
    <div class={styles.search}>
      <SearchIcon size={18} />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        value={wanted}
        autocomplete="off"
        onInput={(event) => onWanted(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose?.();
        }}
      />
      {onClose !== undefined && (
        <IconButton label={t.close} onClick={onClose}>
          <CloseIcon size={18} />
        </IconButton>
      )}
    </div>
  );
}
