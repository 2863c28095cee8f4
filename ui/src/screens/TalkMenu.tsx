/** What else can be done with a conversation. */

import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../messages';
import { Button } from '../parts/Button';
import { Question } from '../parts/Question';
import type { TalkModel } from '../talk/talkModel';
import styles from './TalkMenu.module.css';

interface TalkMenuProps {
  readonly talks: TalkModel;
  readonly peer: string;
  readonly name: string;
  readonly askedBy: RefObject<HTMLButtonElement | null>;
  /** Asks for a folder to send; absent where none can be chosen. */
  readonly onFolder: (() => void) | undefined;
  readonly onDone: () => void;
}

export function TalkMenu({ talks, peer, name, askedBy, onFolder, onDone }: TalkMenuProps) {
  const [asks, setAsks] = useState(false);
  const [copied, setCopied] = useState<boolean | null>(null);
  const link = `dogeller://person/${peer}`;
  if (asks) {
    return (
      <Question class={styles.more} label={t.clearTalk} askedBy={askedBy} onCancel={onDone}>
        <p>{t.clearAsk(name)}</p>
        <Button
          look="danger"
          onClick={() => {
            talks.clear();
            onDone();
          }}
        >
          {t.clearYes}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {t.cancel}
        </Button>
      </Question>
    );
  }
  return (
    <div class={styles.more}>
      <Button
        look="plain"
        onClick={() => {
          talks.lookFor('');
          onDone();
        }}
      >
        {t.searchTalk}
      </Button>
      {onFolder !== undefined && (
        <Button
          look="plain"
          onClick={() => {
            onFolder();
            askedBy.current?.focus();
            onDone();
          }}
        >
          {t.files.sendFolder}
        </Button>
      )}
      <Button look="plain" onClick={() => talks.exportAs('text')}>
        {t.exportText}
      </Button>
      <Button look="plain" onClick={() => talks.exportAs('json')}>
        {t.exportJson}
      </Button>
      <Button
        look="plain"
        onClick={() => {
          // Not there where a page may not write to the clipboard.
          const writing = navigator.clipboard?.writeText(link) ?? Promise.reject(new Error('no clipboard'));
          writing.then(
            () => setCopied(true),
            () => setCopied(false),
          );
        }}
      >
        {copied === true ? t.linkCopied : t.copyLink}
      </Button>
      {copied === false && (
        <p role="alert">
          {t.linkNotCopied} <code dir="ltr">{link}</code>
        </p>
      )}
      <Button look="plain" onClick={() => setAsks(true)}>
        {t.clearTalk}
      </Button>
    </div>
  );
}
