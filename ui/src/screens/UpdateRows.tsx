/** Newer versions of the app, in the settings: whether and where it looks, what it found, and what becomes of that. */

import { useId, useState } from 'preact/hooks';
import { t } from '../messages';
import { Button } from '../parts/Button';
import { ProgressBar } from '../parts/ProgressBar';
import { Switch } from '../parts/Switch';
import type { Updates } from '../people/updates';
import styles from './UpdateRows.module.css';

/** The app takes at most this many characters. */
const SOURCE_CHARS = 1024;

interface UpdateRowsProps {
  readonly updates: Updates;
  /** A new start would end a call. */
  readonly busy: boolean;
}

export function UpdateRows({ updates, busy }: UpdateRowsProps) {
  const settings = updates.settings.value;
  if (settings === null) return null;
  const failure = updates.failure.value;
  // Above what else there is, so that it is in sight.
  const failed = failure !== null && (
    <p class={styles.failed} role="alert">
      {t.updates.failed[failure]}
    </p>
  );
  const { on, fixed, source, source_fixed } = settings;
  return (
    <>
      <Switch label={t.updates.on} on={on} disabled={fixed} onChange={(wanted) => void updates.choose(wanted)} />
      {fixed && <p class={styles.hint}>{t.updates.settled}</p>}
      {on && (
        <div class={styles.updates}>
          <p class={styles.hint}>{t.updates.onMeans}</p>
          <Source
            key={source}
            source={source}
            fixed={source_fixed}
            onSource={(place) => void updates.choose(on, place)}
          />
          {failed}
          <Stage updates={updates} busy={busy} />
        </div>
      )}
      {!on && failed}
    </>
  );
}

interface SourceProps {
  readonly source: string;
  readonly fixed: boolean;
  readonly onSource: (source: string) => void;
}

function Source({ source, fixed, onSource }: SourceProps) {
  const [draft, setDraft] = useState(source);
  const id = useId();
  const changed = draft.trim() !== source && draft.trim() !== '';
  return (
    <form
      class={styles.source}
      onSubmit={(event) => {
        event.preventDefault();
        if (changed) onSource(draft.trim());
      }}
    >
      <label for={id}>{t.updates.source}</label>
      <input
        id={id}
        class={styles.input}
        value={draft}
        maxLength={SOURCE_CHARS}
        readOnly={fixed}
        inputMode="url"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        onInput={(event) => setDraft(event.currentTarget.value)}
      />
      {fixed && <p class={styles.hint}>{t.updates.settled}</p>}
      {changed && (
        <>
          <p class={styles.hint}>{t.updates.sourceHint}</p>
          <Button onClick={() => onSource(draft.trim())}>{t.save}</Button>
        </>
      )}
    </form>
  );
}

function Stage({ updates, busy }: UpdateRowsProps) {
  const stage = updates.stage.value;
  switch (stage.is) {
    case 'idle':
    case 'looking':
    case 'newest':
      return (
        <div class={styles.buttons}>
          <Button disabled={stage.is === 'looking'} onClick={() => void updates.look()}>
            {t.updates.lookNow}
          </Button>
          {/* There before its words are, or a screen reader would not read them. */}
          <p class={styles.hint} role="status">
            {stage.is === 'looking' ? t.updates.looking : stage.is === 'newest' ? t.updates.newest : ''}
          </p>
        </div>
      );
    case 'found': {
      const { version, notes } = stage.offer;
      return (
        <div class={styles.stage}>
          <p class={styles.title} role="status">
            {t.updates.found(version)}
          </p>
          {notes.trim() !== '' && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard.
            <section class={styles.notes} aria-label={t.updates.notes(version)} tabIndex={0}>
              {notes.trim()}
            </section>
          )}
          <Button look="main" onClick={() => void updates.install()}>
            {t.updates.install}
          </Button>
        </div>
      );
    }
    case 'fetching': {
      const { offer, bytes, of } = stage;
      const percent = of === null || of === 0 ? null : Math.floor((100 * bytes) / of);
      const words = t.updates.fetched(bytes, of);
      return (
        <div class={styles.stage}>
          <p class={styles.title}>{t.updates.fetching(offer.version)}</p>
          <ProgressBar label={t.updates.fetching(offer.version)} percent={percent} words={words} />
          <p class={styles.hint}>{words}</p>
        </div>
      );
    }
    case 'installing':
      return (
        <p class={styles.hint} role="status">
          {t.updates.installing}
        </p>
      );
    case 'ready':
    case 'restarting':
      return (
        <div class={styles.stage}>
          <p class={styles.title} role="status">
            {t.updates.ready(stage.version)}
          </p>
          <p class={styles.hint}>
            {stage.is === 'restarting'
              ? t.updates.restarting
              : busy
                ? t.updates.inCall
                : updates.putOff.value
                  ? t.updates.readyLater
                  : t.updates.readyMeans}
          </p>
          <div class={styles.buttons}>
            <Button
              look={updates.putOff.value ? 'plain' : 'main'}
              disabled={busy || stage.is === 'restarting'}
              onClick={() => void updates.restart()}
            >
              {t.updates.restart}
            </Button>
            {!updates.putOff.value && stage.is === 'ready' && (
              <Button look="quiet" onClick={() => updates.later()}>
                {t.updates.later}
              </Button>
            )}
          </div>
        </div>
      );
  }
}
