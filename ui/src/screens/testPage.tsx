/** The whole page on a scripted host, for tests of what people and screen readers find in it. */

import { signal } from '@preact/signals-core';
import { act, cleanup, render } from '@testing-library/preact';
import { CallModel } from '../call/callModel';
import { FakeDevices, FakeEngine, FakeRinger, TestStream } from '../call/fakes';
import { FakeHost } from '../host/fake';
import { NodeModel } from '../node/nodeModel';
import { sampleCall, sampleSnapshot } from '../node/samples';
import { TalkModel } from '../talk/talkModel';
import type { CallView, Snapshot } from '../wire.gen';
import { App } from './App';

export function page(snapshot: Partial<Snapshot> = {}, devices = new FakeDevices()) {
  cleanup();
  globalThis.MediaStream = TestStream as unknown as typeof MediaStream;
  const host = new FakeHost();
  const node = new NodeModel(host, { engine: true });
  const engine = new FakeEngine();
  const ringer = new FakeRinger();
  const calls = new CallModel({
    node,
    makeEngine: () => engine,
    capturing: devices.as(),
    ringer,
    store: { getItem: () => null, setItem: () => undefined },
    ears: { getItem: () => null, setItem: () => undefined },
    now: () => performance.now(),
  });
  host.become('open');
  host.say({ type: 'snapshot', snapshot: sampleSnapshot(snapshot) });
  const attention = signal(true);
  let random = 0;
  const talks = new TalkModel({
    node,
    attention,
    now: () => performance.now(),
    random: () => new Uint8Array(16).fill(++random),
  });
  const shown = render(<App node={node} calls={calls} talks={talks} />);
  const call = async (change: Partial<CallView> | null) => {
    host.say({ type: 'call', call: change === null ? null : sampleCall(change) });
    await drawn();
  };
  return { host, node, calls, talks, attention, engine, ringer, call, ...shown };
}

/** What changed has been drawn, and what follows from drawing it is done. */
export async function drawn(): Promise<void> {
  await act(() => new Promise<void>((resolve) => setTimeout(resolve)));
}
