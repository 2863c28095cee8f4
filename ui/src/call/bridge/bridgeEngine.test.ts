import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Command } from '../../wire.gen';
import type { Sending, Start } from '../engine';
import { FakeTrack } from '../fakes';
import { BridgeEngine, type MediaWorker } from './bridgeEngine';
import { FakeContext, FakeFrame, FakeNode, FakePage, FakeStream, freshMedia } from './fakes';
import type { Ability, FromSession, ToWorker } from './threads';

const DOOR = { url: 'ws://127.0.0.1:1/media', token: 't' };

class FakeWorker implements MediaWorker {
  onmessage: MediaWorker['onmessage'] = null;
  onerror: MediaWorker['onerror'] = null;
  readonly posted: ToWorker[] = [];
  readonly moved: Transferable[] = [];

  postMessage(message: ToWorker, transfer: Transferable[] = []): void {
    this.posted.push(message);
    this.moved.push(...transfer);
  }

  /** The session that is open says this, or one before it. */
  says(said: FromSession, session = this.sessions.at(-1) ?? 0): void {
    this.onmessage?.(new MessageEvent('message', { data: { ...said, session } }));
  }

  get sessions(): number[] {
    return this.posted.flatMap((message) => (message.is === 'open' ? [message.session] : []));
  }

  get words() {
    return this.posted.flatMap((message) => (message.is === 'say' ? [message.word] : []));
  }

  of<Kind extends ToWorker['is']>(kind: Kind): Array<Extract<ToWorker, { is: Kind }>> {
    return this.posted.filter((message): message is Extract<ToWorker, { is: Kind }> => message.is === kind);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  freshMedia();
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('AudioWorkletNode', FakeNode);
  vi.stubGlobal('VideoFrame', FakeFrame);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function start(change: Partial<Start> = {}): Start {
  return { order: 'start', call: 'c', attempt: 1, offerer: true, reach: 'network', ...change };
}

async function build({ can = 'tracks' as Ability, begin = true } = {}) {
  const worker = new FakeWorker();
  const page = new FakePage();
  const reports: Command[] = [];
  const engine = new BridgeEngine({
    report: (command) => reports.push(command),
    door: DOOR,
    can,
    worker,
    page: page.as(),
    Context: FakeContext as unknown as typeof AudioContext,
  });
  if (begin) engine.start(start());
  await settle();
  const tracks = () => {
    const { value } = engine.remote as { value: unknown };
    return value instanceof FakeStream ? value.tracks : null;
  };
  return { worker, page, reports, engine, tracks };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

function sending(change: Partial<Sending> = {}): Sending {
  return {
    microphone: new FakeTrack('audio').as(),
    picture: new FakeTrack('video').as(),
    content: 'camera',
    ...change,
  };
}

const heard = () => FakeContext.made.map((context) => context.heard?.id ?? null);
const lives = (worker: FakeWorker) => worker.words.filter(({ type }) => type === 'live');

test('a call opens a session, gives it a voice, and passes the orders on as they came', async () => {
  const { worker, engine } = await build();
  const candidate = { order: 'candidate', call: 'c', attempt: 1, candidate: { line: 'l', index: 0 } } as const;
  engine.take(candidate);
  const [voice] = worker.of('voice');
  expect(worker.posted).toEqual([
    { is: 'open', door: DOOR, session: 1 },
    voice,
    { is: 'say', word: { type: 'order', order: start() } },
    { is: 'say', word: { type: 'order', order: candidate } },
  ]);
  expect(worker.moved).toEqual([voice?.port]);
  expect(FakeContext.made).toHaveLength(1);
});

test('without a call nothing is said', async () => {
  const { worker, engine } = await build({ begin: false });
  engine.take({ order: 'relay', call: 'c', frame: 'f' });
  engine.wear(true);
  engine.devicesOpened();
  engine.send(sending());
  engine.send(null);
  engine.stop(null);
  engine.stop('c');
  expect(worker.posted).toEqual([]);
  expect(FakeContext.made).toEqual([]);
});

describe('before both said yes', () => {
  test.each(['tracks', 'frames'] as const)('nothing of camera or microphone leaves (%s)', async (can) => {
    const { worker, engine, page } = await build({ can });
    engine.send(null);
    engine.devicesOpened();
    engine.wear(true);
    engine.take({ order: 'description', call: 'c', attempt: 1, description: { kind: 'offer', sdp: 's' } });
    engine.start(start({ attempt: 2 }));
    page.video.shows(1, 640);
    await vi.advanceTimersByTimeAsync(1000);
    expect(worker.posted.map(({ is }) => is)).toEqual(['open', 'voice', 'say', 'say', 'say', 'say']);
    expect(lives(worker)).toEqual([]);
    expect(heard()).toEqual([null]);
  });

  test('a picture is rehearsed, the microphone is not heard, and with the yes it is sent as it is', async () => {
    const { worker, engine } = await build();
    const camera = new FakeTrack('video');
    engine.rehearse(camera.as(), 'camera');
    const given = { is: 'track', track: camera.clones[0], content: 'camera' };
    expect(worker.of('track')).toEqual([given]);
    expect(worker.words.at(-1)).toEqual({ type: 'picture', on: true });
    expect(lives(worker)).toEqual([]);
    expect(heard()).toEqual([null]);
    engine.send(sending({ picture: camera.as() }));
    expect(worker.of('track')).toEqual([given]);
    expect(lives(worker)).toHaveLength(1);
    engine.send(null);
    expect(worker.of('track').at(-1)).toMatchObject({ track: null });
  });

  test('and once it is taken back, nothing leaves any more', async () => {
    const { worker, engine } = await build();
    engine.send(sending());
    expect(heard()).toEqual(['audio']);
    engine.send(null);
    expect(heard()).toEqual([null]);
    expect(worker.of('track').at(-1)).toMatchObject({ track: null });
    expect(worker.words.at(-1)).toEqual({ type: 'picture', on: false });
  });
});

describe('live', () => {
  test('is said once per call, and again in the next', async () => {
    const { worker, engine } = await build();
    engine.send(sending());
    engine.send(sending({ picture: null }));
    engine.start(start({ attempt: 2 }));
    engine.send(null);
    engine.send(sending());
    expect(lives(worker)).toEqual([{ type: 'live', call: 'c' }]);
    engine.send(null);
    engine.stop('c');
    engine.start(start({ call: 'd' }));
    expect(lives(worker)).toHaveLength(1);
    engine.send(sending());
    engine.send(sending());
    expect(lives(worker).slice(1)).toEqual([{ type: 'live', call: 'd' }]);
  });

  test('is said also without any device, and when it was known before the call began here', async () => {
    const { worker, engine } = await build({ begin: false });
    engine.send(sending({ microphone: null, picture: null }));
    engine.start(start());
    expect(worker.words).toEqual([
      { type: 'order', order: start() },
      { type: 'live', call: 'c' },
    ]);
  });
});

describe('a start', () => {
  test('of another attempt keeps session and voice, and sends what was sent', async () => {
    const { worker, engine, tracks } = await build();
    engine.send(sending());
    const track = new FakeTrack('video', 'theirs');
    worker.says({ is: 'track', track: track.as() });
    const before = worker.posted.length;
    engine.start(start({ attempt: 2 }));
    expect(worker.posted.slice(before)).toEqual([{ is: 'say', word: { type: 'order', order: start({ attempt: 2 }) } }]);
    expect(FakeContext.made).toHaveLength(1);
    expect(heard()).toEqual(['audio']);
    expect(tracks()).toEqual([track]);
  });

  test('of another call makes both anew', async () => {
    const { worker, engine, tracks } = await build();
    engine.send(sending());
    worker.says({ is: 'track', track: new FakeTrack('video').as() });
    engine.send(null);
    engine.start(start({ call: 'd' }));
    await settle();
    expect(worker.posted.map(({ is }) => is).filter((is) => is !== 'say' && is !== 'track')).toEqual([
      'open',
      'voice',
      'close',
      'open',
      'voice',
    ]);
    expect(worker.sessions).toEqual([1, 2]);
    expect(FakeContext.made.map(({ state }) => state)).toEqual(['closed', 'running']);
    expect(tracks()).toBeNull();
    expect(worker.words.at(-1)).toEqual({ type: 'order', order: start({ call: 'd' }) });
  });
});

describe('a stop', () => {
  test.each([['c'], [null]])('of %s ends the call and all of it', async (call) => {
    const { worker, engine, tracks } = await build();
    engine.send(sending());
    worker.says({ is: 'track', track: new FakeTrack('video').as() });
    engine.stop(call);
    expect(worker.posted.slice(-2)).toEqual([
      { is: 'say', word: { type: 'order', order: { order: 'stop', call: 'c' } } },
      { is: 'close' },
    ]);
    expect(heard()).toEqual([null]);
    expect(FakeContext.made[0]?.state).toBe('closed');
    expect(tracks()).toBeNull();
    const before = worker.posted.length;
    engine.stop(call);
    engine.take({ order: 'relay', call: 'c', frame: 'f' });
    expect(worker.posted).toHaveLength(before);
  });

  test('of another call changes nothing', async () => {
    const { worker, engine } = await build();
    engine.send(sending());
    const before = worker.posted.length;
    engine.stop('another');
    expect(worker.posted).toHaveLength(before);
    expect(heard()).toEqual(['audio']);
    engine.take({ order: 'relay', call: 'c', frame: 'f' });
    expect(worker.posted).toHaveLength(before + 1);
  });
});

describe('the picture', () => {
  test('of a camera is a track of its own in the worker, told once', async () => {
    const { worker, engine } = await build();
    const camera = new FakeTrack('video');
    engine.send(sending({ picture: camera.as() }));
    engine.send(sending({ picture: camera.as() }));
    const [clone, ...more] = camera.clones;
    expect(more).toEqual([]);
    expect(worker.of('track')).toEqual([{ is: 'track', track: clone, content: 'camera' }]);
    expect(worker.moved.at(-1)).toBe(clone);
    expect(worker.words.filter(({ type }) => type === 'picture')).toEqual([{ type: 'picture', on: true }]);
  });

  test('of a screen comes frame by frame, and the camera ends before it', async () => {
    const { worker, engine, page } = await build();
    engine.send(sending());
    const screen = new FakeTrack('video', 'screen');
    engine.send(sending({ picture: screen.as(), content: 'screen' }));
    expect(worker.of('track').at(-1)).toEqual({ is: 'track', track: null, content: 'screen' });
    page.video.shows(1, 640);
    await vi.advanceTimersByTimeAsync(40);
    const [made] = FakeFrame.made;
    expect(worker.of('frame')).toEqual([{ is: 'frame', frame: made, content: 'screen' }]);
    expect(worker.moved.at(-1)).toBe(made);
    // The worker has not taken it yet: nothing gathers there.
    page.video.shows(1.5, 640);
    await vi.advanceTimersByTimeAsync(40);
    expect(worker.of('frame')).toHaveLength(1);
    expect(FakeFrame.made.at(-1)?.closed).toBe(1);
    worker.says({ is: 'taken' });
    page.video.shows(1.6, 640);
    await vi.advanceTimersByTimeAsync(40);
    expect(worker.of('frame')).toHaveLength(2);
    engine.send(sending());
    page.video.shows(2, 640);
    await vi.advanceTimersByTimeAsync(1000);
    expect(worker.of('frame')).toHaveLength(2);
    expect(worker.of('track').at(-1)).toMatchObject({ content: 'camera' });
    expect(page.video.srcObject).toBeNull();
    expect(screen.clones.map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  test('of a camera comes frame by frame where tracks cannot be taken apart, until the call ends', async () => {
    const { worker, engine, page } = await build({ can: 'frames' });
    const camera = new FakeTrack('video');
    engine.send(sending({ picture: camera.as() }));
    page.video.shows(1, 640);
    await vi.advanceTimersByTimeAsync(40);
    expect(worker.of('frame').map(({ content }) => content)).toEqual(['camera']);
    expect(worker.of('track')).toEqual([{ is: 'track', track: null, content: 'camera' }]);
    engine.stop(null);
    page.video.shows(2, 640);
    await vi.advanceTimersByTimeAsync(1000);
    expect(worker.of('frame')).toHaveLength(1);
    expect(camera.readyState).toBe('live');
  });
});

describe('the other side', () => {
  test('is shown as the track the worker makes', async () => {
    const { worker, tracks } = await build();
    expect(tracks()).toBeNull();
    const track = new FakeTrack('video', 'theirs');
    worker.says({ is: 'track', track: track.as() });
    expect(tracks()).toEqual([track]);
  });

  test('is shown as a canvas where the worker makes none', async () => {
    const { worker, engine, page, tracks } = await build({ can: 'frames' });
    expect(tracks()).toEqual([page.canvas.track]);
    const frame = new FakeFrame({});
    worker.says({ is: 'frame', frame: frame.as() });
    expect(page.canvas.log.at(-1)).toBe('paint');
    expect(frame.closed).toBe(1);
    expect(worker.of('shown')).toHaveLength(1);
    engine.stop('c');
    // An element may play it still: it is told first.
    expect(page.canvas.track?.readyState).toBe('live');
    await vi.advanceTimersByTimeAsync(1);
    expect(page.canvas.track?.readyState).toBe('ended');
  });

  test('whose frames nobody can show has them closed', async () => {
    const { worker, engine } = await build();
    const frames = [new FakeFrame({}), new FakeFrame({})];
    const [first, second] = frames;
    if (first !== undefined) worker.says({ is: 'frame', frame: first.as() });
    engine.stop('c');
    if (second !== undefined) worker.says({ is: 'frame', frame: second.as() });
    expect(frames.map(({ closed }) => closed)).toEqual([1, 1]);
  });
});

describe('what an older session said', () => {
  test('changes nothing, and its track and frames are let go', async () => {
    const { worker, engine, page, reports, tracks } = await build({ can: 'frames' });
    engine.stop('c');
    engine.start(start({ call: 'd' }));
    const shown = tracks();
    const before = worker.posted.length;
    page.canvas.log.length = 0;
    const frame = new FakeFrame({});
    const track = new FakeTrack('video', 'older');
    worker.says({ is: 'lost' }, 1);
    worker.says({ is: 'frame', frame: frame.as() }, 1);
    worker.says({ is: 'track', track: track.as() }, 1);
    worker.says({ is: 'word', word: { type: 'report', command: { type: 'engine_failed', call: 'c' } } }, 1);
    expect(reports).toEqual([]);
    expect(page.canvas.log).toEqual([]);
    expect(worker.posted).toHaveLength(before);
    expect(tracks()).toBe(shown);
    expect([frame.closed, track.readyState]).toEqual([1, 'ended']);
    worker.says({ is: 'lost' });
    expect(reports).toEqual([{ type: 'renew', call: 'd', attempt: 1 }]);
  });

  test('an answer to a probe is for somebody else', async () => {
    const { worker, engine, reports } = await build();
    worker.onmessage?.(new MessageEvent('message', { data: { is: 'probed', probed: { missing: 'vp8' } } }));
    expect(reports).toEqual([]);
    engine.take({ order: 'relay', call: 'c', frame: 'f' });
    expect(worker.words.at(-1)).toMatchObject({ type: 'order' });
  });
});

test('reports of the other half go to the node as they are', async () => {
  const { worker, reports } = await build();
  const command: Command = { type: 'path', call: 'c', attempt: 1, path: 'up' };
  worker.says({ is: 'word', word: { type: 'report', command } });
  expect(reports).toEqual([command]);
});

describe('losing the other half', () => {
  test('asks for a new connection three times, and then gives the call up', async () => {
    const { worker, engine, reports } = await build();
    for (let attempt = 1; attempt <= 4; attempt++) {
      engine.start(start({ attempt }));
      worker.says({ is: 'lost' });
      worker.says({ is: 'lost' });
    }
    expect(reports).toEqual([
      { type: 'renew', call: 'c', attempt: 1 },
      { type: 'renew', call: 'c', attempt: 2 },
      { type: 'renew', call: 'c', attempt: 3 },
      { type: 'engine_failed', call: 'c' },
    ]);
    expect(worker.sessions).toEqual([1, 2, 3, 4]);
    expect(worker.of('close')).toHaveLength(4);
  });

  test('asks in place of the connection there is by now', async () => {
    const { worker, engine, reports } = await build();
    engine.start(start({ attempt: 2 }));
    worker.says({ is: 'lost' });
    expect(reports).toEqual([{ type: 'renew', call: 'c', attempt: 2 }]);
  });

  test('is forgotten in the next call', async () => {
    const { worker, engine, reports } = await build();
    for (const call of ['c', 'd', 'c']) {
      for (let attempt = 1; attempt <= 3; attempt++) {
        engine.start(start({ call, attempt }));
        worker.says({ is: 'lost' });
      }
    }
    expect(reports.every(({ type }) => type === 'renew')).toBe(true);
    expect(reports).toHaveLength(9);
  });

  test('ends sound and picture, and the new connection has everything again', async () => {
    const { worker, engine, tracks } = await build();
    const sent = sending();
    engine.wear(true);
    engine.send(sent);
    worker.says({ is: 'track', track: new FakeTrack('video').as() });
    worker.says({ is: 'lost' });
    expect(tracks()).toBeNull();
    expect(heard()).toEqual([null]);
    const before = worker.words.length;
    engine.start(start({ attempt: 2 }));
    await settle();
    expect(worker.words.slice(before)).toEqual([
      { type: 'ears', headset: true },
      { type: 'order', order: start({ attempt: 2 }) },
      { type: 'picture', on: true },
      { type: 'live', call: 'c' },
    ]);
    expect(heard()).toEqual([null, 'audio']);
  });
});

describe('a headset', () => {
  test('is told in a call, and at the beginning of one only when it is worn', async () => {
    const { worker, engine } = await build();
    const ears = () => worker.words.flatMap((word) => (word.type === 'ears' ? [word.headset] : []));
    expect(ears()).toEqual([]);
    engine.wear(true);
    engine.wear(false);
    expect(ears()).toEqual([true, false]);
    engine.stop('c');
    engine.wear(true);
    engine.start(start({ call: 'd' }));
    expect(ears()).toEqual([true, false, true]);
  });
});

describe('a window without sound', () => {
  test('has its picture all the same', async () => {
    FakeContext.refused = true;
    const { worker, engine } = await build();
    engine.send(sending());
    expect(worker.of('track')).toHaveLength(1);
    expect(lives(worker)).toHaveLength(1);
    expect(console.error).toHaveBeenCalledOnce();
  });

  test('of its microphone alone goes on with the rest', async () => {
    const { worker, engine } = await build();
    FakeContext.deaf = true;
    engine.send(sending());
    expect(worker.of('track')).toHaveLength(1);
    expect(lives(worker)).toHaveLength(1);
    expect(FakeContext.made[0]?.state).toBe('running');
    FakeContext.deaf = false;
    engine.send(sending());
    expect(heard()).toEqual(['audio']);
  });
});
