/** Where the keyboard goes when a conversation opens, when a button in it goes away, and when it is put away. */

import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useRef } from 'preact/hooks';
import { FINGERS, NARROW } from '../layout/room';

interface TalkFocus {
  readonly room: RefObject<HTMLElement | null>;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  /** For a button that goes away with what it did. */
  readonly toField: () => void;
}

export function useTalkFocus(peer: string): TalkFocus {
  const room = useRef<HTMLElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const small = matchMedia(NARROW).matches || matchMedia(FINGERS).matches;
    (small ? room : field).current?.focus();
    // Only what is drawn by then can take it.
    return () => queueMicrotask(() => backTo(peer));
  }, [peer]);

  const toField = useCallback(() => {
    (matchMedia(FINGERS).matches ? room : field).current?.focus();
  }, []);

  return { room, field, toField };
}

/** To what the conversation is opened with: their row, or the button of the call, whichever is shown. */
function backTo(peer: string): void {
  for (const way of document.querySelectorAll<HTMLElement>(`[data-opens="${peer}"]`)) {
    if (document.activeElement === document.body) way.focus();
  }
}
