import { beforeEach, expect, test, vi } from 'vitest';
import { FakeTrack } from '../fakes';
import type { Breakout } from './breakout';
import { FakeFrame, FakeProcessor, freshMedia } from './fakes';
import { TrackReader } from './trackReader';

const settle = () => new Promise((resolve) => setTimeout(resolve));
beforeEach(freshMedia);

function build(take: (frame: VideoFrame) => void = (frame) => frame.close()) {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const taken = vi.fn(take);
  const track = new FakeTrack('video');
  const reader = new TrackReader(FakeProcessor as unknown as Breakout['Processor'], track.as(), taken);
  return { reader, taken, track, warned, camera: FakeProcessor.newest() };
}

test('hands every frame on, in order, and leaves the closing to who takes it', async () => {
  const { taken, camera, track } = build(() => undefined);
  expect(camera.track).toBe(track);
  const frames = [1, 2, 3].map(() => new FakeFrame({}));
  for (const frame of frames) camera.put(frame);
  await settle();
  expect(taken.mock.calls.map(([frame]) => frame)).toEqual(frames);
  expect(frames.map(({ closed }) => closed)).toEqual([0, 0, 0]);
});

test('ends the track when it is closed, and hands on nothing any more', async () => {
  const { reader, taken, track, camera, warned } = build();
  reader.close();
  await settle();
  expect(camera.cancelled).toBe(true);
  expect(track.readyState).toBe('ended');
  expect(taken).not.toHaveBeenCalled();
  expect(warned).not.toHaveBeenCalled();
});

test('a frame that was read just before it closed is closed and not handed on', async () => {
  const { reader, taken, camera } = build();
  const frame = new FakeFrame({});
  camera.put(frame);
  reader.close();
  await settle();
  expect(taken).not.toHaveBeenCalled();
  expect(frame.closed).toBe(1);
});

test('a track that ends is no failure', async () => {
  const { camera, warned } = build();
  camera.end();
  await settle();
  expect(warned).not.toHaveBeenCalled();
});

test('a track that breaks is said, once, unless it was closed already', async () => {
  const first = build();
  first.camera.breaks();
  await settle();
  expect(first.warned).toHaveBeenCalledOnce();
  first.warned.mockClear();
  first.reader.close();
  const second = build();
  second.reader.close();
  second.camera.breaks();
  await settle();
  expect(second.warned).not.toHaveBeenCalled();
});
