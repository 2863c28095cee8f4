/** A conversation among what else the page shows: the list, another conversation, a call. */

import { fireEvent, screen } from '@testing-library/preact';
import { afterEach, describe, expect, test } from 'vitest';
import { sampleTalk, sampleText } from '../node/samples';
import { ADA, BEN, button, drawn, field, inSight, opened, type, wide } from './testPage';

afterEach(() => wide(1280));

describe('the keyboard', () => {
  test('is in the field of a conversation that opens, and in the row of the person when it is put away', async () => {
    const { talks } = await opened([]);
    expect(document.activeElement).toBe(field());
    talks.hide();
    await drawn();
    expect(document.activeElement).toBe(button('Ada'));
  });

  test('follows from one conversation to the next', async () => {
    await opened([]);
    fireEvent.click(button('Ben'));
    await drawn();
    expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Message Ben' }));
  });

  test('does not cover a narrow screen by itself', async () => {
    await wide(600);
    await opened([]);
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Conversation with Ada' }));
    fireEvent.click(button('Back to the list'));
    await drawn();
    expect(document.activeElement).toBe(button('Ada'));
  });
});

describe('another conversation', () => {
  test('begins without what was open in the one before', async () => {
    await opened([sampleText(1, 'hello')]);
    fireEvent.click(button('More'));
    await drawn();
    fireEvent.click(button('Ben'));
    await drawn();
    expect(button('More')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Clear conversation' })).toBeNull();
  });

  test('does not say where this one was saved', async () => {
    const { say } = await opened([]);
    await say({ news: 'exported', peer: BEN.peer, path: '/ben.txt' });
    expect(screen.queryByText('Saved as /ben.txt')).toBeNull();
  });

  test('stays readable when the person is forgotten', async () => {
    const { host } = await opened([sampleText(1, 'hello')]);
    await type('and');
    host.say({ type: 'peer_gone', peer: ADA.peer });
    await drawn();
    expect(screen.getByText('hello')).toBeTruthy();
    expect(screen.getByText(/This person is not known any more/)).toBeTruthy();
    expect(field().readOnly).toBe(true);
    expect(field().value).toBe('and');
    expect(button('Send').hasAttribute('disabled')).toBe(true);
    expect(screen.queryByRole('button', { name: 'Video call Ada' })).toBeNull();
    host.say({ type: 'peer', peer: ADA });
    await drawn();
    expect(field().readOnly).toBe(false);
  });
});

describe('a conversation and a call', () => {
  const rooms = (container: Element) => container.querySelector('main')?.parentElement?.className.split(/\s+/);

  test('on a narrow screen the call covers it until somebody asks for it', async () => {
    await wide(600);
    const { call, asks, say } = await opened([]);
    await inSight(true);
    await call({ phase: { is: 'connected' } });
    expect(screen.queryByRole('textbox', { name: 'Message Ada' })).toBeNull();
    await say({ news: 'entry', peer: ADA.peer, entry: sampleText(1, 'hello') });
    await say({ news: 'conversation', conversation: sampleTalk('Ada', { unread: 1 }) });
    expect(asks().some(({ ask }) => ask === 'seen')).toBe(false);
    const way = button('Conversation with Ada, 1 new');
    expect(way.getAttribute('aria-pressed')).toBe('false');
    fireEvent.click(way);
    await drawn();
    expect(field()).toBeTruthy();
    expect(screen.getByText('hello')).toBeTruthy();
    await inSight(true);
    expect(asks().at(-1)).toEqual({ ask: 'seen', peer: ADA.peer, position: 1 });
    fireEvent.click(button('Back to the list'));
    await drawn();
    expect(screen.queryByRole('textbox', { name: 'Message Ada' })).toBeNull();
    await call({ phase: { is: 'ended', reason: 'hung_up' } });
    expect(screen.getByText('The call with Ada has ended.')).toBeTruthy();
  });

  test('stand side by side where there is room, and so do how the call ended and where it is', async () => {
    const { call, container } = await opened([sampleText(1, 'hello')]);
    await call({ phase: { is: 'connected' } });
    expect(rooms(container)).toContain('inCall');
    await call({ phase: { is: 'ended', reason: 'hung_up' } });
    expect(screen.getByText('The call with Ada has ended.')).toBeTruthy();
    expect(field()).toBeTruthy();
    // In a call alone the list makes room for both.
    expect(rooms(container)).toEqual(expect.arrayContaining(['taken', 'talks']));
    expect(rooms(container)).not.toContain('inCall');
    await call({ phase: { is: 'connected' }, place: 'elsewhere_page' });
    expect(field()).toBeTruthy();
    expect(rooms(container)).not.toContain('inCall');
  });

  test('a narrow screen shows how the call ended alone, and the conversation after that', async () => {
    await wide(600);
    const { call, container } = await opened([]);
    await call({ phase: { is: 'ended', reason: 'hung_up' } });
    expect(screen.queryByRole('textbox', { name: 'Message Ada' })).toBeNull();
    expect(rooms(container)).not.toContain('talks');
    await call(null);
    expect(field()).toBeTruthy();
  });
});
