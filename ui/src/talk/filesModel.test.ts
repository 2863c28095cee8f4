// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { FakeHost } from '../host/fake';
import { type HandOver, HandOverError } from '../host/handOver';
import { NodeModel } from '../node/nodeModel';
import { idOf, sampleFiles, sampleGoing, samplePeer, sampleSnapshot } from '../node/samples';
import type { Ask, GoingView, News } from '../wire.gen';
import { type Chosen, ChosenError } from './chosen';
import { FilesModel, keyOf } from './filesModel';
import { parcelNamed } from './parcel';

const ADA = idOf('Ada');
const FIRST = '01'.repeat(16);
const chosen = (...paths: string[]): Chosen[] => paths.map((path) => ({ path, content: new Blob(['1234']) }));
const settled = () => new Promise<void>((resolve) => setTimeout(resolve));

function model() {
  const host = new FakeHost();
  const node = new NodeModel(host, { engine: true });
  let now = 0;
  let random = 0;
  const files = new FilesModel({
    node,
    handOver: (...what) => host.handOver(...what),
    now: () => now,
    random: () => new Uint8Array(16).fill(++random),
  });
  host.become('open');
  const snapshot = (going: GoingView[] = []) =>
    host.say({ type: 'snapshot', snapshot: sampleSnapshot({ peers: [samplePeer('Ada')], going }) });
  snapshot();
  const say = (news: News) => host.say({ type: 'talk', news });
  const asks = (): Ask[] => host.asked.flatMap((command) => (command.type === 'talk' ? [command.ask] : []));
  const pass = (ms: number) => {
    now += ms;
  };
  const stands = () => [...files.sendings.value.values()].map(({ stand }) => stand);
  return { host, files, say, asks, pass, snapshot, stands };
}

/** Hands over that a test ends, one after the other. */
function held() {
  const ends: { taken: () => void; fails: (error: unknown) => void; watch: Parameters<HandOver>[3] }[] = [];
  const takes: HandOver = (_message, _path, _content, watch) =>
    new Promise((resolve, reject) => ends.push({ taken: resolve, fails: reject, watch }));
  const last = () => {
    const end = ends.at(-1);
    if (end === undefined) throw new Error('nothing is handed over');
    return end;
  };
  return { takes, last, count: () => ends.length };
}

const offer: Ask = { ask: 'offer', peer: ADA, message: FIRST, paths: null };
const mine = (position: number, change = {}) => sampleFiles(position, position, change);

describe('sending', () => {
  test('hands over one file after the other, says how far it is, and asks then', async () => {
    const { host, files, asks, pass, stands, say } = model();
    const { takes, last, count } = held();
    host.takes = takes;
    files.send(ADA, chosen('trip/a', 'trip/b'));
    expect(stands()).toEqual([{ is: 'handing', bytes: 0 }]);
    expect(files.sendings.value.get(FIRST)).toMatchObject({ peer: ADA, parcel: { files: 2, names: ['trip'] } });
    pass(100);
    last().watch?.onBytes?.(3);
    expect(stands()).toEqual([{ is: 'handing', bytes: 3 }]);
    pass(100);
    last().taken();
    await settled();
    expect(count()).toBe(2);
    expect(stands()).toEqual([{ is: 'handing', bytes: 4 }]);
    pass(100);
    last().watch?.onBytes?.(2);
    expect(stands()).toEqual([{ is: 'handing', bytes: 6 }]);
    expect(asks()).toEqual([]);
    last().taken();
    await settled();
    expect(host.handed.map(({ message, path }) => [message, path])).toEqual([
      [FIRST, 'trip/a'],
      [FIRST, 'trip/b'],
    ]);
    expect(asks()).toEqual([offer]);
    expect(stands()).toEqual([{ is: 'asked' }]);
    say({ news: 'entry', peer: ADA, entry: mine(1, { message: FIRST }) });
    expect(stands()).toEqual([]);
  });

  test('does not say how far it is more often than anybody reads', async () => {
    const { host, files, pass, stands } = model();
    const { takes, last } = held();
    host.takes = takes;
    files.send(ADA, chosen('a'));
    pass(99);
    last().watch?.onBytes?.(3);
    expect(stands()).toEqual([{ is: 'handing', bytes: 0 }]);
  });

  test('two files of one name go under two', async () => {
    const { host, files } = model();
    files.send(ADA, chosen('a.txt', 'a.txt'));
    await settled();
    expect(host.handed.map(({ path }) => path)).toEqual(['a.txt', 'a (2).txt']);
  });

  test('what is stopped is handed over no further, and not offered', async () => {
    const { host, files, asks, stands } = model();
    const { takes, last, count } = held();
    host.takes = takes;
    files.send(ADA, chosen('a', 'b'));
    files.stop(FIRST);
    expect(last().watch?.signal?.aborted).toBe(true);
    last().fails(new HandOverError('failed'));
    await settled();
    // What was handed over already is thrown away.
    const cancel = { ask: 'files', peer: ADA, message: FIRST, mine: true, wish: 'cancel' };
    expect([count(), asks(), stands()]).toEqual([1, [cancel], []]);
  });

  test('what was offered meanwhile is cancelled as soon as it stands', async () => {
    const { files, asks, say, stands } = model();
    files.send(ADA, chosen('a'));
    await settled();
    files.stop(FIRST);
    expect(stands()).toEqual([]);
    const entry = mine(1, { message: FIRST });
    say({ news: 'entry', peer: ADA, entry });
    say({ news: 'entry', peer: ADA, entry });
    const cancel = { ask: 'files', peer: ADA, message: FIRST, mine: true, wish: 'cancel' };
    expect(asks()).toEqual([offer, cancel]);
  });

  test.each([
    [new HandOverError('disk_full'), 'disk_full'],
    [new HandOverError('unreadable'), 'unreadable'],
    [new Error('?'), 'failed'],
  ])('a failed hand-over has a reason until it was read', async (error, why) => {
    const { host, files, asks, stands } = model();
    host.takes = () => Promise.reject(error);
    files.send(ADA, chosen('a', 'b'));
    await settled();
    expect(stands()).toEqual([{ is: 'failed', why }]);
    expect(host.handed).toHaveLength(1);
    expect(asks()).toEqual([]);
    files.stop(FIRST);
    expect(stands()).toEqual([]);
    expect(asks()).toEqual([{ ask: 'files', peer: ADA, message: FIRST, mine: true, wish: 'cancel' }]);
  });

  test('why the node does not offer it is said, and of others nothing', async () => {
    const { files, say, stands } = model();
    const refuse = async (news: (message: string) => News) => {
      files.send(ADA, chosen('a'));
      await settled();
      const message = [...files.sendings.value.keys()].at(-1) ?? '';
      say(news(message));
      const last = stands().at(-1);
      files.stop(message);
      return last;
    };
    const offered = await refuse((message) => ({ news: 'not_offered', peer: ADA, message, why: 'not_a_file' }));
    expect(offered).toEqual({ is: 'failed', why: 'not_a_file' });
    const written = await refuse((message) => ({ news: 'not_written', peer: ADA, message, why: 'disk_full' }));
    expect(written).toEqual({ is: 'failed', why: 'disk_full' });
    say({ news: 'not_written', peer: ADA, message: 'f'.repeat(32), why: 'disk_full' });
    expect(stands()).toEqual([]);
    expect(files.notDone.value.size).toBe(0);
  });

  test('what was not answered when the way to the node ended is asked again, by the same id', async () => {
    const { files, asks, snapshot, say, stands } = model();
    files.send(ADA, chosen('a'));
    await settled();
    snapshot();
    expect(asks()).toEqual([offer, offer]);
    say({ news: 'entries', peer: ADA, before: null, entries: [mine(1, { message: FIRST })], more: false });
    snapshot();
    expect(asks()).toHaveLength(2);
    expect(stands()).toEqual([]);
  });

  test('nothing, or too much, is not handed over', async () => {
    const { host, files, stands } = model();
    const content = new Blob();
    files.send(ADA, []);
    files.send(
      ADA,
      Array.from({ length: 100_001 }, (_, n) => ({ path: `${n}`, content })),
    );
    await settled();
    expect(stands()).toEqual([
      { is: 'failed', why: 'nothing' },
      { is: 'failed', why: 'too_much' },
    ]);
    expect(host.handed).toEqual([]);
  });
});

describe('a folder that is still to be read', () => {
  const outline = parcelNamed(['trip'], { files: 0, folders: 1, bytes: 0 });

  test('is read, then handed over', async () => {
    const { files, asks, stands, host } = model();
    files.sendRead(ADA, outline, async () => chosen('trip/a'));
    expect(stands()).toEqual([{ is: 'reading' }]);
    await settled();
    expect(host.handed.map(({ path }) => path)).toEqual(['trip/a']);
    expect(files.sendings.value.get(FIRST)?.parcel).toMatchObject({ files: 1, bytes: 4 });
    expect(asks()).toEqual([offer]);
  });

  test('says why it cannot be sent', async () => {
    const { files, stands } = model();
    files.sendRead(ADA, outline, () => Promise.reject(new ChosenError('too_much')));
    files.sendRead(ADA, outline, () => Promise.reject(new Error('?')));
    files.sendRead(ADA, outline, async () => []);
    await settled();
    expect(stands()).toEqual([
      { is: 'failed', why: 'too_much' },
      { is: 'failed', why: 'unreadable' },
      { is: 'failed', why: 'nothing' },
    ]);
    expect([...files.sendings.value.values()].at(-1)?.parcel.names).toEqual(['trip']);
  });

  test('is not handed over when it was stopped while it was read', async () => {
    const { files, host, asks, stands } = model();
    let stopped: AbortSignal | undefined;
    files.sendRead(ADA, outline, async (signal) => {
      stopped = signal;
      return chosen('trip/a');
    });
    files.stop(FIRST);
    await settled();
    expect(stopped?.aborted).toBe(true);
    expect([host.handed, asks(), stands()]).toEqual([[], [], []]);
  });
});

describe('what goes on', () => {
  const key = keyOf(sampleGoing('Ada', 1));
  const moving = (bytes: number) => sampleGoing('Ada', 1, { going: { is: 'moving', bytes, rate: 1, left_ms: null } });
  const run = (files: FilesModel) => files.runs.value.get(key);

  test('is kept by whom, which and whose, and how far it was outlives a rest', () => {
    const { files, say } = model();
    say({ news: 'going', going: moving(7) });
    say({ news: 'going', going: { ...moving(9), mine: true } });
    expect(files.runs.value.size).toBe(2);
    expect(run(files)).toMatchObject({ going: { is: 'moving' }, moved: 7 });
    say({ news: 'going', going: sampleGoing('Ada', 1) });
    expect(run(files)).toEqual({ going: { is: 'waiting' }, moved: 7 });
  });

  test('ends with the stage', () => {
    for (const stage of [{ is: 'received' }, { is: 'declined' }, { is: 'cancelled', by_me: false }] as const) {
      const { files, say } = model();
      say({ news: 'going', going: moving(7) });
      say({ news: 'entry', peer: ADA, entry: sampleFiles(1, null, { stage: { is: 'accepted', paused: true } }) });
      expect(run(files)).toBeDefined();
      say({ news: 'entry', peer: ADA, entry: sampleFiles(1, null, { stage }) });
      expect(run(files)).toBeUndefined();
    }
  });

  test('is what the newest snapshot says', () => {
    const { files, say, snapshot } = model();
    say({ news: 'going', going: moving(7) });
    snapshot();
    expect(files.runs.value.size).toBe(0);
    snapshot([moving(8), sampleGoing('Ada', 2, { mine: true, going: { is: 'checking' } })]);
    expect(files.runs.value.size).toBe(2);
    snapshot([sampleGoing('Ada', 1)]);
    expect(files.runs.value.size).toBe(1);
    expect(run(files)).toEqual({ going: { is: 'waiting' }, moved: 8 });
  });
});

describe('a wish', () => {
  test('says whose offer it is about', () => {
    const { files, asks } = model();
    files.wish(ADA, sampleFiles(1), 'accept');
    files.wish(ADA, mine(2), 'cancel');
    const [one, two] = ['1', '2'].map((n) => '0'.repeat(31).concat(n));
    expect(asks()).toEqual([
      { ask: 'files', peer: ADA, message: one, mine: false, wish: 'accept' },
      { ask: 'files', peer: ADA, message: two, mine: true, wish: 'cancel' },
    ]);
  });

  test('that was not done has the reason, until something is heard or wished again', () => {
    const { files, say } = model();
    const entry = sampleFiles(1);
    const message = '0'.repeat(31).concat('1');
    const refuse = () => {
      files.wish(ADA, entry, 'accept');
      expect(files.notDone.value.size).toBe(0);
      say({ news: 'not_written', peer: ADA, message, why: 'disk_full' });
      expect([...files.notDone.value]).toEqual([[message, 'disk_full']]);
    };
    refuse();
    refuse();
    say({ news: 'entry', peer: ADA, entry });
    expect(files.notDone.value.size).toBe(0);
  });
});

describe('what was pasted', () => {
  test('waits for an answer', async () => {
    const { files, host } = model();
    const picture = new File(['1234'], 'image.png', { type: 'image/png' });
    files.paste(ADA, [], 0);
    expect(files.pasted.value).toBeNull();
    files.paste(ADA, [picture], 0);
    expect(files.pasted.value).toMatchObject({ peer: ADA, pictures: true, parcel: { files: 1, bytes: 4 } });
    files.forgetPasted();
    files.sendPasted();
    await settled();
    expect(host.handed).toEqual([]);
    files.paste(ADA, [picture], 0);
    files.sendPasted();
    await settled();
    expect(files.pasted.value).toBeNull();
    expect(host.handed).toHaveLength(1);
  });
});
