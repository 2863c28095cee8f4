/** Whether nothing moved for a while: no pointer, no key, no change of focus. */

import { useEffect, useState } from 'preact/hooks';

const MOVEMENTS = ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const;

export function useStill(ms: number): boolean {
  const [still, setStill] = useState(false);
  useEffect(() => {
    let timer = setTimeout(() => setStill(true), ms);
    const moved = () => {
      setStill(false);
      clearTimeout(timer);
      timer = setTimeout(() => setStill(true), ms);
    };
    for (const movement of MOVEMENTS) document.addEventListener(movement, moved);
    return () => {
      clearTimeout(timer);
      for (const movement of MOVEMENTS) document.removeEventListener(movement, moved);
    };
  }, [ms]);
  return still;
}
