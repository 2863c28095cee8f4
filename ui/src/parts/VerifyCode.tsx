/** The short code that both screens show, and what to do with it. */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../messages';
import { Button } from './Button';
import { ShieldIcon } from './icons';
import styles from './VerifyCode.module.css';

interface VerifyCodeProps {
  readonly code: readonly string[];
  readonly name: string;
  readonly verified: boolean;
  readonly onVerify: (verified: boolean) => void;
}

export function VerifyCode({ code, name, verified, onVerify }: VerifyCodeProps) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);

  const close = useCallback(() => {
    setOpen(false);
    opener.current?.focus();
  }, []);

  useEffect(() => {
    if (!open) return;
    const leave = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target)) return;
      setOpen(false);
    };
    const onEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('keydown', onEscape);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('keydown', onEscape);
    };
  }, [open, close]);

  const answer = (match: boolean) => {
    onVerify(match);
    close();
  };

  return (
    <div ref={box} class={styles.verify}>
      <button
        ref={opener}
        type="button"
        class={`${styles.opener} ${verified ? styles.done : ''}`}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <ShieldIcon size={16} />
        {verified ? t.verified : t.verify}
      </button>
      {open && (
        <section class={styles.card} aria-label={t.verifyTitle(name)}>
          <h2>{t.verifyTitle(name)}</h2>
          <ol class={styles.code}>
            {code.map((picture, at) => (
              <li key={at}>{picture}</li>
            ))}
          </ol>
          <p>{verified ? t.verifiedBefore(name) : t.verifyHow(name)}</p>
          <p class={styles.differ}>{t.verifyDiffer}</p>
          <div class={styles.answers}>
            <Button onClick={close}>{t.close}</Button>
            {verified ? (
              <Button onClick={() => answer(false)}>{t.takeMarkBack}</Button>
            ) : (
              <Button look="main" onClick={() => answer(true)}>
                {t.theyMatch}
              </Button>
            )}
          </div>
        </section>
      )}
    </div>
  );
}
