// @vitest-environment node
import { expect, test } from 'vitest';
import { sampleText } from '../node/samples';
import { type About, type Draft, Drafts } from './drafts';

const ADA = 'ada';
const [question, first, second] = [sampleText(1, 'question'), sampleText(2, 'frist', 1), sampleText(3, 'secnod', 2)];
const NEW: About = { is: 'new' };
const REPLY: About = { is: 'reply', entry: question };
const EDIT: About = { is: 'edit', entry: first };
const OTHER_EDIT: About = { is: 'edit', entry: second };
const refused = (text: string, about: About): Draft => ({ text, about, refused: 'disk_full' });

/** What is sent, one after the other, until nothing is left. */
function sent(drafts: Drafts): Draft[] {
  const all = [];
  while (drafts.of(ADA).text !== '') all.push(drafts.take(ADA));
  return all;
}
const texts = (drafts: Drafts) => sent(drafts).map(({ text }) => text);

test('a half-written draft waits while a message is changed, whether that is sent or cancelled', () => {
  for (const finish of ['take', 'cancel']) {
    const drafts = new Drafts();
    drafts.about(ADA, REPLY);
    drafts.write(ADA, 'half a thought');
    drafts.about(ADA, EDIT);
    expect(drafts.of(ADA)).toEqual({ text: 'frist', about: EDIT, refused: null });
    drafts.write(ADA, 'first');
    if (finish === 'take') drafts.take(ADA);
    else drafts.about(ADA, NEW);
    expect(drafts.of(ADA)).toEqual({ text: 'half a thought', about: REPLY, refused: null });
  }
});

test('a half-written change waits too, and one that was only looked at does not', () => {
  const drafts = new Drafts();
  drafts.about(ADA, EDIT);
  drafts.about(ADA, OTHER_EDIT);
  drafts.write(ADA, 'second');
  drafts.about(ADA, EDIT);
  drafts.write(ADA, 'first');
  drafts.about(ADA, OTHER_EDIT);
  expect(drafts.of(ADA).text).toBe('second');
  expect(texts(drafts)).toEqual(['second', 'first']);
});

test('an answer takes the words that were written, but not those of a change', () => {
  const drafts = new Drafts();
  drafts.write(ADA, 'yes');
  drafts.about(ADA, EDIT);
  drafts.write(ADA, 'first');
  drafts.about(ADA, REPLY);
  expect(drafts.of(ADA)).toEqual({ text: 'yes', about: REPLY, refused: null });
  drafts.about(ADA, NEW);
  expect(sent(drafts)).toMatchObject([
    { text: 'yes', about: NEW },
    { text: 'first', about: EDIT },
  ]);
});

test('what comes back is in the field if that is empty, whatever it is about', () => {
  for (const about of [NEW, REPLY, EDIT]) {
    const drafts = new Drafts();
    drafts.write(ADA, 'gone again');
    drafts.write(ADA, '');
    drafts.comeBack(ADA, refused('back', about));
    expect(drafts.of(ADA)).toEqual(refused('back', about));
    expect(drafts.refusedAside(ADA)).toBeNull();
  }
});

test('what comes back of another purpose waits until what is being written is sent', () => {
  const drafts = new Drafts();
  drafts.write(ADA, 'now');
  drafts.comeBack(ADA, refused('an answer', REPLY));
  drafts.comeBack(ADA, refused('first', EDIT));
  expect(drafts.of(ADA)).toEqual({ text: 'now', about: NEW, refused: null });
  expect(drafts.refusedAside(ADA)).toBe('disk_full');
  expect(sent(drafts)).toMatchObject([
    { text: 'now', about: NEW },
    { text: 'first', about: EDIT },
    { text: 'an answer', about: REPLY },
  ]);
});

test('what comes back of the same purpose is joined, in the order in which it was typed', () => {
  const drafts = new Drafts();
  drafts.comeBack(ADA, refused('one', NEW));
  drafts.comeBack(ADA, refused('two', NEW));
  expect(drafts.of(ADA).text).toBe('one\ntwo');
  drafts.take(ADA);
  drafts.write(ADA, 'later');
  drafts.comeBack(ADA, refused('sooner', NEW));
  expect(drafts.of(ADA)).toEqual(refused('sooner\nlater', NEW));
});

test('a change that comes back takes the place of one that was just begun anew', () => {
  const drafts = new Drafts();
  drafts.about(ADA, EDIT);
  drafts.comeBack(ADA, refused('first', EDIT));
  expect(texts(drafts)).toEqual(['first']);
});

test('a reply without words yet waits for what comes back', () => {
  const drafts = new Drafts();
  drafts.about(ADA, REPLY);
  drafts.comeBack(ADA, refused('first', EDIT));
  expect(drafts.take(ADA).text).toBe('first');
  expect(drafts.of(ADA)).toEqual({ text: '', about: REPLY, refused: null });
});

test('each person has drafts of their own', () => {
  const drafts = new Drafts();
  drafts.write(ADA, 'for Ada');
  expect(drafts.of('ben').text).toBe('');
  drafts.write('ben', 'for Ben');
  expect(drafts.of(ADA).text).toBe('for Ada');
});
