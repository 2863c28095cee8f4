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
  return { host, talks, say, asks, attention, pass, snapshot };
}

const texts = (talks: TalkModel) =>
  talks.open.value?.entries.map(({ what }) => (what.is === 'text' ? what.text : what.is));

test('a conversation is asked for when it is opened, and seen when somebody looks', () => {
  const { talks, say, asks, attention } = talk();
  expect(talks.unread.value).toBe(3);
  attention.value = false;
  talks.show(ADA);
  talks.looksAt(ADA, true);
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

test('only what is drawn and scrolled to is seen', () => {
  const { talks, say, asks } = talk();
  const seen = () => asks().flatMap((ask) => (ask.ask === 'seen' ? [ask.position] : []));
  talks.show(ADA);
  say({ news: 'entries', peer: ADA, before: null, entries: [sampleText(3, 'one')], more: false });
  expect(seen()).toEqual([]);
  talks.looksAt(ADA, false);
  say({ news: 'entry', peer: ADA, entry: sampleText(4, 'two') });
  talks.looksAt(BEN, true);
  expect(seen()).toEqual([]);
  talks.looksAt(ADA, true);
  expect(seen()).toEqual([4]);
  talks.looksAway();
  say({ news: 'entry', peer: ADA, entry: sampleText(5, 'three') });
  expect(seen()).toEqual([4]);
});

test('what is new below is counted while somebody reads further up', () => {
  const { talks, say } = talk();
  talks.show(ADA);
  expect(talks.below.value).toBe(0);
  talks.looksAt(ADA, false);
  expect(talks.below.value).toBe(2);
  say({ news: 'conversation', conversation: sampleTalk('Ada', { unread: 3 }) });
  expect(talks.below.value).toBe(3);
  talks.looksAt(ADA, true);
  expect(talks.below.value).toBe(0);
  talks.looksAt(ADA, false);
  talks.show(BEN);
  expect(talks.below.value).toBe(0);
});

test('who is forgotten is shown as they were, counts no more, and cannot be written to until they are back', () => {
  const { host, talks, say, asks } = talk();
  talks.show(ADA);
  talks.looksAt(ADA, true);
  expect(talks.partner.value).toEqual({ view: samplePeer('Ada'), known: true });
  host.say({ type: 'peer_gone', peer: ADA });
  expect(talks.partner.value).toEqual({ view: samplePeer('Ada', { presence: 'offline' }), known: false });
  expect(talks.unread.value).toBe(1);
  say({ news: 'entries', peer: ADA, before: null, entries: [sampleText(3, 'one')], more: false });
  expect(asks().some(({ ask }) => ask === 'seen')).toBe(false);
  host.say({ type: 'peer', peer: samplePeer('Ada', { name: 'Ada L.' }) });
  expect(talks.partner.value).toMatchObject({ view: { name: 'Ada L.' }, known: true });
  expect(asks().at(-1)).toEqual({ ask: 'seen', peer: ADA, position: 3 });
  host.say({ type: 'peer_gone', peer: BEN });
  talks.show(BEN);
  expect(talks.partner.value).toBeNull();
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

test('what was not answered when the way to the node ended is asked again, by the same id', () => {
  const { talks, say, asks, snapshot } = talk();
  talks.show(ADA);
  talks.write('one');
  talks.send();
  say({ news: 'entry', peer: ADA, entry: sampleText(1, 'one', 1, { message: '01'.repeat(16) }) });
  talks.write('two');
  talks.send();
  talks.about({ is: 'edit', entry: sampleText(7, 'anser', 2) });
  talks.write('answer');
  talks.send();
  const before = asks().length;
  snapshot();
  expect(asks().slice(before)).toEqual([
    { ask: 'write', peer: ADA, message: '02'.repeat(16), text: 'two', reply: null },
    { ask: 'edit', peer: ADA, message: '0'.repeat(31).concat('7'), text: 'answer' },
    { ask: 'entries', peer: ADA, before: null },
  ]);
  expect(talks.draft.value.text).toBe('');
  say({ news: 'not_written', peer: ADA, message: '02'.repeat(16), why: 'nobody' });
  expect(talks.draft.value).toMatchObject({ text: 'two', refused: 'nobody' });
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
  expect(talks.draft.value.text).toBe('half a thought');
  talks.withdraw(mine);
  expect(asks().at(-1)).toEqual({ ask: 'withdraw', peer: ADA, message: '0'.repeat(31).concat('2') });
});

test('a message that was not deleted has the reason, until it is deleted or tried again', () => {
  const { talks, say } = talk();
  const mine = sampleText(2, 'answer', 1);
  const message = '0'.repeat(31).concat('2');
  const reasons = () => [...talks.notWithdrawn.value];
  const refuse = () => {
    talks.withdraw(mine);
    expect(reasons()).toEqual([]);
    say({ news: 'not_written', peer: ADA, message, why: 'disk_full' });
    expect(reasons()).toEqual([[message, 'disk_full']]);
  };
  talks.show(ADA);
  refuse();
  expect(talks.draft.value).toMatchObject({ text: '', refused: null });
  refuse();
  say({
    news: 'entry',
    peer: ADA,
    entry: { ...mine, what: { is: 'withdrawn', message, author: { who: 'me', n: 1 } } },
  });
  expect(reasons()).toEqual([]);
  refuse();
  talks.show(BEN);
  expect(reasons()).toEqual([]);
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
    talks.goTo(position, (at) => {
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

test('what goes while older entries are asked for leaves nothing to wait for', () => {
  const { talks, say, snapshot } = talk();
  let found: number | null = null;
  talks.show(ADA);
  say({ news: 'entries', peer: ADA, before: null, entries: [sampleText(50, 'a'), sampleText(51, 'b')], more: true });
  say({ news: 'gone', peer: ADA, through: 49 });
  expect(talks.open.value).toMatchObject({ more: true, loading: false });
  talks.goTo(10, (at) => {
    found = at;
  });
  expect(talks.open.value?.loading).toBe(true);
  say({ news: 'gone', peer: ADA, through: 50 });
  say({ news: 'entries', peer: ADA, before: 50, entries: [], more: false });
  expect(texts(talks)).toEqual(['b']);
  expect(talks.open.value).toMatchObject({ more: false, loading: false });
  snapshot();
  say({ news: 'entries', peer: ADA, before: null, entries: [sampleText(5, 'of before')], more: false });
  expect(found).toBeNull();
});

test('where a conversation was saved is said in that conversation alone', () => {
  const { talks, say } = talk();
  talks.show(ADA);
  talks.show(BEN);
  say({ news: 'exported', peer: ADA, path: '/a.txt' });
  expect(talks.exported.value).toBeNull();
  talks.show(ADA);
  expect(talks.exported.value?.path).toBe('/a.txt');
  talks.show(BEN);
  talks.show(ADA);
  expect(talks.exported.value).toBeNull();
});
