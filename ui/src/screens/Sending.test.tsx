/** Sending files from a conversation: picked, dropped or pasted. */

import { fireEvent, screen, within } from '@testing-library/preact';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HandOverError } from '../host/handOver';
import type { Ask } from '../wire.gen';
import { ADA, BEN, button, drawn, field, opened } from './testPage';

describe('sending', () => {
  const input = (container: Element, folder = false) => {
    const found = [...container.querySelectorAll<HTMLInputElement>('input[type=file]')].filter(
      (each) => (each.webkitdirectory ?? false) === folder,
    );
    if (found[0] === undefined) throw new Error('no input');
    return found[0];
  };
  const pick = (element: HTMLInputElement, files: File[]) => {
    Object.defineProperty(element, 'files', { configurable: true, value: files });
    fireEvent.change(element);
  };
  const offers = (asks: readonly Ask[]) => asks.filter(({ ask }) => ask === 'offer');

  afterEach(() => {
    Reflect.deleteProperty(HTMLInputElement.prototype, 'webkitdirectory');
  });

  test('has a button beside the field, which opens the system’s own dialog', async () => {
    const { container, host, asks } = await opened([]);
    const clicked = vi.spyOn(input(container), 'click');
    fireEvent.click(button('Send file to Ada'));
    expect(clicked).toHaveBeenCalledOnce();
    pick(input(container), [new File(['abc'], 'a.txt'), new File(['de'], 'b.txt')]);
    await drawn();
    expect(host.handed.map(({ path }) => path)).toEqual(['a.txt', 'b.txt']);
    expect(offers(asks())).toEqual([{ ask: 'offer', peer: ADA.peer, message: '01'.repeat(16), paths: null }]);
  });

  test('is not offered when there is nobody to send to', async () => {
    const { host } = await opened([]);
    host.say({ type: 'peer_gone', peer: ADA.peer });
    await drawn();
    expect(button('Send file to Ada').hasAttribute('disabled')).toBe(true);
  });

  test('of folders is there where they can be picked', async () => {
    const { container, host } = await opened([]);
    fireEvent.click(button('More'));
    await drawn();
    expect(screen.queryByRole('button', { name: 'Send folder' })).toBeNull();
    fireEvent.click(button('Less'));
    await drawn();
    Object.defineProperty(HTMLInputElement.prototype, 'webkitdirectory', { configurable: true, value: undefined });
    fireEvent.click(button('More'));
    await drawn();
    const clicked = vi.spyOn(input(container, true), 'click');
    fireEvent.click(button('Send folder'));
    await drawn();
    expect(clicked).toHaveBeenCalledOnce();
    expect(document.activeElement).toBe(button('More'));
    const inside = Object.defineProperty(new File(['abc'], 'a'), 'webkitRelativePath', { value: 'trip/a' });
    pick(input(container, true), [inside]);
    await drawn();
    expect(host.handed.map(({ path }) => path)).toEqual(['trip/a']);
  });

  test('says how far it is, and can be cancelled', async () => {
    const { container, host, asks } = await opened([]);
    host.takes = (_message, _path, _content, watch) => {
      setTimeout(() => watch?.onBytes?.(1), 110);
      return new Promise(() => undefined);
    };
    pick(input(container), [new File(['abcd'], 'a.txt')]);
    await drawn();
    const bar = () => screen.getByRole('progressbar', { name: 'Preparing a.txt' });
    expect(bar().getAttribute('aria-valuenow')).toBe('0');
    expect(screen.queryByText(/Nothing was written yet/)).toBeNull();
    await vi.waitFor(() => expect(bar().getAttribute('aria-valuetext')).toBe('Preparing: 1 byte of 4 bytes'));
    expect(bar().getAttribute('aria-valuenow')).toBe('25');
    fireEvent.click(button('Cancel a.txt'));
    await drawn();
    expect(screen.queryByRole('progressbar')).toBeNull();
    expect(document.activeElement).toBe(field());
    expect(offers(asks())).toEqual([]);
  });

  test('that failed says why, in its own conversation, until that was read', async () => {
    const { container, host, talks } = await opened([]);
    host.takes = () => Promise.reject(new HandOverError('disk_full'));
    pick(input(container), [new File(['abcd'], 'a.txt')]);
    await drawn();
    const log = () => within(screen.getByRole('log'));
    expect(log().getByRole('alert').textContent).toContain('This was not sent: your disk is full');
    talks.show(BEN.peer);
    await drawn();
    expect(screen.queryByText(/This was not sent/)).toBeNull();
    talks.show(ADA.peer);
    await drawn();
    fireEvent.click(button('Close a.txt'));
    await drawn();
    expect(screen.queryByText(/This was not sent/)).toBeNull();
  });
});

describe('what is dragged over a conversation', () => {
  const region = () => screen.getByRole('region', { name: 'Conversation with Ada' });
  const hint = () => screen.queryByText('Drop to send to Ada');
  const entryOf = (name: string, inside?: unknown[]) => ({
    name,
    isFile: inside === undefined,
    isDirectory: inside !== undefined,
    file: (found: (file: File) => void) => found(new File(['abc'], name)),
    createReader: () => {
      const parts = [inside ?? [], []];
      return { readEntries: (found: (entries: unknown[]) => void) => found(parts.shift() ?? []) };
    },
  });
  const transfer = (types: string[], ...entries: unknown[]) => ({
    types,
    files: [],
    items: entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => null })),
  });
  /** Whether somebody took it. */
  const drag = async (name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', dataTransfer: unknown) => {
    const event = Object.assign(new Event(name, { bubbles: true, cancelable: true }), { dataTransfer });
    region().dispatchEvent(event);
    await drawn();
    return event.defaultPrevented;
  };

  test('is sent when it is dropped: files, and folders with all that is in them', async () => {
    const { host, asks } = await opened([]);
    const dropped = transfer(
      ['Files'],
      entryOf('a.txt'),
      entryOf('trip', [entryOf('b'), entryOf('sub', [entryOf('c')])]),
    );
    expect(await drag('dragenter', dropped)).toBe(true);
    expect(hint()).toBeTruthy();
    expect(await drag('dragover', dropped)).toBe(true);
    expect(await drag('drop', dropped)).toBe(true);
    expect(hint()).toBeNull();
    await drawn();
    expect(host.handed.map(({ path }) => path)).toEqual(['a.txt', 'trip/b', 'trip/sub/c']);
    expect(asks().at(-1)).toMatchObject({ ask: 'offer', peer: ADA.peer });
    expect(screen.getByText('3 files in 2 folders, 9 bytes')).toBeTruthy();
  });

  test('is no longer asked for when it goes elsewhere', async () => {
    await opened([]);
    await drag('dragover', transfer(['Files']));
    await drag('dragleave', transfer(['Files']));
    await drag('dragover', transfer(['Files']));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(hint()).toBeTruthy();
    await drag('dragleave', transfer(['Files']));
    await vi.waitFor(() => expect(hint()).toBeNull());
  });

  test('is left alone when it is words, or when there is nobody to send it to', async () => {
    const { host } = await opened([]);
    expect(await drag('dragover', transfer(['text/plain']))).toBe(false);
    expect(hint()).toBeNull();
    host.say({ type: 'peer_gone', peer: ADA.peer });
    await drawn();
    expect(await drag('dragover', transfer(['Files']))).toBe(false);
    expect(await drag('drop', transfer(['Files'], entryOf('a')))).toBe(false);
    expect(hint()).toBeNull();
    expect(host.handed).toEqual([]);
  });

  test('says so when there is nothing in it', async () => {
    await opened([]);
    await drag('drop', transfer(['Files'], entryOf('trip', [])));
    await drawn();
    expect(screen.getByRole('alert').textContent).toBe('This was not sent: there is no file in it.');
    expect(screen.getByText('trip')).toBeTruthy();
  });
});

describe('what is pasted where one writes', () => {
  const paste = async (files: File[], types = ['Files'], text = '') => {
    const clipboardData = { files, types, getData: () => text };
    const left = fireEvent.paste(field(), { clipboardData });
    await drawn();
    return left;
  };
  const picture = () => new File(['abc'], 'image.png', { type: 'image/png' });

  test('is sent after a question', async () => {
    const { host } = await opened([]);
    expect(await paste([picture()])).toBe(false);
    const question = screen.getByRole('alertdialog', { name: 'Send picture?' });
    expect(document.activeElement).toBe(question);
    expect(within(question).getByText(/^picture \d{4}-\d\d-\d\d \d\d\.\d\d\.png$/)).toBeTruthy();
    expect(host.handed).toEqual([]);
    fireEvent.click(within(question).getByText('Send'));
    await drawn();
    expect(host.handed).toHaveLength(1);
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(document.activeElement).toBe(field());
  });

  test('is sent by Enter, and forgotten by Escape', async () => {
    const { host } = await opened([]);
    await paste([new File(['abc'], 'a.txt'), new File(['abc'], 'b.txt')]);
    fireEvent.keyDown(screen.getByRole('alertdialog', { name: 'Send 2 files?' }), { key: 'Escape' });
    await drawn();
    expect(screen.queryByRole('alertdialog')).toBeNull();
    await paste([new File(['abc'], 'a.txt')]);
    fireEvent.keyDown(within(screen.getByRole('alertdialog')).getByText('Cancel'), { key: 'Enter' });
    await drawn();
    expect(host.handed).toEqual([]);
    fireEvent.keyDown(screen.getByRole('alertdialog', { name: 'Send file?' }), { key: 'Enter' });
    await drawn();
    expect(host.handed.map(({ path }) => path)).toEqual(['a.txt']);
  });

  test('is text when it is text', async () => {
    await opened([]);
    expect(await paste([], ['text/plain'], 'hello')).toBe(true);
    expect(await paste([picture()], ['text/plain', 'text/html', 'Files'], 'a cell')).toBe(true);
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  test('is asked about in its own conversation alone', async () => {
    const { talks } = await opened([]);
    await paste([picture()]);
    talks.show(BEN.peer);
    await drawn();
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });
});
