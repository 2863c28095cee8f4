/** Something is asked before it is done. The keyboard goes to the question, and from there back to what asked it. */

import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface QuestionProps {
  readonly label: string;
  readonly class: string | undefined;
  /** Where the keyboard goes afterwards. */
  readonly askedBy: RefObject<HTMLElement | null>;
  readonly onCancel: () => void;
  readonly children: ComponentChildren;
}

export function Question({ label, class: look, askedBy, onCancel, children }: QuestionProps) {
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
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onCancel();
      }}
    >
      {children}
    </div>
  );
}
