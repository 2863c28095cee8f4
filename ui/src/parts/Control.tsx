/** One control in the bar of a call. */

import type { ComponentChildren, Ref } from 'preact';
import styles from './Control.module.css';

interface ControlProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly look?: 'plain' | 'off' | 'lit' | 'end';
  readonly shortcut?: string;
  /** It opens a menu, which is shown or not. */
  readonly menu?: boolean | undefined;
  readonly buttonRef?: Ref<HTMLButtonElement>;
  readonly children: ComponentChildren;
}

export function Control({ label, onClick, look = 'plain', shortcut, menu, buttonRef, children }: ControlProps) {
  return (
    <button
      type="button"
      class={`${styles.control} ${styles[look] ?? ''}`}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      aria-haspopup={menu === undefined ? undefined : 'menu'}
      aria-expanded={menu}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      onClick={onClick}
      ref={buttonRef ?? null}
    >
      {children}
    </button>
  );
}
