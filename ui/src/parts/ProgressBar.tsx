/** How much of something is done, of a hundred. */

import styles from './ProgressBar.module.css';

interface ProgressBarProps {
  readonly label: string;
  /** Whole percent; `null`: nobody knows. */
  readonly percent: number | null;
  /** The same and more, in words. */
  readonly words: string;
  /** It does not go on now. */
  readonly rests?: boolean;
}

export function ProgressBar({ label, percent, words, rests = false }: ProgressBarProps) {
  return (
    <div
      class={`${styles.track} ${rests ? styles.rests : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      aria-valuetext={words}
    >
      <div class={styles.done} style={{ width: `${percent ?? 0}%` }} />
    </div>
  );
}
