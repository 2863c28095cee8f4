/** Dogeller's own dog. `icons/logo.svg` is the same drawing. */

import styles from './Logo.module.css';

export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg class={styles.logo} width={size} height={size} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
      <rect class={styles.ground} width="64" height="64" rx="15" />
      <path
        class={styles.coat}
        d="M13.6 11.3c.5-1.5 2.3-2 3.5-1L26.6 17.6c3.5-.8 7.3-.8 10.8 0L46.9 10.3c1.2-1 3-.5 3.5 1 2 6 2.7 12.2 2.2 18.3 2.3 4.7 2.5 9.3.5 13.3C49.6 50.4 41.7 54.5 32 54.5S14.4 50.4 10.9 42.9c-2-4-1.8-8.6.5-13.3-.5-6.1.2-12.3 2.2-18.3Z"
      />
      <path
        class={styles.ear}
        d="M17 15.6 22.7 20c-2.5 1.1-4.5 2.6-6.1 4.5-.3-3 0-6 .4-8.9ZM47 15.6 41.3 20c2.5 1.1 4.5 2.6 6.1 4.5.3-3 0-6-.4-8.9Z"
      />
      <path
        class={styles.cream}
        d="M11 43c.3-4.8 4-8.2 8.5-8.2 3.3 0 6 1.6 7.3 4.3 1.2-2.3 2.7-3.6 5.2-3.6s4 1.3 5.2 3.6c1.3-2.7 4-4.3 7.3-4.3 4.5 0 8.2 3.4 8.5 8.2-3.5 7.4-11.3 11.5-21 11.5S14.5 50.4 11 43Z"
      />
      <ellipse class={styles.cream} cx="22.8" cy="25.8" rx="2.7" ry="1.9" />
      <ellipse class={styles.cream} cx="41.2" cy="25.8" rx="2.7" ry="1.9" />
      <circle class={styles.ink} cx="23.2" cy="32" r="2.9" />
      <circle class={styles.ink} cx="40.8" cy="32" r="2.9" />
      <path
        class={styles.ink}
        d="M28.2 40.6c0-1.5 1.6-2.3 3.8-2.3s3.8.8 3.8 2.3c0 1.8-2.2 3.7-3.8 3.7s-3.8-1.9-3.8-3.7Z"
      />
      <path class={styles.mouth} d="M26.4 46.9c1 1.7 4.7 2 5.6-.6.9 2.6 4.6 2.3 5.6.6" />
    </svg>
  );
}
