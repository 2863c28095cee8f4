/** Something is asked before it is done. The keyboard goes to the question, and from there back to what asked it. */

import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface QuestionProps {
  readonly label: string;
  readonly class: string | undefined;
  /** Where the keyboard goes afterwards. */
  readonly askedBy: RefObject<HTMLElement | null>;
  readonly onCancel: () => void;
  /** What Enter does to a question that loses nothing. */
  readonly onConfirm?: () => void;
  readonly children: ComponentChildren;
}

export function Question({ label, class: look, askedBy, onCancel, onConfirm, children }: QuestionProps) {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const question = box.current;
    question?.focus();
    return () => {
      if (question?.contains(document.activeElement)) askedBy.current?.focus();
    };
  }, [askedBy]);

  return (
    <div
      class={look}
      ref={box}
      role="alertdialog"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => {
        // Enter on one of its buttons is that button's.
        const confirms = event.key === 'Enter' && event.target === event.currentTarget;
        if (event.key !== 'Escape' && !(confirms && onConfirm !== undefined)) return;
        event.stopPropagation();
        if (event.key === 'Escape') onCancel();
        else onConfirm?.();
      }}
    >
      {children}
    </div>
  );
}
