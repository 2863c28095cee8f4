/** The entries of the open conversation: the newest in sight, older ones when somebody goes up. */

import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../messages';
import { Bubble } from '../parts/Bubble';
import { Button } from '../parts/Button';
import { byDay, idOf } from '../talk/entries';
import type { FilesModel } from '../talk/filesModel';
import { progressOf } from '../talk/progress';
import type { Opened, TalkModel } from '../talk/talkModel';
import type { Thumbnails } from '../talk/thumbnails';
import { dayOf } from '../talk/when';
import type { Entry, Marks, PeerView } from '../wire.gen';
import { FilesRow } from './FilesRow';
import { SendingRows } from './SendingRows';
import styles from './Thread.module.css';
import { type Mark, useNewest } from './useNewest';

interface ThreadProps {
  readonly talks: TalkModel;
  readonly files: FilesModel;
  readonly thumbnails: Thumbnails;
  readonly opened: Opened;
  readonly peer: PeerView;
  readonly marks: Marks;
  readonly mark: Mark | null;
  readonly onGoTo: (position: number) => void;
  /** A button goes away with what it did. */
  readonly onDone: () => void;
}

export function Thread({ talks, files, thumbnails, opened, peer, marks, mark, onGoTo, onDone }: ThreadProps) {
  const { entries, more, loading } = opened;
  const typing = talks.typing.value.has(peer.peer);
  const below = talks.below.value;
  const notWithdrawn = talks.notWithdrawn.value;
  const end = useRef<HTMLParagraphElement>(null);
  // Only how many there are: how far each is, is drawn by itself.
  const coming = useComputed(
    () => [...files.sendings.value.values()].filter((sending) => sending.peer === peer.peer).length,
  ).value;
  const { box, rows, onScroll, toEnd } = useNewest({ entries, coming, typing, mark, onTop: () => talks.older() });

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
        {entries.length + coming === 0 && !loading && <p class={styles.blank}>{t.beginTalk(peer.name)}</p>}
        <div class={styles.days} ref={rows} role="log" aria-label={t.messages}>
          {byDay(entries).map((day) => (
            <section key={day.entries[0]?.position}>
              <h3 class={styles.day}>{dayOf(day.at, Date.now())}</h3>
              {/* biome-ignore lint/a11y/noRedundantRoles: WebKit takes the role away from a list without bullets. */}
              <ol role="list">
                {day.entries.map((entry) =>
                  entry.what.is === 'files' ? (
                    <FilesRow
                      key={entry.position}
                      files={files}
                      thumbnails={thumbnails}
                      entry={entry}
                      what={entry.what}
                      peer={peer}
                      marks={marks}
                      marked={entry.position === mark?.position}
                      onDone={onDone}
                    />
                  ) : (
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
                  ),
                )}
              </ol>
            </section>
          ))}
          {coming > 0 && (
            // biome-ignore lint/a11y/noRedundantRoles: as above.
            <ol class={styles.coming} role="list">
              <SendingRows files={files} peer={peer.peer} onDone={onDone} />
            </ol>
          )}
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
