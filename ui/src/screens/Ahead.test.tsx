/** What shows the other side plays before it is seen, and lets go of what ends. */

import { screen } from '@testing-library/preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeTrack, TestStream } from '../call/fakes';
import { ADA, drawn, page } from './testPage';

const INCOMING = { with: ADA, caller: false, phase: { is: 'incoming' }, place: 'anywhere' } as const;
const CONNECTED = { with: ADA, phase: { is: 'connected' } } as const;
const theirs = () => screen.queryByLabelText<HTMLVideoElement>(/^Ada.s video$/);

let played: HTMLMediaElement[] = [];
beforeEach(() => {
  played = [];
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(async function (this: HTMLMediaElement) {
    played.push(this);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function rings(...tracks: FakeTrack[]) {
  const it = page({ peers: [ADA] });
  await it.call(INCOMING);
  const stream = new TestStream(tracks) as MediaStream;
  it.engine.remote.value = stream;
  await drawn();
  return { ...it, stream };
}

test('the element that played while it rang is the one that is seen', async () => {
  const { call, stream } = await rings(new FakeTrack('video'));
  expect(theirs()).toBeNull();
  const [ahead, ...more] = played;
  expect(more).toEqual([]);
  expect(ahead?.srcObject).toBe(stream);
  await call(CONNECTED);
  expect(theirs()).toBe(ahead);
});

test('when nobody accepts it lets go', async () => {
  const { engine } = await rings(new FakeTrack('video'));
  engine.remote.value = null;
  await drawn();
  expect(played.map(({ srcObject }) => srcObject)).toEqual([null]);
});

test('one with sound plays when it is seen', async () => {
  const { call, stream } = await rings(new FakeTrack('video'), new FakeTrack('audio'));
  expect(played).toEqual([]);
  await call(CONNECTED);
  expect(theirs()?.srcObject).toBe(stream);
});

test('in a call that goes on already no second one plays unseen', async () => {
  const { call, engine } = page({ peers: [ADA] });
  await call(CONNECTED);
  engine.remote.value = new TestStream([new FakeTrack('video')]) as MediaStream;
  await drawn();
  const seen = theirs();
  expect(seen?.srcObject).toBe(engine.remote.value);
  const theirsPlayed = played.filter((video) => video.getAttribute('aria-label') !== 'Your video');
  expect(theirsPlayed).toEqual([seen]);
});
