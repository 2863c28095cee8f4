/** What somebody wrote: text, never markup. A link opens only after its real address was shown. */

import { useRef, useState } from 'preact/hooks';
import { t } from '../messages';
import { segments } from '../talk/links';
import { Button } from './Button';
import { Question } from './Question';
import styles from './Written.module.css';

export function Written({ text }: { text: string }) {
  const [asked, setAsked] = useState<string | null>(null);
  const link = useRef<HTMLButtonElement>(null);
  return (
    <>
      <p class={styles.text} dir="auto">
        {segments(text).map((segment, at) =>
          segment.is === 'text' ? (
            segment.text
          ) : (
            // The same link twice is twice there: only its place tells them apart.
            <button
              key={at}
              type="button"
              class={styles.link}
              onClick={(event) => {
                link.current = event.currentTarget;
                setAsked(segment.to);
              }}
            >
              {segment.text}
            </button>
          ),
        )}
      </p>
      {asked !== null && (
        <Question class={styles.ask} label={t.openLink} askedBy={link} onCancel={() => setAsked(null)}>
          <p>{t.openLink}</p>
          <code dir="ltr">{asked}</code>
          <div class={styles.ways}>
            <a
              class={styles.open}
              href={asked}
              target="_blank"
              rel="noopener noreferrer"
              onClick={() => setAsked(null)}
            >
              {t.openLinkYes}
            </a>
            <Button look="quiet" onClick={() => setAsked(null)}>
              {t.cancel}
            </Button>
          </div>
        </Question>
      )}
    </>
  );
}
