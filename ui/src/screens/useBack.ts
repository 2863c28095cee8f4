/** Lets the system's "back" close what lies over the list. */

import { useEffect, useRef } from 'preact/hooks';
import { Back } from '../layout/back';

/** `close` takes it away; `null`: nothing lies over the list. */
export function useBack(close: (() => void) | null): void {
  const back = useRef<Back | null>(null);
  useEffect(() => {
    const system = new Back(window);
    back.current = system;
    return () => system.dispose();
  }, []);
  useEffect(() => back.current?.over(close), [close]);
}
