/** Buttons: with words, or an icon whose name is its label. */

import type { ComponentChildren, Ref } from 'preact';
import styles from './Button.module.css';

interface ButtonProps {
  readonly onClick: (event: MouseEvent) => void;
  readonly children: ComponentChildren;
  /** Its name for who does not see what it belongs to: its words, and more. */
  readonly label?: string;
  readonly look?: 'main' | 'plain' | 'quiet' | 'danger';
  readonly icon?: ComponentChildren;
  readonly disabled?: boolean;
  readonly wide?: boolean;
  readonly buttonRef?: Ref<HTMLButtonElement> | undefined;
}

export function Button({ onClick, children, label, look = 'plain', icon, disabled, wide, buttonRef }: ButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      class={`${styles.button} ${styles[look]} ${wide ? styles.wide : ''}`}
      onClick={onClick}
      disabled={disabled}
      ref={buttonRef ?? null}
    >
      {icon}
      <span>{children}</span>
    </button>
  );
}

interface IconButtonProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
  readonly disabled?: boolean;
  readonly buttonRef?: Ref<HTMLButtonElement> | undefined;
}

export function IconButton({ label, onClick, children, disabled, buttonRef }: IconButtonProps) {
  return (
    <button
      type="button"
      class={styles.icon}
      aria-label={label}
      title={label}
      onClick={onClick}
      disabled={disabled}
      ref={buttonRef ?? null}
    >
      {children}
    </button>
  );
}
