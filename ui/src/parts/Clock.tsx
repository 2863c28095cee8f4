/** How long a call has lasted. */

import { useEffect, useState } from 'preact/hooks';
import { clock } from '../messages';

/** `since` is on the clock of `performance.now()`. */
export function Clock({ since }: { since: number }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(performance.now()), 500);
    return () => clearInterval(tick);
  }, []);
  return <span role="timer">{clock(now - since)}</span>;
}
