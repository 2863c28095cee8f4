/** The entries of the open conversation: the newest in sight, older ones when somebody goes up. */

import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../messages';
import { Bubble } from '../parts/Bubble';
import { Button } from '../parts/Button';
import { byDay } from '../talk/entries';
import { progressOf } from '../talk/progress';
import type { Opened, TalkModel } from '../talk/talkModel';
import { dayOf } from '../talk/when';
import type { Entry, Marks, PeerView } from '../wire.gen';
import styles from './Thread.module.css';

interface ThreadProps {
  readonly talks: TalkModel;
  readonly opened: Opened;
  readonly peer: PeerView;
  readonly marks: Marks;
  readonly marked: number | null;
  readonly onMark: (position: number) => void;
}

/** So near to the end somebody is reading the newest. */
const NEAR_PX = 80;

export function Thread({ talks, opened, peer, marks, marked, onMark }: ThreadProps) {
  const box = useRef<HTMLDivElement>(null);
  const where = useRef({ peer: '', first: 0, height: 0, atEnd: true });
  const { entries, more, loading } = opened;
  const first = entries[0]?.position ?? 0;
  const typing = talks.typing.value.has(peer.peer);

  // biome-ignore lint/correctness/useExhaustiveDependencies: after everything that changes what is drawn.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const before = where.current;
    const older = before.peer === opened.peer && before.first > first && first !== 0;
    if (older) element.scrollTop += element.scrollHeight - before.height;
    else if (before.peer !== opened.peer || before.atEnd || entries.at(-1)?.position === marked) {
      element.scrollTop = element.scrollHeight;
    }
    where.current = { peer: opened.peer, first, height: element.scrollHeight, atEnd: isAtEnd(element) };
  }, [entries, typing, opened.peer]);

  useLayoutEffect(() => {
    if (marked === null) return;
    box.current?.querySelector(`[data-position="${marked}"]`)?.scrollIntoView({ block: 'center' });
  }, [marked]);

  const onScroll = () => {
    const element = box.current;
    if (element === null) return;
    where.current.atEnd = isAtEnd(element);
    if (element.scrollTop < NEAR_PX) talks.older();
  };

  return (
    <div class={styles.box} ref={box} onScroll={onScroll}>
      {more && (
        <div class={styles.older}>
          <Button look="quiet" disabled={loading} onClick={() => talks.older()}>
            {loading ? t.loading : t.olderMessages}
          </Button>
        </div>
      )}
      {entries.length === 0 && !loading && <p class={styles.blank}>{t.beginTalk(peer.name)}</p>}
      <div class={styles.days} role="log" aria-label={t.messages}>
        {byDay(entries).map((day) => (
          <section key={day.entries[0]?.position}>
            <h3 class={styles.day}>{dayOf(day.at, Date.now())}</h3>
            {/* biome-ignore lint/a11y/noRedundantRoles: WebKit takes the role away from a list without bullets. */}
            <ol role="list">
              {day.entries.map((entry) => (
                <Bubble
                  key={entry.position}
                  entry={entry}
                  name={peer.name}
                  progress={progressOfEntry(entry, marks)}
                  marked={entry.position === marked}
                  onReply={() => talks.about({ is: 'reply', entry })}
                  onEdit={() => talks.about({ is: 'edit', entry })}
                  onWithdraw={() => talks.withdraw(entry)}
                  onQuoted={onMark}
                />
              ))}
            </ol>
          </section>
        ))}
      </div>
      <p class={styles.typing} aria-live="polite">
        {typing ? t.isTyping(peer.name) : ''}
      </p>
    </div>
  );
}

function isAtEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
}

function progressOfEntry({ what }: Entry, marks: Marks) {
  return what.is === 'text' && what.author.who === 'me' ? progressOf(what.author.n, marks) : null;
}
