import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../host/fake';
import { NodeModel } from './nodeModel';
import { sampleCall, sampleEcho, samplePeer, sampleSnapshot } from './samples';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function inCall() {
  const host = new FakeHost();
  const node = new NodeModel(host, { engine: true });
  host.become('open');
  host.say({ type: 'snapshot', snapshot: sampleSnapshot({ call: sampleCall({ phase: { is: 'connected' } }) }) });
  return { host, node };
}

test('the call outlives a short absence of the node', () => {
  const { host, node } = inCall();
  host.become('gone');
  vi.advanceTimersByTime(2000);
  host.become('open');
  vi.advanceTimersByTime(60_000);
  expect(node.call.value).not.toBeNull();
});

test('the call ends when the node stays away, however often it is looked for', () => {
  const { host, node } = inCall();
  for (let looks = 0; looks < 5; looks++) {
    host.become('gone');
    vi.advanceTimersByTime(1000);
  }
  expect(node.call.value).toBeNull();
});

test('the call ends at once when the node does not want this page any more', () => {
  const { host, node } = inCall();
  host.become('denied');
  vi.advanceTimersByTime(0);
  expect(node.call.value).toBeNull();
});

test('the echo test is nobody, comes and goes, and is there to be called', () => {
  const host = new FakeHost();
  const node = new NodeModel(host, { engine: true });
  const [ada, echo] = [samplePeer('Ada'), sampleEcho()];
  host.become('open');
  host.say({ type: 'snapshot', snapshot: sampleSnapshot({ peers: [echo, ada] }) });
  expect([...node.peers.value.values()]).toEqual([ada]);
  expect(node.echo.value).toEqual(echo);
  host.say({ type: 'peer_gone', peer: echo.peer });
  expect(node.echo.value).toBeNull();
  host.say({ type: 'peer', peer: sampleEcho({ presence: 'in_call' }) }, { type: 'peer_gone', peer: ada.peer });
  expect(node.peers.value.size).toBe(0);
  expect(node.echo.value?.presence).toBe('in_call');
});

test('whom a link names is heard by whoever shows them', () => {
  const { host, node } = inCall();
  const opened: string[] = [];
  node.onOpen((peer) => opened.push(peer));
  host.say({ type: 'open', peer: 'a7' });
  expect(opened).toEqual(['a7']);
});
