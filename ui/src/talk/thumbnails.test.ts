// @vitest-environment node
import { effect } from '@preact/signals-core';
import { describe, expect, test } from 'vitest';
import { FakeHost } from '../host/fake';
import { NodeModel } from '../node/nodeModel';
import { idOf, sampleSnapshot } from '../node/samples';
import type { Ask } from '../wire.gen';
import { keyOf } from './filesModel';
import { MOST_ASKED, MOST_KEPT, Thumbnails } from './thumbnails';

const ADA = idOf('Ada');
const key = (message: string, mine = false) => keyOf({ peer: ADA, message, mine });
const question = (message: string, mine = false): Ask => ({ ask: 'thumbnail', peer: ADA, message, mine });
const numbers = (count: number) => [...Array(count).keys()].map(String);

function model() {
  const host = new FakeHost();
  const thumbnails = new Thumbnails({ node: new NodeModel(host, { engine: true }) });
  host.become('open');
  const snapshot = () => host.say({ type: 'snapshot', snapshot: sampleSnapshot() });
  snapshot();
  const wanted = (...messages: string[]) => {
    for (const message of messages) thumbnails.wanted(ADA, message, false);
  };
  const answer = (message: string, jpeg: string | null, mine = false) =>
    host.say({ type: 'talk', news: { news: 'thumbnail', peer: ADA, message, mine, jpeg } });
  /** What was asked since this was called last. */
  const asks = () => host.asked.splice(0).flatMap((command) => (command.type === 'talk' ? [command.ask] : []));
  const picture = (message: string, mine = false) => thumbnails.pictures.value.get(key(message, mine));
  return { thumbnails, snapshot, wanted, answer, asks, picture };
}

describe('a picture', () => {
  test('is asked for once, until it is known and then', () => {
    const { wanted, answer, asks, picture } = model();
    wanted('a');
    wanted('a');
    expect(asks()).toEqual([question('a')]);
    expect(picture('a')).toBeUndefined();
    answer('a', '/9j/4AAQ');
    expect(picture('a')).toBe('data:image/jpeg;base64,/9j/4AAQ');
    wanted('a');
    expect(asks()).toEqual([]);
  });

  test('of my offer is another than of theirs', () => {
    const { thumbnails, wanted, answer, asks, picture } = model();
    wanted('a');
    thumbnails.wanted(ADA, 'a', true);
    expect(asks()).toEqual([question('a'), question('a', true)]);
    answer('a', 'QUJD', true);
    expect(picture('a', true)).toBe('data:image/jpeg;base64,QUJD');
    expect(picture('a')).toBeUndefined();
  });

  test('that there is none of is not asked for again', () => {
    const { wanted, answer, asks, picture } = model();
    wanted('a');
    answer('a', null);
    expect(picture('a')).toBeNull();
    asks();
    wanted('a');
    expect(asks()).toEqual([]);
  });

  test.each(['', '=', 'QUJD QUJD', 'QUJD"', 'QU=JD', 'QUJD===', 'QUJD\n', 'image/svg+xml,<svg/>', 'QÜJD', 'QUJ_'])(
    'that is no base64 is none: %j',
    (jpeg) => {
      const { wanted, answer, picture } = model();
      wanted('a');
      answer('a', jpeg);
      expect(picture('a')).toBeNull();
    },
  );

  test.each(['QUJD', 'QUI=', 'QQ==', '+/+/'])('in base64 is one: %s', (jpeg) => {
    const { wanted, answer, picture } = model();
    wanted('a');
    answer('a', jpeg);
    expect(picture('a')).toBe(`data:image/jpeg;base64,${jpeg}`);
  });
});

describe('when the node begins anew', () => {
  test('it is asked again for what it did not answer, and for nothing else', () => {
    const { snapshot, wanted, answer, asks, picture } = model();
    wanted('a', 'b', 'c');
    answer('b', 'QUJD');
    asks();
    snapshot();
    expect(asks()).toEqual([question('a'), question('c')]);
    expect(picture('b')).toBe('data:image/jpeg;base64,QUJD');
    wanted('a', 'b', 'c');
    expect(asks()).toEqual([]);
  });

  test('it is not asked for more than a screen shows', () => {
    const { snapshot, wanted, asks } = model();
    const messages = numbers(MOST_ASKED + 2);
    wanted(...messages);
    asks();
    snapshot();
    expect(asks()).toEqual(messages.slice(2).map((message) => question(message)));
    // Whoever comes back to the others asks then.
    wanted('0');
    expect(asks()).toEqual([question('0')]);
  });
});

describe('no more are kept than are of use', () => {
  test('the one that was wanted longest ago goes first, and is asked for again', () => {
    const { thumbnails, wanted, answer, asks, picture } = model();
    for (const message of numbers(MOST_KEPT)) {
      wanted(message);
      answer(message, 'QUJD');
    }
    expect(thumbnails.pictures.value.size).toBe(MOST_KEPT);
    wanted('0', 'new');
    answer('new', 'QUJD');
    expect(thumbnails.pictures.value.size).toBe(MOST_KEPT);
    expect([picture('0'), picture('1'), picture('new')].map((each) => each !== undefined)).toEqual([true, false, true]);
    asks();
    wanted('0', '1');
    expect(asks()).toEqual([question('1')]);
  });

  test('to want what is known draws nothing anew', () => {
    const { thumbnails, wanted, answer } = model();
    wanted('a');
    answer('a', 'QUJD');
    let drawn = 0;
    effect(() => {
      thumbnails.pictures.value;
      drawn += 1;
    });
    wanted('a', 'b');
    expect(drawn).toBe(1);
  });
});
