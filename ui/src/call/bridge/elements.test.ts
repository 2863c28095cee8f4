import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeTrack } from '../fakes';
import { CanvasTrack, ElementReader } from './elements';
import { FakeFrame, FakePage, FakeStream, freshMedia } from './fakes';

let page = new FakePage();

beforeEach(() => {
  page = new FakePage();
  freshMedia();
  vi.useFakeTimers();
  vi.stubGlobal('VideoFrame', FakeFrame);
  vi.stubGlobal('MediaStream', FakeStream);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a video element', () => {
  function build() {
    const taken: VideoFrame[] = [];
    const track = new FakeTrack('video');
    const reader = new ElementReader(page.as(), track.as(), (frame) => taken.push(frame));
    return { reader, taken, track, video: page.video };
  }

  test('plays a copy of the track without a sound', () => {
    const { video, track } = build();
    expect(video.srcObject?.tracks).toEqual(track.clones);
    expect([video.muted, video.plays]).toEqual([true, 1]);
  });

  test('gives each picture once, however often it is looked at, and leaves the closing to who takes it', () => {
    const { video, taken } = build();
    vi.advanceTimersByTime(100);
    expect(taken).toEqual([]);
    video.shows(0, 320);
    vi.advanceTimersByTime(330);
    expect(taken).toHaveLength(1);
    for (let n = 1; n <= 10; n++) {
      video.shows(n / 10, 320);
      vi.advanceTimersByTime(100);
    }
    expect(taken).toHaveLength(11);
    expect(FakeFrame.made.map(({ closed }) => closed)).toEqual(Array(11).fill(0));
    expect(FakeFrame.made.every(({ timestamp }) => Number.isInteger(timestamp))).toBe(true);
  });

  test('that has no size yet gives nothing', () => {
    const { video, taken } = build();
    video.shows(1, 0);
    vi.advanceTimersByTime(100);
    expect(taken).toEqual([]);
  });

  test('that is closed gives nothing any more, and leaves the track to the page', () => {
    const { reader, video, taken, track } = build();
    video.shows(1, 320);
    reader.close();
    vi.advanceTimersByTime(1000);
    expect(taken).toEqual([]);
    expect(video.srcObject).toBeNull();
    expect(track.readyState).toBe('live');
    expect(track.clones.map(({ readyState }) => readyState)).toEqual(['ended']);
  });
});

describe('a canvas', () => {
  const frame = (width: number, height: number) => new FakeFrame({ displayWidth: width, displayHeight: height });

  test('has a track before anything was painted on it, until it is closed', () => {
    const canvas = new CanvasTrack(page.as());
    expect(page.canvas.log).toEqual(['context', 'capture']);
    expect(canvas.track).toBe(page.canvas.track);
    canvas.close();
    expect(page.canvas.track?.readyState).toBe('ended');
  });

  test('shows each frame in its own size, and closes it', () => {
    const canvas = new CanvasTrack(page.as());
    page.canvas.log.length = 0;
    for (const [width, height] of [
      [640, 480],
      [640, 480],
      [640, 360],
    ] as const) {
      canvas.show(frame(width, height).as());
    }
    // A size that is set again, even to the same, clears a canvas.
    expect(page.canvas.log).toEqual(['640 wide', '480 high', 'paint', 'paint', '360 high', 'paint']);
    expect(FakeFrame.made.map(({ closed }) => closed)).toEqual([1, 1, 1]);
  });

  test('that cannot paint closes the frame all the same', () => {
    const canvas = new CanvasTrack(page.as());
    page.canvas.broken = true;
    const shown = frame(640, 480);
    expect(() => canvas.show(shown.as())).toThrow();
    expect(shown.closed).toBe(1);
  });

  test('that cannot be captured has no track', () => {
    page.canvas.track = null;
    const canvas = new CanvasTrack(page.as());
    expect(canvas.track).toBeNull();
    canvas.close();
  });
});
