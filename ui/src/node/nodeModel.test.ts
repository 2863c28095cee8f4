import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeHost } from '../host/fake';
import { NodeModel } from './nodeModel';
import { sampleCall, sampleSnapshot } from './samples';

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
