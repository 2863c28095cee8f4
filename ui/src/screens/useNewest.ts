/** Where a row of entries is scrolled to: at the newest for whoever is there, and where they were for who reads further up. */

import type { RefObject } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Entry } from '../wire.gen';

/** So near to the end somebody is reading the newest, and so near to the top looks for older ones. */
const NEAR_PX = 80;

/** An entry that somebody was led to: another mark each time, so that being led there twice is news twice. */
export interface Mark {
  readonly position: number;
}

interface Newest {
  readonly box: RefObject<HTMLDivElement | null>;
  /** What is scrolled in the box. */
  readonly rows: RefObject<HTMLDivElement | null>;
  readonly onScroll: () => void;
  readonly toEnd: () => void;
}

interface Rows {
  readonly entries: readonly Entry[];
  /** How many of one's own come after them and are none yet. */
  readonly coming: number;
  readonly typing: boolean;
  readonly mark: Mark | null;
  readonly onTop: () => void;
}

export function useNewest({ entries, coming, typing, mark, onTop }: Rows): Newest {
  const box = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const where = useRef({ first: 0, last: 0, coming: 0, height: 0, atEnd: true });

  const toEnd = useCallback(() => {
    const element = box.current;
    if (element === null) return;
    element.scrollTop = element.scrollHeight;
    where.current.atEnd = true;
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: after everything that changes what is drawn.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const before = where.current;
    const first = entries[0]?.position ?? 0;
    const last = entries.at(-1)?.position ?? 0;
    const wrote = coming > before.coming || entries.some((entry) => entry.position > before.last && isMine(entry));
    if (wrote) toEnd();
    else if (first !== 0 && first < before.first) element.scrollTop += element.scrollHeight - before.height;
    else if (before.atEnd) toEnd();
    where.current = { first, last, coming, height: element.scrollHeight, atEnd: isAtEnd(element) };
  }, [entries, coming, typing]);

  useLayoutEffect(() => {
    const element = box.current;
    if (mark === null || element === null) return;
    element.querySelector(`[data-position="${mark.position}"]`)?.scrollIntoView({ block: 'center' });
    where.current.atEnd = isAtEnd(element);
  }, [mark]);

  // A keyboard takes room from the box, and a question or a line that breaks anew takes room in it.
  useEffect(() => {
    const [element, content] = [box.current, rows.current];
    if (element === null || content === null) return;
    const sizes = new ResizeObserver(() => {
      if (where.current.atEnd) toEnd();
      where.current.height = element.scrollHeight;
    });
    sizes.observe(element);
    sizes.observe(content);
    return () => sizes.disconnect();
  }, [toEnd]);

  const onScroll = () => {
    const element = box.current;
    if (element === null) return;
    where.current.atEnd = isAtEnd(element);
    if (element.scrollTop < NEAR_PX) onTop();
  };

  return { box, rows, onScroll, toEnd };
}

function isAtEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
}

function isMine({ what }: Entry): boolean {
  return (what.is === 'text' || what.is === 'files') && what.author.who === 'me';
}
