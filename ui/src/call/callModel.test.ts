import { afterEach, describe, expect, test, vi } from 'vitest';
import { FakeHost } from '../host/fake';
import { NodeModel } from '../node/nodeModel';
import { sampleCall, sampleSnapshot } from '../node/samples';
import type { CallView, Phase } from '../wire.gen';
import { CallModel } from './callModel';
import { FakeDevices, FakeEngine, FakeRinger } from './fakes';

const settle = () => new Promise((resolve) => setTimeout(resolve));
let dispose: Array<() => void> = [];
afterEach(() => {
  for (const end of dispose) end();
  dispose = [];
});

function kept(): Pick<Storage, 'getItem' | 'setItem'> {
  const all = new Map<string, string>();
  return { getItem: (key) => all.get(key) ?? null, setItem: (key, value) => void all.set(key, value) };
}

function build({ devices = new FakeDevices(), store = kept(), engine = new FakeEngine(), ears = kept() } = {}) {
  const host = new FakeHost();
  const node = new NodeModel(host, { engine: true });
  const ringer = new FakeRinger();
  const clock = { now: 0 };
  const calls = new CallModel({
    node,
    makeEngine: () => engine,
    capturing: devices.as(),
    ringer,
    store,
    ears,
    now: () => clock.now,
  });
  dispose.push(() => calls.dispose());
  host.become('open');
  host.say({ type: 'snapshot', snapshot: sampleSnapshot() });
  const say = async (change: Partial<CallView> | null) => {
    host.say({ type: 'call', call: change === null ? null : sampleCall(change) });
    await settle();
  };
  return { host, node, engine, ringer, calls, devices, clock, say, store };
}

const CONNECTED: Phase = { is: 'connected' };
const INCOMING = { caller: false, phase: { is: 'incoming' }, place: 'anywhere' } as const;

describe('consent', () => {
  test('a caller opens its devices while it rings, and sends nothing before the other side said yes', async () => {
    const { say, devices, engine } = build();
    await say({ phase: { is: 'outgoing', ringing: true } });
    expect(devices.asked).toEqual(['audio', 'video']);
    expect(engine.sending).toBeNull();
    expect(engine.rehearsed).toMatchObject({ picture: { kind: 'video' }, content: 'camera' });
    await say({ phase: { is: 'connecting' } });
    expect(engine.rehearsed).toBeNull();
    expect(engine.sending?.microphone?.kind).toBe('audio');
    expect(engine.sending?.picture?.kind).toBe('video');
  });

  test('devices wait where the other side’s picture would wait for them, and not for a call that is over', async () => {
    vi.useFakeTimers();
    const { say, devices } = build({ engine: Object.assign(new FakeEngine(), { headStart: 60 }) });
    const told = async (change: Partial<CallView> | null) => {
      const saying = say(change);
      await vi.advanceTimersByTimeAsync(0);
      await saying;
    };
    await told({ phase: CONNECTED });
    await vi.advanceTimersByTimeAsync(59);
    expect(devices.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(devices.asked).toEqual(['audio', 'video']);
    await told(null);
    await told({ phase: CONNECTED, call: 'another' });
    await told(null);
    await vi.advanceTimersByTimeAsync(100);
    expect(devices.asked).toEqual(['audio', 'video']);
    vi.useRealTimers();
  });

  test('a callee opens nothing while it rings', async () => {
    const { say, devices, host, engine } = build();
    await say(INCOMING);
    host.say({
      type: 'engine',
      order: { order: 'start', call: 'call-1', attempt: 1, offerer: false, reach: 'network' },
    });
    await settle();
    expect(engine.started).toHaveLength(1);
    expect(devices.asked).toEqual([]);
  });

  test('a voice call never touches the camera', async () => {
    const { say, devices } = build();
    await say({ phase: CONNECTED, mine: 'voice' });
    expect(devices.asked).toEqual(['audio']);
  });

  test('a page that shows a call of another page opens nothing', async () => {
    const { say, devices, ringer } = build();
    await say({ phase: CONNECTED, place: 'elsewhere_page' });
    await say({ phase: CONNECTED, place: 'opening_browser' });
    expect(devices.asked).toEqual([]);
    expect(ringer.sound).toBe('none');
  });

  test('a call taken over by another page closes the devices here', async () => {
    const { say, devices, engine } = build();
    await say({ phase: { is: 'outgoing', ringing: true } });
    expect(engine.rehearsed).not.toBeNull();
    await say({ phase: CONNECTED, place: 'elsewhere_page' });
    expect(devices.tracks.every(({ readyState }) => readyState === 'ended')).toBe(true);
    expect(engine.sending).toBeNull();
    expect(engine.rehearsed).toBeNull();
  });
});

test.each([
  ['ended', { phase: { is: 'ended', reason: 'hung_up' } } as const],
  ['gone', null],
])('a call that is %s turns camera and microphone off', async (_, change) => {
  const { say, devices, engine } = build();
  await say({ phase: CONNECTED });
  await say(change);
  expect(devices.tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
  expect(engine.stopped.at(-1)).toBeNull();
});

test('the caller makes its connection after its devices are open', async () => {
  const { say, devices, host, engine } = build();
  const release = devices.hold('audio');
  const releaseCamera = devices.hold('video');
  await say({});
  host.say({ type: 'engine', order: { order: 'start', call: 'call-1', attempt: 1, offerer: true, reach: 'network' } });
  await settle();
  expect(engine.started).toHaveLength(0);
  release();
  await settle();
  expect(engine.started).toHaveLength(1);
  expect(engine.opened).toBe(1);
  releaseCamera();
});

test('sound is sent without waiting for the camera', async () => {
  const { say, devices, engine } = build();
  const release = devices.hold('video');
  await say({ phase: CONNECTED });
  expect(engine.sending?.microphone).not.toBeNull();
  expect(engine.sending?.picture).toBeNull();
  release();
  await settle();
  expect(engine.sending?.picture).not.toBeNull();
});

describe('devices', () => {
  const told = (host: FakeHost) =>
    host.asked.flatMap((command) => (command.type === 'devices' ? [command.devices] : []));

  test('are told once after the call is accepted, and at every change', async () => {
    const { say, host, calls } = build();
    await say({});
    expect(told(host)).toEqual([]);
    await say({ phase: { is: 'connecting' } });
    await say({ phase: CONNECTED });
    expect(told(host)).toEqual([{ microphone: true, picture: 'camera' }]);
    calls.toggleMicrophone();
    calls.toggleCamera();
    expect(told(host).slice(1)).toEqual([
      { microphone: false, picture: 'camera' },
      { microphone: false, picture: 'off' },
    ]);
  });

  test('a muted microphone stays open and says nothing', async () => {
    const { say, calls, devices, engine } = build();
    await say({ phase: CONNECTED });
    calls.toggleMicrophone();
    expect(engine.sending?.microphone?.enabled).toBe(false);
    expect(devices.tracks[0]?.readyState).toBe('live');
    calls.toggleMicrophone();
    expect(engine.sending?.microphone?.enabled).toBe(true);
  });

  test('a camera that is off has its light off', async () => {
    const { say, calls, devices } = build();
    await say({ phase: CONNECTED });
    calls.toggleCamera();
    expect(devices.tracks.find(({ kind }) => kind === 'video')?.readyState).toBe('ended');
    calls.toggleCamera();
    await settle();
    expect(calls.devices.value.picture).toBe('camera');
  });

  test('the camera can be turned on in a voice call', async () => {
    const { say, calls, engine } = build();
    await say({ phase: CONNECTED, mine: 'voice' });
    calls.toggleCamera();
    await settle();
    expect(engine.sending?.picture?.kind).toBe('video');
  });

  test('a shared screen takes the place of the camera and gives it back', async () => {
    const { say, calls, engine, devices } = build();
    await say({ phase: CONNECTED });
    calls.toggleScreen();
    await settle();
    expect(calls.devices.value.picture).toBe('screen');
    expect(engine.sending?.picture?.id).toBe('screen');
    expect(devices.tracks.filter(({ kind, readyState }) => kind === 'video' && readyState === 'live')).toHaveLength(0);
    calls.toggleScreen();
    await settle();
    expect(calls.devices.value.picture).toBe('camera');
  });

  test('being muted outlives a reload of the page, and not the call', async () => {
    const first = build();
    await first.say({ phase: CONNECTED });
    first.calls.toggleMicrophone();
    first.calls.toggleCamera();
    const { say, calls, devices } = build({ store: first.store });
    await say({ phase: { is: 'reconnecting' } });
    expect(calls.devices.value).toEqual({ microphone: false, picture: 'off' });
    expect(devices.asked).toEqual(['audio']);
    await say({ call: 'call-2', phase: CONNECTED });
    expect(calls.devices.value).toEqual({ microphone: true, picture: 'camera' });
  });
});

describe('a camera that cannot be opened', () => {
  function refused() {
    const devices = new FakeDevices();
    devices.refuse('video', 'NotReadableError');
    return build({ devices });
  }

  test('leaves the call with sound, and says why', async () => {
    const { say, calls, engine, host } = refused();
    await say({ phase: CONNECTED });
    expect(calls.trouble.value).toEqual({ microphone: null, camera: 'busy' });
    expect(engine.sending?.microphone).not.toBeNull();
    expect(host.asked.at(-1)).toEqual({
      type: 'devices',
      call: 'call-1',
      devices: { microphone: true, picture: 'off' },
    });
  });

  test('is tried again by the sentence or by the camera button', async () => {
    const { say, calls, devices } = refused();
    await say({ phase: CONNECTED });
    calls.toggleCamera();
    await settle();
    expect(calls.trouble.value?.camera).toBe('busy');
    devices.refuse('video', null);
    calls.retryDevices();
    await settle();
    expect(calls.trouble.value).toBeNull();
    expect(calls.devices.value.picture).toBe('camera');
  });

  test('is said once, and again in the next call', async () => {
    const { say, calls } = refused();
    await say({ phase: CONNECTED });
    calls.putTroubleAway();
    expect(calls.trouble.value).toBeNull();
    await say(null);
    await say({ call: 'call-2', phase: CONNECTED });
    expect(calls.trouble.value?.camera).toBe('busy');
  });
});

describe('a headset', () => {
  function cleaning(ears = kept()) {
    const engine = new FakeEngine();
    engine.cleansSound = true;
    return build({ engine, ears });
  }

  test('is nothing to choose where the browser cleans the sound', async () => {
    const { say, calls, devices } = build();
    expect(calls.headset).toBeNull();
    await say({ phase: CONNECTED, mine: 'voice' });
    expect(devices.constraints).toEqual([
      { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } },
    ]);
  });

  test('is told to the engine that cleans the sound, in a call and outside of one', async () => {
    const { say, calls, engine } = cleaning();
    expect([calls.headset?.value, engine.headset]).toEqual([false, false]);
    calls.toggleHeadset();
    expect([calls.headset?.value, engine.headset]).toEqual([true, true]);
    await say({ phase: CONNECTED });
    calls.toggleHeadset();
    expect([calls.headset?.value, engine.headset]).toEqual([false, false]);
  });

  test('is remembered, and told from the beginning', () => {
    const ears = kept();
    cleaning(ears).calls.toggleHeadset();
    const { calls, engine } = cleaning(ears);
    expect([calls.headset?.value, engine.headset]).toEqual([true, true]);
  });

  test('or none: the microphone is opened as it is, and changing it opens nothing again', async () => {
    const { say, calls, devices } = cleaning();
    await say({ phase: CONNECTED, mine: 'voice' });
    calls.toggleHeadset();
    await settle();
    expect(devices.constraints).toEqual([
      { audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } },
    ]);
  });

  test('is of no matter to camera and microphone asked for together', async () => {
    const engine = new FakeEngine();
    engine.cleansSound = true;
    const devices = new FakeDevices();
    devices.userAgent = 'Firefox';
    devices.permission = 'prompt';
    const { say } = build({ engine, devices });
    await say({ phase: CONNECTED });
    for (const { audio } of devices.constraints.filter((asked) => asked.audio !== undefined)) {
      expect(audio).toMatchObject({ echoCancellation: false });
    }
    expect(devices.constraints.some(({ audio }) => audio !== undefined)).toBe(true);
  });
});

describe('sound beside the call', () => {
  test('rings for who is called and rings back for who calls', async () => {
    const { say, ringer } = build();
    await say(INCOMING);
    expect(ringer.sound).toBe('ring');
    await say({ phase: { is: 'outgoing', ringing: false } });
    expect(ringer.sound).toBe('none');
    await say({ phase: { is: 'outgoing', ringing: true } });
    expect(ringer.sound).toBe('ringback');
    await say({ phase: { is: 'connecting' } });
    expect(ringer.sound).toBe('none');
  });
});

test('the time of the call goes on from what the node says', async () => {
  const { say, calls, clock } = build();
  clock.now = 10_000;
  await say({ phase: CONNECTED, connected_ms: 4000 });
  expect(calls.since.value).toBe(6000);
});

test('each button asks the node for what it says', async () => {
  const { say, calls, host } = build();
  await say(INCOMING);
  host.asked.length = 0;
  calls.accept('voice');
  calls.decline();
  calls.hangUp();
  calls.takeOver();
  calls.verify(true);
  calls.dismiss();
  calls.place('p', 'video');
  const call = 'call-1';
  expect(host.asked).toEqual([
    { type: 'accept', call, media: 'voice' },
    { type: 'decline', call },
    { type: 'hang_up', call },
    { type: 'take_over', call },
    { type: 'verify', peer: sampleCall().with.peer, verified: true },
    { type: 'dismiss' },
    { type: 'call', peer: 'p', media: 'video' },
  ]);
});

test('a node that stays away ends the call here', async () => {
  const { say, host, devices, calls } = build();
  await say({ phase: CONNECTED });
  host.become('denied');
  await settle();
  expect(calls.call.value).toBeNull();
  expect(devices.tracks.every(({ readyState }) => readyState === 'ended')).toBe(true);
});
