// @vitest-environment node
import { signal } from '@preact/signals-core';
import { expect, test } from 'vitest';
import { FakeHost } from '../host/fake';
import { NodeModel } from '../node/nodeModel';
import { idOf, samplePeer, sampleSnapshot, sampleTalk, sampleText } from '../node/samples';
import type { Ask, News } from '../wire.gen';
import { TalkModel } from './talkModel';

const ADA = idOf('Ada');
const BEN = idOf('Ben');

function talk() {
  const host = new FakeHost();
  const node = new NodeModel(host, { engine: true });
  const attention = signal(true);
  let now = 0;
  let random = 0;
  const talks = new TalkModel({ node, attention, now: () => now, random: () => new Uint8Array(16).fill(++random) });
  host.become('open');
  const snapshot = () => {
    const conversations = [sampleTalk('Ada', { unread: 2 }), sampleTalk('Ben', { unread: 1 })];
    host.say({
      type: 'snapshot',
      snapshot: sampleSnapshot({ peers: [samplePeer('Ada'), samplePeer('Ben')], conversations }),
    });
  };
  snapshot();
  const say = (news: News) => host.say({ type: 'talk', news });
  const asks = (): Ask[] => host.asked.flatMap((command) => (command.type === 'talk' ? [command.ask] : []));
  const pass = (ms: number) => {
    now += ms;
  };
  return { talks, say, asks, attention, pass, snapshot };
}

const texts = (talks: TalkModel) =>
  talks.open.value?.entries.map(({ what }) => (what.is === 'text' ? what.text : what.is));

test('a conversation is asked for when it is opened, and seen when somebody looks', () => {
  const { talks, say, asks, attention } = talk();
  expect(talks.unread.value).toBe(3);
  attention.value = false;
  talks.show(ADA);
  expect(asks()).toEqual([{ ask: 'entries', peer: ADA, before: null }]);
  say({ news: 'entries', peer: ADA, before: null, entries: [sampleText(3, 'one'), sampleText(5, 'two')], more: false });
  expect(asks()).toHaveLength(1);
  attention.value = true;
  expect(asks().at(-1)).toEqual({ ask: 'seen', peer: ADA, position: 5 });
  say({ news: 'entry', peer: ADA, entry: sampleText(6, 'three') });
  expect(asks().at(-1)).toEqual({ ask: 'seen', peer: ADA, position: 6 });
  expect(texts(talks)).toEqual(['one', 'two', 'three']);
  const asked = asks().length;
  attention.value = false;
  attention.value = true;
  expect(asks()).toHaveLength(asked);
});

test('what comes before the answer is not lost, nor shown twice', () => {
  const { talks, say } = talk();
  talks.show(ADA);
  say({ news: 'entry', peer: ADA, entry: sampleText(9, 'quick') });
  say({
    news: 'entries',
    peer: ADA,
    before: null,
    entries: [sampleText(8, 'old'), sampleText(9, 'quick')],
    more: false,
  });
  expect(texts(talks)).toEqual(['old', 'quick']);
  say({ news: 'entry', peer: BEN, entry: sampleText(10, 'of another') });
  expect(texts(talks)).toEqual(['old', 'quick']);
});

test('older entries are asked for once at a time and put in front', () => {
  const { talks, say, asks } = talk();
  talks.show(ADA);
  say({ news: 'entries', peer: ADA, before: null, entries: [sampleText(50, 'new')], more: true });
  talks.older();
  talks.older();
  expect(asks().filter(({ ask }) => ask === 'entries')).toHaveLength(2);
  say({ news: 'entries', peer: ADA, before: 50, entries: [sampleText(49, 'old')], more: false });
  expect(texts(talks)).toEqual(['old', 'new']);
  talks.older();
  expect(asks().filter(({ ask }) => ask === 'entries')).toHaveLength(2);
});

test('what was not written is in the field again, with the reason', () => {
  const { talks, say, asks } = talk();
  talks.show(ADA);
  talks.write('hello');
  talks.send();
  expect(talks.draft.value.text).toBe('');
  const ask = asks().at(-1);
  if (ask?.ask !== 'write') throw new Error('nothing was written');
  expect(ask).toEqual({ ask: 'write', peer: ADA, message: '01'.repeat(16), text: 'hello', reply: null });
  talks.write('more');
  say({ news: 'not_written', peer: ADA, message: ask.message, why: 'disk_full' });
  expect(talks.draft.value).toMatchObject({ text: 'hello\nmore', refused: 'disk_full' });
  talks.write('hello again');
  expect(talks.draft.value.refused).toBeNull();
});

test('what was not answered when the node ended comes back, what was is gone', () => {
  const { talks, say, snapshot } = talk();
  talks.show(ADA);
  talks.write('one');
  talks.send();
  say({ news: 'entry', peer: ADA, entry: sampleText(1, 'one', 1, { message: '01'.repeat(16) }) });
  talks.write('two');
  talks.send();
  snapshot();
  expect(talks.draft.value.text).toBe('two');
  expect(talks.open.value).toMatchObject({ peer: ADA, loading: true, entries: [] });
});

test('each person has a draft of their own', () => {
  const { talks } = talk();
  talks.show(ADA);
  talks.write('for Ada');
  talks.show(BEN);
  expect(talks.draft.value.text).toBe('');
  talks.show(ADA);
  expect(talks.draft.value.text).toBe('for Ada');
});

test('a message can be answered, changed and taken back', () => {
  const { talks, say, asks } = talk();
  const [theirs, mine] = [sampleText(1, 'question'), sampleText(2, 'anser', 1)];
  talks.show(ADA);
  say({ news: 'entries', peer: ADA, before: null, entries: [theirs, mine], more: false });
  talks.about({ is: 'reply', entry: theirs });
  talks.write('yes');
  talks.send();
  expect(asks().at(-1)).toMatchObject({ ask: 'write', text: 'yes', reply: '0'.repeat(31).concat('1') });
  talks.write('half a thought');
  talks.about({ is: 'edit', entry: mine });
  expect(talks.draft.value.text).toBe('anser');
  talks.write('answer');
  talks.send();
  expect(asks().at(-1)).toEqual({ ask: 'edit', peer: ADA, message: '0'.repeat(31).concat('2'), text: 'answer' });
  talks.withdraw(mine);
  expect(asks().at(-1)).toEqual({ ask: 'withdraw', peer: ADA, message: '0'.repeat(31).concat('2') });
});

test('who answers a message that changes shows what it says now', () => {
  const { talks, say } = talk();
  const message = '0'.repeat(31).concat('1');
  const reply = { message, of: { position: 1, mine: false, begins: 'before' } };
  talks.show(ADA);
  say({
    news: 'entries',
    peer: ADA,
    before: null,
    entries: [sampleText(1, 'before'), sampleText(2, 'so?', 1, { reply })],
    more: false,
  });
  say({ news: 'entry', peer: ADA, entry: sampleText(1, 'after', null, { edited: true }) });
  expect(talks.open.value?.entries[1]?.what).toMatchObject({ reply: { of: { begins: 'after' } } });
  const gone = { position: 1, at_ms: 0, what: { is: 'withdrawn', message, author: { who: 'them' } } } as const;
  say({ news: 'entry', peer: ADA, entry: gone });
  expect(talks.open.value?.entries[1]?.what).toMatchObject({ reply: { of: null } });
});

test('the other hears that one is writing, now and then', () => {
  const { talks, asks, pass } = talk();
  const told = () => asks().filter(({ ask }) => ask === 'typing').length;
  talks.show(ADA);
  talks.write('h');
  talks.write('he');
  expect(told()).toBe(1);
  pass(3000);
  talks.write('hel');
  expect(told()).toBe(2);
  talks.write('');
  pass(3000);
  talks.write('');
  expect(told()).toBe(2);
});

test('a search that is out of date is not shown', () => {
  const { talks, say } = talk();
  talks.show(ADA);
  talks.lookFor('a');
  talks.lookFor('ab');
  say({ news: 'hits', text: 'a', hits: [] });
  expect(talks.search.value).toEqual({ text: 'ab', hits: null });
  say({ news: 'hits', text: 'ab', hits: [{ peer: ADA, entry: sampleText(4, 'ab') }] });
  expect(talks.search.value?.hits).toHaveLength(1);
});

test('a hit far up is led to, page by page', () => {
  const { talks, say } = talk();
  let found: number | null = null;
  const goTo = (position: number) =>
    talks.goTo(sampleText(position, 'hit'), (at) => {
      found = at;
    });
  talks.show(ADA);
  say({ news: 'entries', peer: ADA, before: null, entries: [sampleText(90, 'new')], more: true });
  goTo(10);
  say({ news: 'entries', peer: ADA, before: 90, entries: [sampleText(40, 'older')], more: true });
  expect(found).toBeNull();
  say({ news: 'entries', peer: ADA, before: 40, entries: [sampleText(10, 'hit')], more: true });
  expect(found).toBe(10);
  goTo(90);
  expect(found).toBe(90);
});

test('entries that are gone are gone here', () => {
  const { talks, say } = talk();
  talks.show(ADA);
  say({ news: 'entries', peer: ADA, before: null, entries: [sampleText(1, 'a'), sampleText(2, 'b')], more: false });
  say({ news: 'gone', peer: ADA, through: 1 });
  expect(texts(talks)).toEqual(['b']);
});
