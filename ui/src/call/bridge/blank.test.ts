// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Blank } from './blank';
import { FakeFrame, freshMedia } from './fakes';

beforeEach(() => {
  vi.useFakeTimers();
  freshMedia();
  vi.stubGlobal('VideoFrame', FakeFrame);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('black is shown again and again until it is stopped', () => {
  const shown: VideoFrame[] = [];
  const blank = new Blank((frame) => shown.push(frame));
  vi.advanceTimersByTime(1000);
  expect(shown).toEqual([]);
  blank.start();
  blank.start();
  vi.advanceTimersByTime(1000);
  expect(shown).toHaveLength(4);
  blank.stop();
  blank.stop();
  vi.advanceTimersByTime(1000);
  expect(shown).toHaveLength(4);
});

test('a webview that can make no frame is asked once', () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  FakeFrame.refused = true;
  const blank = new Blank((frame) => frame.close());
  blank.start();
  vi.advanceTimersByTime(2000);
  expect(warned).toHaveBeenCalledOnce();
});
