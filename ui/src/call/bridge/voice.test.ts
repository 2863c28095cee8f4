import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeTrack } from '../fakes';
import { Voice } from './voice';

/** What was done to the sound card, in order. */
let log: string[] = [];
let contexts: FakeContext[] = [];
let loading: () => Promise<void> = async () => undefined;
let refusal: Error | null = null;

class FakeContext {
  state = 'suspended';
  onstatechange: (() => void) | null = null;
  readonly destination = 'loudspeaker';
  readonly audioWorklet = {
    addModule: (url: string) => {
      log.push(`module ${/voice\.worklet/.test(url)}`);
      return loading();
    },
  };

  constructor(options: AudioContextOptions) {
    if (refusal !== null) throw refusal;
    log.push(`context ${options.sampleRate} ${options.latencyHint}`);
    contexts.push(this);
  }

  createMediaStreamSource({ tracks }: FakeStream) {
    if (tracks.some(({ readyState }) => readyState === 'ended')) throw new DOMException('', 'InvalidStateError');
    const name = tracks.map(({ id }) => id).join();
    return {
      connect: (to: unknown) => log.push(`${name} to ${to instanceof FakeNode ? 'voice' : to}`),
      disconnect: () => log.push(`${name} off`),
    };
  }

  async resume(): Promise<void> {
    log.push('resume');
  }

  async close(): Promise<void> {
    log.push('close');
    this.become('closed');
  }

  become(state: string): void {
    this.state = state;
    this.onstatechange?.();
  }
}

class FakeStream {
  readonly tracks: FakeTrack[];
  constructor(tracks: FakeTrack[]) {
    this.tracks = tracks;
  }
}

class FakeNode {
  readonly port = {
    postMessage: (message: object, transfer: unknown[] = []) =>
      log.push(`say ${Object.keys(message).join()} with ${transfer.length}`),
  };

  constructor(_context: unknown, name: string, options: AudioWorkletNodeOptions) {
    log.push(`node ${name} ${JSON.stringify(options)}`);
  }

  connect(to: unknown): void {
    log.push(`voice to ${to}`);
  }

  disconnect(): void {
    log.push('voice off');
  }
}

beforeEach(() => {
  log = [];
  contexts = [];
  loading = async () => undefined;
  refusal = null;
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('AudioWorkletNode', FakeNode);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const make = () => new Voice({ Context: FakeContext as unknown as typeof AudioContext });
const port = {} as MessagePort;
const track = (id: string) => new FakeTrack('audio', id).as();

function context(): FakeContext {
  const [first] = contexts;
  if (first === undefined) throw new Error('no context was made');
  return first;
}

async function opened(): Promise<Voice> {
  const voice = make();
  await voice.open(port);
  context().become('running');
  vi.advanceTimersByTime(1000);
  log = [];
  return voice;
}

test('opens one mono node at 48 kHz and hands it the port', async () => {
  await make().open(port);
  expect(log).toEqual([
    'context 48000 interactive',
    'module true',
    'node voice {"numberOfInputs":1,"numberOfOutputs":1,"outputChannelCount":[1],"channelCount":1,"channelCountMode":"explicit"}',
    'voice to loudspeaker',
    'say port with 1',
    'resume',
  ]);
});

test('one microphone is heard at a time, and the same one is left alone', async () => {
  const voice = await opened();
  const [a, b] = [track('a'), track('b')];
  for (const next of [a, a, b, null, null, a]) voice.hear(next);
  expect(log).toEqual(['a to voice', 'a off', 'b to voice', 'b off', 'a to voice']);
});

test('a microphone that came while it opened is heard, and only the last', async () => {
  const voice = make();
  voice.hear(track('a'));
  const opening = voice.open(port);
  voice.hear(track('b'));
  await opening;
  expect(log.filter((line) => line.endsWith('to voice'))).toEqual(['b to voice']);
});

test('a microphone that cannot be heard takes nothing from the loudspeaker, and the next is heard', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const gone = new FakeTrack('audio', 'gone');
  gone.stop();
  const voice = make();
  voice.hear(gone.as());
  await voice.open(port);
  expect(log).toContain('voice to loudspeaker');
  expect(said).toHaveBeenCalledOnce();
  log = [];
  voice.hear(track('a'));
  voice.hear(gone.as());
  voice.hear(track('b'));
  expect(log).toEqual(['a to voice', 'a off', 'b to voice']);
});

test('a sound card that was taken away is asked for again, once a second, until it is back', async () => {
  await opened();
  context().become('interrupted');
  context().become('suspended');
  expect(log).toEqual(['resume']);
  vi.advanceTimersByTime(3000);
  expect(log).toEqual(['resume', 'resume', 'resume', 'resume']);
  context().become('running');
  vi.advanceTimersByTime(5000);
  expect(log.length).toBe(4);
});

test('ends everything, once', async () => {
  const voice = await opened();
  voice.hear(track('a'));
  context().become('suspended');
  log = [];
  voice.close();
  voice.close();
  voice.hear(track('b'));
  vi.advanceTimersByTime(5000);
  expect(log).toEqual(['a off', 'say end with 0', 'voice off', 'close']);
  await expect(voice.open(port)).rejects.toThrow();
});

test('closed while it opens, it makes no node, and opening is over even if the module never comes', async () => {
  loading = () => new Promise(() => undefined);
  const voice = make();
  voice.hear(track('a'));
  const opening = voice.open(port);
  voice.close();
  await opening;
  expect(log).toEqual(['context 48000 interactive', 'module true', 'close']);
});

test('closed before it opened, there is nothing to end', async () => {
  const voice = make();
  voice.close();
  await expect(voice.open(port)).rejects.toThrow();
  expect(log).toEqual([]);
});

test('what fails is said, and nothing stays open', async () => {
  loading = () => Promise.reject(new Error('no module'));
  await expect(make().open(port)).rejects.toThrow('no module');
  expect(log.at(-1)).toBe('close');
  refusal = new Error('no sound card');
  await expect(make().open(port)).rejects.toThrow('no sound card');
});

test('opens once', async () => {
  const voice = make();
  const opening = voice.open(port);
  await expect(voice.open(port)).rejects.toThrow('once');
  await opening;
  expect(contexts.length).toBe(1);
});
