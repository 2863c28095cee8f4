/** The entries of the open conversation: the newest in sight, older ones when somebody goes up. */

import { useEffect, useRef } from 'preact/hooks';
import { t } from '../messages';
import { Bubble } from '../parts/Bubble';
import { Button } from '../parts/Button';
import { byDay, idOf } from '../talk/entries';
import { progressOf } from '../talk/progress';
import type { Opened, TalkModel } from '../talk/talkModel';
import { dayOf } from '../talk/when';
import type { Entry, Marks, PeerView } from '../wire.gen';
import styles from './Thread.module.css';
import { type Mark, useNewest } from './useNewest';

interface ThreadProps {
  readonly talks: TalkModel;
  readonly opened: Opened;
  readonly peer: PeerView;
  readonly marks: Marks;
  readonly mark: Mark | null;
  readonly onGoTo: (position: number) => void;
  /** A button goes away with what it did. */
  readonly onDone: () => void;
}

export function Thread({ talks, opened, peer, marks, mark, onGoTo, onDone }: ThreadProps) {
  const { entries, more, loading } = opened;
  const typing = talks.typing.value.has(peer.peer);
  const below = talks.below.value;
  const notWithdrawn = talks.notWithdrawn.value;
  const end = useRef<HTMLParagraphElement>(null);
  const { box, rows, onScroll, toEnd } = useNewest(entries, mark, typing, () => talks.older());

  useEffect(() => {
    if (end.current === null) return;
    const sight = new IntersectionObserver((changes) => {
      const last = changes.at(-1);
      if (last !== undefined) talks.looksAt(peer.peer, last.isIntersecting);
    });
    sight.observe(end.current);
    return () => {
      sight.disconnect();
      talks.looksAway();
    };
  }, [talks, peer.peer]);

  return (
    <div class={styles.thread}>
      <div class={styles.box} ref={box} onScroll={onScroll}>
        {more && (
          <div class={styles.older}>
            <Button look="quiet" disabled={loading} onClick={() => talks.older()}>
              {loading ? t.loading : t.olderMessages}
            </Button>
          </div>
        )}
        {entries.length === 0 && !loading && <p class={styles.blank}>{t.beginTalk(peer.name)}</p>}
        <div class={styles.days} ref={rows} role="log" aria-label={t.messages}>
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
                    marked={entry.position === mark?.position}
                    notWithdrawn={notWithdrawn.get(idOf(entry) ?? '') ?? null}
                    onReply={() => talks.about({ is: 'reply', entry })}
                    onEdit={() => talks.about({ is: 'edit', entry })}
                    onWithdraw={() => {
                      talks.withdraw(entry);
                      onDone();
                    }}
                    onQuoted={onGoTo}
                  />
                ))}
              </ol>
            </section>
          ))}
        </div>
        <p class={styles.typing} ref={end} aria-live="polite">
          {typing ? t.isTyping(peer.name) : ''}
        </p>
      </div>
      {below > 0 && (
        <div class={styles.below}>
          <Button
            look="main"
            onClick={() => {
              toEnd();
              onDone();
            }}
          >
            {t.newBelow(below)}
          </Button>
        </div>
      )}
    </div>
  );
}

function progressOfEntry({ what }: Entry, marks: Marks) {
  return what.is === 'text' && what.author.who === 'me' ? progressOf(what.author.n, marks) : null;
}
