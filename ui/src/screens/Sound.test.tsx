/** Where a call is heard, as somebody on a phone chooses it. */

import { fireEvent, screen } from '@testing-library/preact';
import { describe, expect, test } from 'vitest';
import { FakeDevices } from '../call/fakes';
import type { Sound } from '../host/host';
import { ADA, button, drawn, page } from './testPage';

const CONNECTED = { with: ADA, phase: { is: 'connected' } } as const;

async function onPhone(route: string, ...available: string[]) {
  const phone = { route, available };
  let changed = (): void => undefined;
  const sound: Sound = {
    routes: async (chosen) => {
      if (chosen !== null) phone.route = chosen;
      return { ...phone };
    },
    onRoutes: async (tell) => {
      changed = tell;
    },
  };
  const it = page({ peers: [ADA] }, new FakeDevices(), sound);
  await it.call(CONNECTED);
  const becomes = async (...there: string[]) => {
    phone.available = there;
    changed();
    await drawn();
  };
  return { ...it, phone, becomes };
}

const press = async (element: HTMLElement) => {
  fireEvent.click(element);
  await drawn();
};
const key = async (name: string) => {
  fireEvent.keyDown(document.activeElement ?? document.body, { key: name });
  await drawn();
};
const menu = () => screen.queryByRole('menu', { name: 'Sound' });
const choice = (name: string) => screen.getByRole('menuitemradio', { name });
const noSound = () => screen.queryByRole('button', { name: /^Sound/ });

describe('in a call', () => {
  test('a button says where it is heard, until the call is over', async () => {
    const { call } = await onPhone('speaker', 'earpiece', 'speaker');
    expect(button('Sound: Speaker')).toBeTruthy();
    await call({ ...CONNECTED, phase: { is: 'ended', reason: 'hung_up' } });
    expect(noSound()).toBeNull();
  });

  test('there is none for a call that rings, or is in another window, or on a machine with one way to be heard', async () => {
    const { call } = await onPhone('speaker', 'earpiece', 'speaker');
    await call({ ...CONNECTED, phase: { is: 'incoming' }, caller: false, place: 'anywhere' });
    expect(noSound()).toBeNull();
    await call({ ...CONNECTED, place: 'elsewhere_page' });
    expect(noSound()).toBeNull();
    await onPhone('speaker', 'speaker');
    expect(noSound()).toBeNull();
    await page({ peers: [ADA] }).call(CONNECTED);
    expect(noSound()).toBeNull();
  });

  test('of two it takes the other', async () => {
    const { phone } = await onPhone('earpiece', 'earpiece', 'speaker');
    await press(button('Sound: Earpiece'));
    expect([phone.route, menu()]).toEqual(['speaker', null]);
    await press(button('Sound: Speaker'));
    expect([phone.route, button('Sound: Earpiece').getAttribute('aria-haspopup')]).toEqual(['earpiece', null]);
  });
});

describe('among more', () => {
  const FOUR = ['wired', 'bluetooth', 'earpiece', 'speaker'];

  test('one is chosen from a menu', async () => {
    const { phone } = await onPhone('bluetooth', ...FOUR);
    const opener = button('Sound: Bluetooth');
    expect(opener.getAttribute('aria-expanded')).toBe('false');
    await press(opener);
    expect(opener.getAttribute('aria-expanded')).toBe('true');
    expect(screen.getAllByRole('menuitemradio').map(({ textContent }) => textContent)).toEqual([
      'Headphones',
      'Bluetooth',
      'Earpiece',
      'Speaker',
    ]);
    expect(screen.getByRole('menuitemradio', { checked: true })).toBe(choice('Bluetooth'));
    await press(choice('Earpiece'));
    expect([phone.route, menu(), document.activeElement]).toEqual(['earpiece', null, button('Sound: Earpiece')]);
  });

  test('the keyboard is on what holds, moves around, and goes back', async () => {
    const { phone } = await onPhone('bluetooth', ...FOUR);
    await press(button('Sound: Bluetooth'));
    expect(document.activeElement).toBe(choice('Bluetooth'));
    for (const [name, leads] of [
      ['ArrowDown', 'Earpiece'],
      ['End', 'Speaker'],
      ['ArrowDown', 'Headphones'],
      ['ArrowUp', 'Speaker'],
      ['Home', 'Headphones'],
      ['m', 'Headphones'],
    ] as const) {
      await key(name);
      expect(document.activeElement).toBe(choice(leads));
    }
    expect(button('Mute microphone')).toBeTruthy();
    await key('Escape');
    expect([menu(), document.activeElement, phone.route]).toEqual([null, button('Sound: Bluetooth'), 'bluetooth']);
  });

  test('a press elsewhere, another on the button, and Tab close it', async () => {
    await onPhone('bluetooth', ...FOUR);
    const opener = button('Sound: Bluetooth');
    for (const close of [
      async () => void fireEvent.pointerDown(document.body),
      () => press(opener),
      () => key('Tab'),
    ]) {
      await press(opener);
      expect(menu()).not.toBeNull();
      await close();
      await drawn();
      expect(menu()).toBeNull();
    }
  });

  test('what was pulled out meanwhile is gone from it, and with two left so is the menu', async () => {
    const { phone, becomes } = await onPhone('speaker', ...FOUR);
    await press(button('Sound: Speaker'));
    await becomes('bluetooth', 'earpiece', 'speaker');
    expect(screen.getAllByRole('menuitemradio')).toHaveLength(3);
    await becomes('earpiece', 'speaker');
    expect([menu(), document.activeElement]).toEqual([null, button('Sound: Speaker')]);
    await becomes(...FOUR);
    expect([menu(), phone.route]).toEqual([null, 'speaker']);
  });
});
