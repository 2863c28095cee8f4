import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Command } from '../wire.gen';
import { FRAME_CHARS } from './connection';
import type { Start } from './engine';
import { FakeTrack } from './fakes';
import { WAITING_SIGNALS, WebEngine } from './webEngine';

class FakeSender {
  track: MediaStreamTrack | null = null;
  streams = 0;
  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
  }
  setStreams(): void {
    this.streams += 1;
  }
}

class FakeChannel {
  readyState = 'open';
  bufferedAmount = 0;
  sent: string[] = [];
  onmessage: ((event: { data: unknown }) => void) | null = null;
  send(frame: string): void {
    this.sent.push(frame);
  }
}

interface Line {
  direction: string;
  sender: FakeSender;
  receiver: { track: { kind: string } };
}

/** What the engine touches of a peer connection, with the browser's side in the test's hands. */
class FakePeerConnection {
  static made: FakePeerConnection[] = [];
  signalingState = 'stable';
  connectionState: RTCPeerConnectionState = 'new';
  iceGatheringState: RTCIceGatheringState = 'new';
  localDescription: { type: string; sdp: string } | null = null;
  lines: Line[] = [];
  channels: FakeChannel[] = [];
  candidates: Array<RTCIceCandidateInit> = [];
  descriptions: string[] = [];
  restarts = 0;
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: object | null }) => void) | null = null;
  onicegatheringstatechange: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  ontrack: ((event: { streams: object[] }) => void) | null = null;

  constructor(configuration: RTCConfiguration) {
    expect(configuration.iceServers).toEqual([]);
    FakePeerConnection.made.push(this);
  }
  addTransceiver(kind: string, { direction }: { direction: string }): Line {
    const line = { direction, sender: new FakeSender(), receiver: { track: { kind } } };
    this.lines.push(line);
    return line;
  }
  getTransceivers(): Line[] {
    return this.lines;
  }
  createDataChannel(): FakeChannel {
    const channel = new FakeChannel();
    this.channels.push(channel);
    return channel;
  }
  async setLocalDescription(): Promise<void> {
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    this.signalingState = type === 'answer' ? 'stable' : 'have-local-offer';
    this.localDescription = { type, sdp: type };
  }
  async setRemoteDescription({ type, sdp }: { type: string; sdp: string }): Promise<void> {
    this.descriptions.push(sdp);
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable';
    if (type === 'offer' && this.lines.length === 0) {
      for (const kind of ['audio', 'video']) this.addTransceiver(kind, { direction: 'recvonly' });
    }
  }
  async addIceCandidate(candidate: RTCIceCandidateInit): Promise<void> {
    this.candidates.push(candidate);
  }
  restartIce(): void {
    this.restarts += 1;
  }
  close(): void {
    this.connectionState = 'closed';
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
  gather(...lines: string[]): void {
    for (const candidate of lines) this.onicecandidate?.({ candidate: { candidate, sdpMLineIndex: 0 } });
    this.iceGatheringState = 'complete';
    this.onicegatheringstatechange?.();
    this.onicecandidate?.({ candidate: null });
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve));
const READY = Promise.resolve();

function start(change: Partial<Start> = {}): Start {
  return { order: 'start', call: 'c', attempt: 1, offerer: true, reach: 'network', ...change };
}

function newest(): FakePeerConnection {
  const connection = FakePeerConnection.made.at(-1);
  if (connection === undefined) throw new Error('no connection was made');
  return connection;
}

async function build(change: Partial<Start> = {}) {
  const reports: Command[] = [];
  const engine = new WebEngine((command) => reports.push(command));
  engine.start(start(change), READY);
  await settle();
  return { engine, reports, of: (type: Command['type']) => reports.filter((report) => report.type === type) };
}

beforeEach(() => {
  FakePeerConnection.made = [];
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection);
  vi.stubGlobal('MediaStream', class {});
});
afterEach(() => void vi.unstubAllGlobals());

test('the offerer has a line for sound and one for picture, both without a track, and one channel', async () => {
  await build();
  const { lines, channels } = newest();
  expect(lines.map(({ receiver, direction }) => [receiver.track.kind, direction])).toEqual([
    ['audio', 'sendrecv'],
    ['video', 'sendrecv'],
  ]);
  expect(lines.every(({ sender }) => sender.track === null)).toBe(true);
  expect(channels).toHaveLength(1);
});

test('the answerer adopts the lines offered, in both directions, and answers', async () => {
  const { engine, reports } = await build({ offerer: false, reach: 'network' });
  expect(newest().channels).toHaveLength(0);
  engine.take({ order: 'description', call: 'c', attempt: 1, description: { kind: 'offer', sdp: 'o' } });
  await settle();
  expect(newest().lines.map(({ direction, sender }) => [direction, sender.streams])).toEqual([
    ['sendrecv', 1],
    ['sendrecv', 1],
  ]);
  expect(newest().channels).toHaveLength(1);
  expect(reports).toContainEqual({
    type: 'description',
    call: 'c',
    attempt: 1,
    description: { kind: 'answer', sdp: 'answer' },
  });
});

test('tracks leave when they are sent, not before, and are taken back at the end', async () => {
  const { engine } = await build();
  const senders = newest().lines.map(({ sender }) => sender);
  const microphone = new FakeTrack('audio').as();
  const picture = new FakeTrack('video').as();
  engine.send({ microphone, picture, content: 'camera' });
  await settle();
  expect(senders.map(({ track }) => track)).toEqual([microphone, picture]);
  engine.stop('c');
  expect(senders.map(({ track }) => track)).toEqual([null, null]);
});

describe('signals', () => {
  const candidate = (line: string, attempt = 1, call = 'c') =>
    ({ order: 'candidate', call, attempt, candidate: { line, index: 0 } }) as const;

  test('that come before the connection is made wait for it, up to a bound', async () => {
    const engine = new WebEngine(() => undefined);
    let open = (): void => undefined;
    engine.start(
      start(),
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    for (let n = 0; n < WAITING_SIGNALS + 10; n++) engine.take(candidate(`line ${n}`));
    engine.take(candidate('another attempt', 2));
    expect(FakePeerConnection.made).toHaveLength(0);
    open();
    await settle();
    expect(newest().candidates.map((taken) => taken.candidate)).toEqual(
      Array.from({ length: WAITING_SIGNALS }, (_, n) => `line ${n}`),
    );
  });

  test('of another attempt or another call are dropped', async () => {
    const { engine } = await build({ attempt: 2 });
    engine.take(candidate('old', 1));
    engine.take(candidate('other', 2, 'd'));
    engine.take(candidate('right', 2));
    await settle();
    expect(newest().candidates.map((taken) => taken.candidate)).toEqual(['right']);
  });

  test('a new attempt closes the older connection, and nothing of it is reported any more', async () => {
    const { engine, reports } = await build();
    const older = newest();
    engine.start(start({ attempt: 2 }), READY);
    await settle();
    expect(older.connectionState).toBe('closed');
    const before = reports.length;
    older.gather('late');
    older.become('failed');
    expect(reports).toHaveLength(before);
  });
});

test('candidates travel one by one, with an empty line after the last', async () => {
  const { of } = await build();
  newest().gather('one', '', 'two');
  expect(of('candidate').map((report) => report.type === 'candidate' && report.candidate.line)).toEqual([
    'one',
    'two',
    '',
  ]);
});

describe('a connection made before a device was open', () => {
  test('is made anew when it found no address', async () => {
    const { engine, of } = await build();
    newest().gather();
    engine.devicesOpened();
    expect(of('renew')).toEqual([{ type: 'renew', call: 'c', attempt: 1 }]);
    engine.devicesOpened();
    expect(of('renew')).toHaveLength(1);
  });

  test('is made anew when its search ends with nothing afterwards', async () => {
    const { engine, of } = await build();
    engine.devicesOpened();
    expect(of('renew')).toHaveLength(0);
    newest().gather();
    expect(of('renew')).toHaveLength(1);
  });

  test('stays when it found one, or is up already', async () => {
    const found = await build();
    newest().gather('host');
    found.engine.devicesOpened();
    expect(found.of('renew')).toHaveLength(0);

    const up = await build();
    newest().become('connected');
    newest().gather();
    up.engine.devicesOpened();
    expect(up.of('renew')).toHaveLength(0);
  });
});

describe('the data channel', () => {
  test('carries frames both ways, within bounds', async () => {
    const { engine, of } = await build();
    const channel = newest().channels[0];
    engine.take({ order: 'relay', call: 'c', frame: 'out' });
    engine.take({ order: 'relay', call: 'another', frame: 'not mine' });
    expect(channel?.sent).toEqual(['out']);
    for (const data of ['in', new ArrayBuffer(4), 'x'.repeat(FRAME_CHARS + 1)]) channel?.onmessage?.({ data });
    expect(of('relayed')).toEqual([{ type: 'relayed', call: 'c', frame: 'in' }]);
  });

  test('the connection closes only after the farewell is out', async () => {
    const { engine } = await build();
    const connection = newest();
    const channel = connection.channels[0] ?? new FakeChannel();
    channel.bufferedAmount = 10;
    engine.stop('c');
    await settle();
    expect(connection.connectionState).not.toBe('closed');
    channel.bufferedAmount = 0;
    await vi.waitFor(() => expect(connection.connectionState).toBe('closed'));
  });
});

test('a browser that cannot make a connection says so', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  vi.stubGlobal('RTCPeerConnection', () => {
    throw new DOMException('', 'NotSupportedError');
  });
  const { reports } = await build();
  expect(reports).toEqual([{ type: 'engine_failed', call: 'c' }]);
});

test('a path that is lost is told and searched for', async () => {
  const { of } = await build();
  newest().become('connected');
  newest().become('failed');
  expect(of('path').map((report) => report.type === 'path' && report.path)).toEqual(['up', 'down']);
  expect(newest().restarts).toBe(1);
});
