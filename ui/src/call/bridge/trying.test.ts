import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeChunk, FakeDecoder, FakeEncoder, FakeFrame, FakeGenerator, FakeProcessor, freshMedia } from './fakes';
import { tryCodecs } from './trying';

beforeEach(() => {
  freshMedia();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const PICTURE = { type: 'key', timestamp: 0, data: new Uint8Array([1, 2, 3]) };

/** Encoders and decoders that answer when they are asked to end, as WebKitGTK's do. */
class Encoder extends FakeEncoder {
  answer: () => void = () => this.init.output(new FakeChunk(PICTURE));
  async flush(): Promise<void> {
    if (this.state === 'closed') throw new DOMException('', 'AbortError');
    this.answer();
  }
}

class Decoder extends FakeDecoder {
  static width = 64;
  async flush(): Promise<void> {
    const frame = new FakeFrame({});
    Object.assign(frame, { codedWidth: Decoder.width });
    this.init.output(frame);
  }
}

class Silent extends Encoder {
  override answer = () => undefined;
}

class Breaking extends Encoder {
  override answer = () => this.breaks();
}

class Deaf extends FakeDecoder {
  async flush(): Promise<void> {
    throw new DOMException('', 'AbortError');
  }
}

class Blind extends FakeDecoder {
  async flush(): Promise<void> {
    this.breaks();
  }
}

const CODECS = {
  VideoEncoder: Encoder,
  VideoDecoder: Decoder,
  VideoFrame: FakeFrame,
  EncodedVideoChunk: FakeChunk,
};
const BREAKOUT = { MediaStreamTrackProcessor: FakeProcessor, VideoTrackGenerator: FakeGenerator };

async function tried(change: object = {}) {
  const scope = { ...CODECS, ...BREAKOUT, ...change } as unknown as typeof globalThis;
  const trying = tryCodecs(scope);
  await vi.advanceTimersByTimeAsync(5000);
  return trying;
}

test('one picture goes through both, and all is closed after it', async () => {
  expect(await tried()).toEqual({ can: 'tracks' });
  expect(FakeEncoder.newest()).toMatchObject({ state: 'closed', keys: [true] });
  expect(FakeEncoder.newest().configured).toMatchObject([{ codec: 'vp8', width: 64, height: 64 }]);
  expect(FakeDecoder.newest()).toMatchObject({ state: 'closed' });
  expect(FakeDecoder.newest().chunks).toMatchObject([PICTURE]);
  expect(FakeFrame.made.map(({ closed }) => closed)).toEqual([1, 1]);
});

test('it waits no longer than it has to', async () => {
  const trying = tryCodecs({ ...CODECS } as unknown as typeof globalThis);
  await vi.advanceTimersByTimeAsync(0);
  expect(await trying).toEqual({ can: 'frames' });
});

test.each(['MediaStreamTrackProcessor', 'VideoTrackGenerator'])(
  'without %s frames come from elements',
  async (name) => {
    expect(await tried({ [name]: undefined })).toEqual({ can: 'frames' });
  },
);

test.each(['VideoEncoder', 'VideoDecoder', 'VideoFrame'])('without %s there are no codecs for pages', async (name) => {
  expect(await tried({ [name]: undefined })).toEqual({ missing: 'webcodecs' });
  expect(FakeEncoder.made).toEqual([]);
});

describe('VP8 is missing when', () => {
  const MISSING = { missing: 'vp8' };

  test.each([
    ['the encoder says nothing', { VideoEncoder: Silent }],
    ['the encoder breaks', { VideoEncoder: Breaking }],
    ['the decoder says nothing', { VideoDecoder: Deaf }],
    ['the decoder breaks', { VideoDecoder: Blind }],
    ['there is nothing to put into a decoder', { EncodedVideoChunk: undefined }],
  ])('%s', async (_, change) => {
    expect(await tried(change)).toEqual(MISSING);
  });

  test.each(['make', 'configure', 'code'] as const)('to %s fails', async (step) => {
    FakeEncoder.fails = step;
    expect(await tried()).toEqual(MISSING);
    FakeEncoder.fails = null;
    FakeDecoder.fails = step;
    expect(await tried()).toEqual(MISSING);
  });

  test('no picture can be made', async () => {
    FakeFrame.refused = true;
    expect(await tried()).toEqual(MISSING);
  });

  test('what comes out is smaller than what went in', async () => {
    Decoder.width = 63;
    expect(await tried()).toEqual(MISSING);
    Decoder.width = 64;
  });
});

test('what answers too late is not believed', async () => {
  const late = class extends Encoder {
    override answer = () => void setTimeout(() => this.init.output(new FakeChunk(PICTURE)), 5001);
  };
  expect(await tried({ VideoEncoder: late })).toEqual({ missing: 'vp8' });
});
