import { fireEvent, screen, within } from '@testing-library/preact';
import { describe, expect, test } from 'vitest';
import { samplePeer, sampleTalk, sampleText } from '../node/samples';
import { ADA, button, drawn, field, opened, page, type } from './testPage';

describe('the list', () => {
  test('shows what was said last, and how much is new', () => {
    const last = sampleText(1, 'Lunch\nat noon?');
    page({ peers: [ADA], conversations: [sampleTalk('Ada', { unread: 2, last })] });
    const row = screen.getByRole('listitem');
    expect(row.textContent).toContain('Lunch at noon?');
    expect(within(row).getByText('2 new')).toBeTruthy();
  });

  test('does not open a conversation with the echo test', () => {
    page({ peers: [samplePeer('Echo test', { kind: 'echo' })] });
    expect(screen.queryByRole('button', { name: 'Echo test' })).toBeNull();
  });
});

describe('a conversation', () => {
  test('says how far one’s own messages have come, in words', async () => {
    const mine = [1, 2, 3, 4].map((n) => sampleText(n, `message ${n}`, n));
    await opened(mine, { marks: { sent: 3, delivered: 2, read: 1 } });
    const log = within(screen.getByRole('log', { name: 'Messages' }));
    const words = log.getAllByRole('img').map((how) => how.getAttribute('aria-label'));
    expect(words).toEqual(['Read', 'Delivered', 'Sent', 'Waiting to be sent']);
  });

  test('sends on Enter, not on Shift and Enter, and not while a letter is being chosen', async () => {
    const { asks } = await opened([]);
    await type('hello');
    fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true });
    fireEvent.keyDown(field(), { key: 'Enter', isComposing: true });
    expect(asks().some(({ ask }) => ask === 'write')).toBe(false);
    fireEvent.keyDown(field(), { key: 'Enter' });
    await drawn();
    expect(asks().at(-1)).toMatchObject({ ask: 'write', text: 'hello', reply: null });
    expect(field().value).toBe('');
    expect(button('Send').hasAttribute('disabled')).toBe(true);
  });

  test('shows what others write as text, never as markup', async () => {
    const { container } = await opened([sampleText(1, '<img src=x onerror=alert(1)> **bold**')]);
    expect(screen.getByText('<img src=x onerror=alert(1)> **bold**')).toBeTruthy();
    expect(container.querySelector('img')).toBeNull();
  });

  test('a link shows where it leads before it opens', async () => {
    await opened([sampleText(1, 'look: https://bank.example@evil.example/x')]);
    expect(screen.queryByRole('link')).toBeNull();
    fireEvent.click(button('https://bank.example@evil.example/x'));
    await drawn();
    const ask = within(screen.getByRole('alertdialog', { name: 'Open this address in your browser?' }));
    expect(ask.getByText('https://bank.example@evil.example/x')).toBeTruthy();
    const link = ask.getByRole('link', { name: 'Open' });
    expect(link.getAttribute('rel')).toBe('noopener noreferrer');
    expect(document.activeElement).toBe(screen.getByRole('alertdialog'));
    fireEvent.click(ask.getByRole('button', { name: 'Cancel' }));
    await drawn();
    expect(screen.queryByRole('alertdialog')).toBeNull();
    const asking = button('https://bank.example@evil.example/x');
    expect(document.activeElement).toBe(asking);
    fireEvent.click(asking);
    await drawn();
    fireEvent.keyDown(screen.getByRole('alertdialog'), { key: 'Escape' });
    await drawn();
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  test('a message is answered, changed and deleted from its own buttons', async () => {
    const { asks } = await opened([sampleText(1, 'question'), sampleText(2, 'anser', 1)]);
    const [theirs, mine] = screen.getAllByRole('listitem').slice(-2);
    if (theirs === undefined || mine === undefined) throw new Error('no entries');
    expect(within(theirs).queryByRole('button', { name: 'Edit' })).toBeNull();
    fireEvent.click(within(theirs).getByRole('button', { name: 'Reply' }));
    await drawn();
    expect(screen.getByText('Answer to Ada')).toBeTruthy();
    expect(document.activeElement).toBe(field());
    fireEvent.keyDown(field(), { key: 'Escape' });
    await drawn();
    expect(screen.queryByText('Answer to Ada')).toBeNull();
    fireEvent.click(within(mine).getByRole('button', { name: 'Edit' }));
    await drawn();
    expect(field().value).toBe('anser');
    await type('answer');
    fireEvent.click(button('Save'));
    expect(asks().at(-1)).toMatchObject({ ask: 'edit', text: 'answer' });
    fireEvent.click(within(mine).getByRole('button', { name: 'Delete for both' }));
    expect(asks().at(-1)).toMatchObject({ ask: 'withdraw' });
  });

  test('a change leaves the half-written message as it was', async () => {
    await opened([sampleText(2, 'anser', 1)]);
    await type('half a thought');
    fireEvent.click(button('Edit'));
    await drawn();
    expect(field().value).toBe('anser');
    fireEvent.keyDown(field(), { key: 'Escape' });
    await drawn();
    expect(field().value).toBe('half a thought');
  });

  test('what was not sent and has to wait for the field is said all the same', async () => {
    const { say, asks } = await opened([sampleText(1, 'question')]);
    fireEvent.click(button('Reply'));
    await type('an answer');
    fireEvent.click(button('Send'));
    const ask = asks().at(-1);
    if (ask?.ask !== 'write') throw new Error('nothing was sent');
    await type('something else');
    await say({ news: 'not_written', peer: ADA.peer, message: ask.message, why: 'disk_full' });
    expect(field().value).toBe('something else');
    expect(screen.getByRole('alert').textContent).toContain('Another message was not sent.');
    fireEvent.click(button('Send'));
    await drawn();
    expect(field().value).toBe('an answer');
    expect(screen.getByText('Answer to Ada')).toBeTruthy();
  });

  test('a message that was not deleted says why, and the keyboard is in the field', async () => {
    const { say, asks } = await opened([sampleText(2, 'hello', 1)]);
    button('Delete for both').focus();
    fireEvent.click(button('Delete for both'));
    expect(document.activeElement).toBe(field());
    const ask = asks().at(-1);
    if (ask?.ask !== 'withdraw') throw new Error('nothing was deleted');
    await say({ news: 'not_written', peer: ADA.peer, message: ask.message, why: 'disk_full' });
    const alert = within(screen.getByRole('log')).getByRole('alert');
    expect(alert.textContent).toContain('This was not deleted: your disk is full.');
    expect(field().value).toBe('');
  });

  test('says who is writing, and that somebody away gets it later', async () => {
    const { say } = await opened([], {}, samplePeer('Ada', { presence: 'offline' }));
    expect(screen.getByText(/What you write waits/)).toBeTruthy();
    await say({ news: 'typing', peer: ADA.peer, typing: true });
    expect(screen.getByText('Ada is writing…')).toBeTruthy();
  });

  test('what was not sent is there again, with a sentence', async () => {
    const { say, asks } = await opened([]);
    await type('hello');
    fireEvent.click(button('Send'));
    const ask = asks().at(-1);
    if (ask?.ask !== 'write') throw new Error('nothing was sent');
    await say({ news: 'not_written', peer: ADA.peer, message: ask.message, why: 'disk_full' });
    expect(field().value).toBe('hello');
    expect(screen.getByRole('alert').textContent).toContain('Your disk is full');
  });

  test('is cleared only after a second question', async () => {
    const { asks } = await opened([sampleText(1, 'hello')]);
    fireEvent.click(button('More'));
    await drawn();
    fireEvent.click(button('Clear conversation'));
    await drawn();
    expect(document.activeElement).toBe(screen.getByRole('alertdialog', { name: 'Clear conversation' }));
    fireEvent.keyDown(screen.getByRole('alertdialog'), { key: 'Escape' });
    await drawn();
    expect(document.activeElement).toBe(button('More'));
    fireEvent.click(button('More'));
    await drawn();
    fireEvent.click(button('Clear conversation'));
    await drawn();
    expect(asks().some(({ ask }) => ask === 'clear')).toBe(false);
    fireEvent.click(button('Delete everything here'));
    expect(asks().at(-1)).toEqual({ ask: 'clear', peer: ADA.peer });
  });

  test('is saved to a file, and says where it lies', async () => {
    const { asks, say } = await opened([sampleText(1, 'hello')]);
    fireEvent.click(button('More'));
    await drawn();
    fireEvent.click(button('Save as text'));
    expect(asks().at(-1)).toEqual({ ask: 'export', peer: ADA.peer, format: 'text' });
    await say({ news: 'exported', peer: ADA.peer, path: '/home/robin/a.txt' });
    expect(screen.getByText('Saved as /home/robin/a.txt')).toBeTruthy();
  });

  test('is searched', async () => {
    const { asks, say } = await opened([sampleText(1, 'hello'), sampleText(2, 'world')]);
    fireEvent.click(button('More'));
    await drawn();
    fireEvent.click(button('Search this conversation'));
    await drawn();
    fireEvent.input(screen.getByRole('searchbox', { name: 'Search this conversation' }), { target: { value: 'hell' } });
    await drawn();
    expect(asks().at(-1)).toEqual({ ask: 'search', text: 'hell', peer: ADA.peer });
    await say({ news: 'hits', text: 'hell', hits: [] });
    expect(screen.getByText('“hell” is not in this conversation.')).toBeTruthy();
  });

  test('shows calls among the messages', async () => {
    const call = {
      is: 'call',
      call: 'c',
      caller: false,
      media: 'voice',
      reason: 'unanswered',
      missed: true,
      talked_ms: null,
    } as const;
    await opened([{ position: 1, at_ms: 0, what: call }]);
    expect(screen.getByText('Missed voice call')).toBeTruthy();
  });

  test('is opened and put away from a call, which counts what is new', async () => {
    const { host, call } = page({ peers: [ADA], conversations: [sampleTalk('Ada', { unread: 2 })] });
    await call({ phase: { is: 'connected' } });
    const way = () =>
      within(screen.getByRole('region', { name: 'Call with Ada' })).getByRole('button', { name: /Conversation/ });
    expect(way().textContent).toContain('2');
    fireEvent.click(way());
    await drawn();
    expect(host.asked.at(-1)).toEqual({ type: 'talk', ask: { ask: 'entries', peer: ADA.peer, before: null } });
    expect(field()).toBeTruthy();
    fireEvent.click(way());
    await drawn();
    expect(screen.queryByRole('textbox', { name: 'Message Ada' })).toBeNull();
  });

  test('a message that is being written answers no call', async () => {
    const { call } = await opened([]);
    field().focus();
    await call({ caller: false, phase: { is: 'incoming' }, place: 'anywhere' });
    const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(enter);
    expect(enter.defaultPrevented).toBe(true);
  });

  test('stands beside a call', async () => {
    const { call } = await opened([sampleText(1, 'hello')]);
    await call({ phase: { is: 'connected' } });
    expect(screen.getByRole('region', { name: 'Call with Ada' })).toBeTruthy();
    expect(field()).toBeTruthy();
  });
});

describe('settings', () => {
  test('others are told what was read, or not, and how long conversations are kept', async () => {
    const { host } = page();
    fireEvent.click(button('Settings'));
    await drawn();
    fireEvent.click(screen.getByRole('switch', { name: 'Tell others what I have read' }));
    fireEvent.change(screen.getByRole('combobox', { name: 'Keep conversations' }), { target: { value: 'week' } });
    expect(host.asked).toEqual([
      { type: 'talk', ask: { ask: 'set_receipts', on: false } },
      { type: 'talk', ask: { ask: 'set_retention', retention: 'week' } },
    ]);
  });
});
