/** Whether somebody looks at this page: it is in sight, and the one that gets the keys. */

import { type ReadonlySignal, signal } from '@preact/signals-core';

export function attentionOf(page: Document): ReadonlySignal<boolean> {
  const has = () => page.visibilityState === 'visible' && page.hasFocus();
  const attention = signal(has());
  const look = () => {
    attention.value = has();
  };
  page.addEventListener('visibilitychange', look);
  for (const event of ['focus', 'blur']) page.defaultView?.addEventListener(event, look);
  return attention;
}
