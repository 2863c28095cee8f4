/** Where a call is heard: switches between two, and lets one choose among more. */

import type { RefObject, VNode } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../messages';
import { Control } from './Control';
import { BluetoothIcon, CheckIcon, EarIcon, HeadphonesIcon, SpeakerIcon } from './icons';
import styles from './SoundControl.module.css';

export type Route = keyof typeof t.routes;

export interface Heard {
  readonly route: Route;
  readonly available: readonly Route[];
  /** Where it is heard instead; `null` where more than one is left. */
  readonly other: Route | null;
}

interface SoundControlProps {
  readonly heard: Heard;
  readonly onRoute: (route: Route) => void;
}

export function SoundControl({ heard, onRoute }: SoundControlProps) {
  const { route, other } = heard;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);
  const menu = open && other === null;

  useEffect(() => {
    if (!open) return;
    // One of three was pulled out meanwhile: with two there is no menu.
    if (!menu) return close();
    const leave = (event: Event) => {
      if (event.target instanceof Node && box.current?.contains(event.target)) return;
      close();
    };
    document.addEventListener('pointerdown', leave);
    return () => document.removeEventListener('pointerdown', leave);
  }, [open, menu, close]);

  return (
    <div ref={box} class={styles.sound}>
      <Control
        label={t.soundAt(t.routes[route])}
        onClick={() => (other === null ? setOpen(!open) : onRoute(other))}
        menu={other === null ? menu : undefined}
        buttonRef={opener}
      >
        <RouteIcon route={route} size={24} />
      </Control>
      {menu && <Menu heard={heard} onRoute={onRoute} openedBy={opener} onClose={close} />}
    </div>
  );
}

interface MenuProps extends SoundControlProps {
  readonly openedBy: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

function Menu({ heard, onRoute, openedBy, onClose }: MenuProps) {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const menu = box.current;
    menu?.querySelector<HTMLElement>('[aria-checked=true]')?.focus();
    return () => {
      if (menu?.contains(document.activeElement)) openedBy.current?.focus();
    };
  }, [openedBy]);

  const onKey = (event: KeyboardEvent) => {
    const items = [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitemradio]') ?? [])];
    const at = items.findIndex((item) => item.contains(document.activeElement));
    const to = KEYS[event.key]?.(at, items.length);
    // The keyboard goes on by itself to what follows.
    if (event.key === 'Tab' || event.key === 'Escape') onClose();
    if (to === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (to !== undefined) items[to]?.focus();
  };

  return (
    <div ref={box} class={styles.menu} role="menu" tabIndex={-1} aria-label={t.sound} onKeyDown={onKey}>
      {heard.available.map((each) => (
        <button
          key={each}
          type="button"
          role="menuitemradio"
          aria-checked={each === heard.route}
          tabIndex={-1}
          class={styles.choice}
          onClick={() => {
            onRoute(each);
            onClose();
          }}
        >
          <RouteIcon route={each} size={20} />
          <span>{t.routes[each]}</span>
          {each === heard.route && <CheckIcon size={18} />}
        </button>
      ))}
    </div>
  );
}

/** Where a key leads, from the item that has the keyboard. */
const KEYS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

function RouteIcon({ route, size }: { route: Route; size: number }): VNode {
  switch (route) {
    case 'wired':
      return <HeadphonesIcon size={size} />;
    case 'bluetooth':
      return <BluetoothIcon size={size} />;
    case 'earpiece':
      return <EarIcon size={size} />;
    case 'speaker':
      return <SpeakerIcon size={size} />;
  }
}
