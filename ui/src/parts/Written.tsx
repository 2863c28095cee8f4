/** What somebody wrote: text, never markup. A link opens only after its real address was shown. */

import { useState } from 'preact/hooks';
import { t } from '../messages';
import { segments } from '../talk/links';
import { Button } from './Button';
import styles from './Written.module.css';

export function Written({ text }: { text: string }) {
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <>
      <p class={styles.text} dir="auto">
        {segments(text).map((segment, at) =>
          segment.is === 'text' ? (
            segment.text
          ) : (
            // The same link twice is twice there: only its place tells them apart.
            <button key={at} type="button" class={styles.link} onClick={() => setAsked(segment.to)}>
              {segment.text}
            </button>
          ),
        )}
      </p>
      {asked !== null && (
        <div class={styles.ask} role="alertdialog" aria-label={t.openLink}>
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
        </div>
      )}
    </>
  );
}
