/** No node to talk to: starting, gone, or this page is out of date. */

import type { HostState } from '../host/host';
import { t } from '../messages';
import { Logo } from '../parts/Logo';
import styles from './Panel.module.css';

export function NoNode({ state }: { state: HostState }) {
  const [title, more] = words(state);
  return (
    <main class={styles.panel}>
      <div class={styles.inside} role="alert">
        <Logo size={72} />
        <h1>{title}</h1>
        {more !== null && <p class={styles.soft}>{more}</p>}
      </div>
    </main>
  );
}

function words(state: HostState): [string, string | null] {
  switch (state) {
    case 'connecting':
    case 'open':
      return [t.starting, null];
    case 'gone':
      return [t.goneTitle, t.gone];
    case 'denied':
      return [t.deniedTitle, t.denied];
  }
}
