/** The picture of a person: a small dog made from their id. Beside a name it is decoration. */

import styles from './Avatar.module.css';
import { type Dog, dogOf } from './dog';

const EARS: Record<Dog['ears'], string> = {
  pointed: 'M9 7.5 19.5 16 11.5 25ZM39 7.5 28.5 16 36.5 25Z',
  folded: 'M10 13.5 20 14 13.5 27.5C10 25 8.5 18 10 13.5ZM38 13.5 28 14 34.5 27.5C38 25 39.5 18 38 13.5Z',
  round: 'M9.5 13a5.5 5.5 0 0 1 9-2.5L11.5 22a7 7 0 0 1-2-9ZM38.5 13a5.5 5.5 0 0 0-9-2.5L36.5 22a7 7 0 0 0 2-9Z',
};

const FACES: Record<Dog['face'], string | null> = {
  mask: 'M10.3 31c1.5-4.5 8-6 11.2-1.5.8-1.5 1.5-2 2.5-2s1.7.5 2.5 2C29.7 25 36.2 26.5 37.7 31 36 37.5 31 41 24 41s-12-3.5-13.7-10Z',
  blaze:
    'M24 13c2 4 2 9 2.5 13 4.5 1 6.5 4 6.5 7.5C33 38 29 41 24 41s-9-3-9-7.5c0-3.5 2-6.5 6.5-7.5C22 22 22 17 24 13Z',
  patch: 'M27 19.5c4-2 9 0 10 5s-3.5 7-7 5.5-6-8.5-3-10.5Z',
  plain: null,
};

export function Avatar({ peer, size = 40 }: { peer: string; size?: number }) {
  const dog = dogOf(peer);
  const face = FACES[dog.face];
  return (
    <svg class={styles.avatar} width={size} height={size} viewBox="0 0 48 48" aria-hidden="true" focusable="false">
      <circle class={styles[`dog${dog.background}`]} cx="24" cy="24" r="24" />
      <path class={dog.coat === 2 ? styles.coat4 : styles[`coat${dog.coat}`]} d={EARS[dog.ears]} />
      <path class={styles[`coat${dog.coat}`]} d="M24 12c9 0 14.3 6 14.3 15S32 41 24 41 9.7 36 9.7 27 15 12 24 12Z" />
      {face !== null && <path class={styles.cream} d={face} />}
      <circle class={styles.rim} cx="18.3" cy="25" r="2.9" />
      <circle class={styles.rim} cx="29.7" cy="25" r="2.9" />
      <circle class={styles.ink} cx="18.3" cy="25" r="2.1" />
      <circle class={styles.ink} cx="29.7" cy="25" r="2.1" />
      <ellipse class={styles.rim} cx="24" cy="32" rx="3.7" ry="2.9" />
      <ellipse class={styles.ink} cx="24" cy="32" rx="2.9" ry="2.1" />
      {dog.scarf !== null && (
        <path class={styles[`scarf${dog.scarf}`]} d="M11 38.5c7.5 4.5 18.5 4.5 26 0l2 4.2a24 24 0 0 1-30 0Z" />
      )}
    </svg>
  );
}
