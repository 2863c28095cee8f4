/** What people and screen readers find of newer versions in the settings. */

import '@preact/signals';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, expect, test } from 'vitest';
import type { Updater, UpdateSettings } from '../host/updater';
import { t } from '../messages';
import { Updates } from '../people/updates';
import { UpdateRows } from './UpdateRows';

afterEach(cleanup);

const SOURCE = 'https://example.org/dogeller';

async function show(
  more: Partial<UpdateSettings> = {},
  { busy = false, ...other }: Partial<Updater> & { busy?: boolean } = {},
) {
  let settings: UpdateSettings = { on: false, source: SOURCE, fixed: false, source_fixed: false, ...more };
  const asked: unknown[] = [];
  const updates = new Updates({
    settings: async () => settings,
    choose: async (on, source) => {
      asked.push([on, source]);
      settings = { ...settings, on, source };
    },
    look: async () => ({ version: '0.2.0', notes: '- <b>More</b>\n- Better' }),
    install: async () => undefined,
    restart: async () => {
      asked.push('restart');
    },
    ...other,
  });
  await updates.ask();
  render(<UpdateRows updates={updates} busy={busy} />);
  return asked;
}

const press = async (name: string) => {
  fireEvent.click(screen.getByRole('button', { name }));
  await settled();
};

/** What was asked is answered, and drawn. */
async function settled(): Promise<void> {
  await act(async () => {
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
  });
}

test('it is off, and there is nothing to look with', async () => {
  await show();
  const found = screen.getByRole('switch', { name: t.updates.on });
  expect(found.getAttribute('aria-checked')).toBe('false');
  expect(screen.queryByRole('button')).toBeNull();
});

test('from the switch to the new version, step by step', async () => {
  const asked = await show();
  fireEvent.click(screen.getByRole('switch', { name: t.updates.on }));
  await settled();
  expect(asked).toEqual([[true, SOURCE]]);
  expect(screen.getByRole('status').textContent).toBe(t.updates.found('0.2.0'));
  // What somebody wrote is text.
  expect(screen.getByLabelText(t.updates.notes('0.2.0')).textContent).toBe('- <b>More</b>\n- Better');
  await press(t.updates.install);
  expect(screen.getByRole('status').textContent).toBe(t.updates.ready('0.2.0'));
  await press(t.updates.later);
  expect(screen.queryByRole('button', { name: t.updates.later })).toBeNull();
  expect(asked).toEqual([[true, SOURCE]]);
  await press(t.updates.restart);
  expect(asked.at(-1)).toBe('restart');
});

test('a place is kept when it is said to be, and what is wrong with it is a sentence', async () => {
  const asked = await show({ on: true }, { choose: () => Promise.reject('bad_source') });
  const place = screen.getByRole('textbox', { name: t.updates.source });
  expect((place as HTMLInputElement).value).toBe(SOURCE);
  expect(screen.queryByRole('button', { name: t.save })).toBeNull();
  fireEvent.input(place, { target: { value: 'updates' } });
  await press(t.save);
  expect(asked).toEqual([]);
  expect(screen.getByRole('alert').textContent).toBe(t.updates.failed.bad_source);
  // And can be mended.
  expect((place as HTMLInputElement).value).toBe('updates');
});

test('a call is not ended by a new start', async () => {
  const asked = await show({ on: true }, { busy: true });
  await press(t.updates.lookNow);
  await press(t.updates.install);
  expect(screen.getByText(t.updates.inCall)).toBeTruthy();
  await press(t.updates.restart);
  expect(asked).toEqual([]);
});

test('what an administrator settled can be read and not changed', async () => {
  await show({ on: true, fixed: true, source_fixed: true });
  expect(screen.getByRole<HTMLInputElement>('switch').disabled).toBe(true);
  expect(screen.getByRole<HTMLInputElement>('textbox').readOnly).toBe(true);
  expect(screen.getAllByText(t.updates.settled)).toHaveLength(2);
});

test('an app that cannot update itself shows nothing', async () => {
  render(<UpdateRows updates={new Updates(undefined)} busy={false} />);
  await settled();
  expect(document.body.textContent).toBe('');
});
