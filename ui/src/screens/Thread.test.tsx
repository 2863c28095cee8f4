import { fireEvent, screen } from '@testing-library/preact';
import { describe, expect, test } from 'vitest';
import { sampleTalk, sampleText } from '../node/samples';
import type { Ask, News } from '../wire.gen';
import { ADA, button, drawn, field, inSight, opened, resized } from './testPage';

/** The box of the entries, as if it were so high and held so much: nothing has a size here. */
function sized(client: number, scroll: number) {
  const box = screen.getByRole('log').parentElement;
  if (box === null) throw new Error('no box');
  const size = { client, scroll };
  Object.defineProperty(box, 'clientHeight', { configurable: true, get: () => size.client });
  Object.defineProperty(box, 'scrollHeight', { configurable: true, get: () => size.scroll });
  const scrollTo = (top: number) => {
    box.scrollTop = top;
    fireEvent.scroll(box);
  };
  scrollTo(scroll);
  return { box, size, scrollTo };
}

describe('what is in sight', () => {
  const seen = (asks: readonly Ask[]) => asks.flatMap((ask) => (ask.ask === 'seen' ? [ask.position] : []));
  const unread = async (say: (news: News) => Promise<void>, count: number) =>
    say({ news: 'conversation', conversation: sampleTalk('Ada', { unread: count }) });

  test('is seen once its end is, and what is new below is led to', async () => {
    const { say, asks } = await opened([sampleText(1, 'one')]);
    const { box, scrollTo } = sized(100, 500);
    expect(seen(asks())).toEqual([]);
    await inSight(true);
    expect(seen(asks())).toEqual([1]);
    scrollTo(0);
    await inSight(false);
    await say({ news: 'entry', peer: ADA.peer, entry: sampleText(2, 'two') });
    await unread(say, 1);
    expect(box.scrollTop).toBe(0);
    expect(seen(asks())).toEqual([1]);
    fireEvent.click(button('New messages below (1)'));
    expect(box.scrollTop).toBe(500);
    expect(document.activeElement).toBe(field());
    await inSight(true);
    expect(seen(asks())).toEqual([1, 2]);
    expect(screen.queryByRole('button', { name: /New messages below/ })).toBeNull();
  });

  test('is nothing once the conversation is put away', async () => {
    const { talks, say, asks } = await opened([sampleText(1, 'one')]);
    await inSight(true);
    talks.hide();
    await drawn();
    talks.show(ADA.peer);
    await say({ news: 'entries', peer: ADA.peer, before: null, entries: [sampleText(2, 'two')], more: false });
    expect(seen(asks())).toEqual([1]);
    await inSight(true);
    expect(seen(asks())).toEqual([1, 2]);
  });

  test('goes to what one wrote oneself, wherever one reads', async () => {
    const { say } = await opened([sampleText(1, 'one')]);
    const { box, scrollTo } = sized(100, 500);
    scrollTo(10);
    await say({ news: 'entry', peer: ADA.peer, entry: sampleText(2, 'two') });
    expect(box.scrollTop).toBe(10);
    await say({ news: 'entry', peer: ADA.peer, entry: sampleText(3, 'three', 1) });
    expect(box.scrollTop).toBe(500);
  });

  test('stays the end when the box gets smaller or holds more, and only then', async () => {
    await opened([sampleText(1, 'one')]);
    const { box, size, scrollTo } = sized(100, 500);
    size.scroll = 700;
    resized();
    expect(box.scrollTop).toBe(700);
    scrollTo(100);
    size.client = 50;
    resized();
    expect(box.scrollTop).toBe(100);
  });

  test('a quote leads to its message, also to one that was not told yet, and again at the next click', async () => {
    const reply = { message: 'm', of: { position: 1, mine: false, begins: 'question' } };
    const { asks, say } = await opened([]);
    const entries = [sampleText(50, 'so?', 1, { reply })];
    await say({ news: 'entries', peer: ADA.peer, before: null, entries, more: true });
    const led: (string | null)[] = [];
    Element.prototype.scrollIntoView = function (this: Element) {
      led.push(this.getAttribute('data-position'));
    };
    const quote = () => button(/question/);
    fireEvent.click(quote());
    expect(asks().at(-1)).toEqual({ ask: 'entries', peer: ADA.peer, before: 50 });
    await say({ news: 'entries', peer: ADA.peer, before: 50, entries: [sampleText(1, 'question')], more: false });
    expect(led).toEqual(['1']);
    fireEvent.click(quote());
    await drawn();
    expect(led).toEqual(['1', '1']);
  });
});
