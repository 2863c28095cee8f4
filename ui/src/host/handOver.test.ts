import { beforeEach, describe, expect, test } from 'vitest';
import { BrowserHost } from './browser';
import { HandOverError } from './handOver';
import { inPieces } from './pieces';

const MESSAGE = '0a'.repeat(16);

/** A request that a test answers. */
class FakeRequest {
  static made: FakeRequest[] = [];
  readonly headers: Record<string, string> = {};
  readonly upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
  opened: string[] = [];
  sent: unknown = null;
  aborted = false;
  status = 0;
  onloadend: (() => void) | null = null;

  constructor() {
    FakeRequest.made.push(this);
  }
  open(...what: string[]): void {
    this.opened = what;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(body: unknown): void {
    this.sent = body;
  }
  abort(): void {
    this.aborted = true;
    this.answers(0);
  }

  answers(status: number): void {
    this.status = status;
    this.onloadend?.();
  }
}

/** A file that went away since it was chosen. */
function gone(size = 3): Blob {
  const content = Object.defineProperty(new Blob(), 'size', { value: size });
  content.slice = () => content;
  content.arrayBuffer = () => Promise.reject(new DOMException('', 'NotReadableError'));
  return content;
}

const why = (promise: Promise<void>) =>
  promise.then(
    () => 'taken',
    (error: unknown) => (error instanceof HandOverError ? error.why : error),
  );

beforeEach(() => {
  FakeRequest.made = [];
  sessionStorage.clear();
  history.replaceState(null, '', '/#t=secret');
});

describe('in a browser', () => {
  const host = () => new BrowserHost(window, WebSocket, FakeRequest as unknown as typeof XMLHttpRequest);
  const request = () => {
    const [made] = FakeRequest.made;
    if (made === undefined) throw new Error('nothing was asked');
    return made;
  };

  test('a file goes to the node under its path, with the token', async () => {
    const content = new Blob(['hello']);
    const heard: number[] = [];
    const handed = host().handOver(MESSAGE, 'trip/1 & 2?#ä.jpg', content, { onBytes: (bytes) => heard.push(bytes) });
    expect(request().opened).toEqual(['POST', `/files/${MESSAGE}?path=trip%2F1%20%26%202%3F%23%C3%A4.jpg`]);
    expect(request().headers).toEqual({ Authorization: 'Bearer secret' });
    expect(request().sent).toBe(content);
    request().upload.onprogress?.({ loaded: 3 });
    request().answers(204);
    expect(await why(handed)).toBe('taken');
    expect(heard).toEqual([3]);
  });

  test.each([
    [507, 'disk_full'],
    [409, 'failed'],
    [401, 'failed'],
    [200, 'failed'],
    [0, 'failed'],
  ])('the answer %d is %s', async (status, reason) => {
    const handed = host().handOver(MESSAGE, 'a', new Blob(['a']));
    request().answers(status);
    expect(await why(handed)).toBe(reason);
  });

  test('a file that went away meanwhile is told from a node that did', async () => {
    const handed = host().handOver(MESSAGE, 'a', gone());
    request().answers(0);
    expect(await why(handed)).toBe('unreadable');
  });

  test('can be stopped', async () => {
    const stop = new AbortController();
    const handed = host().handOver(MESSAGE, 'a', new Blob(['a']), { signal: stop.signal });
    stop.abort();
    expect(request().aborted).toBe(true);
    expect(await why(handed)).toBe('failed');
    expect(await why(host().handOver(MESSAGE, 'b', new Blob(['b']), { signal: stop.signal }))).toBe('failed');
    expect(FakeRequest.made).toHaveLength(1);
  });

  test('without a token nothing is asked', async () => {
    history.replaceState(null, '', '/');
    expect(await why(host().handOver(MESSAGE, 'a', new Blob(['a'])))).toBe('failed');
    expect(FakeRequest.made).toHaveLength(0);
  });

  test('a name with half a letter can still be sent', async () => {
    void host().handOver(MESSAGE, 'a\ud800.txt', new Blob(['a']));
    expect(request().opened[1]).toContain('path=a%EF%BF%BD.txt');
  });
});

describe('in pieces', () => {
  const put = async (content: Blob, watch = {}) => {
    const pieces: [number, number][] = [];
    await inPieces(content, async (piece, offset) => void pieces.push([offset, piece.length]), watch);
    return pieces;
  };
  const MIB = 1024 * 1024;

  test('a large file is one piece after the other, and an empty one is one empty piece', async () => {
    const heard: number[] = [];
    const content = new Blob([new Uint8Array(2 * MIB + 5)]);
    expect(await put(content, { onBytes: (bytes: number) => heard.push(bytes) })).toEqual([
      [0, MIB],
      [MIB, MIB],
      [2 * MIB, 5],
    ]);
    expect(heard).toEqual([MIB, 2 * MIB, 2 * MIB + 5]);
    expect(await put(new Blob([new Uint8Array(MIB)]))).toEqual([[0, MIB]]);
    expect(await put(new Blob())).toEqual([[0, 0]]);
  });

  test('the bytes are those of the file', async () => {
    const bytes: number[] = [];
    await inPieces(new Blob(['abc']), async (piece) => void bytes.push(...piece));
    expect(bytes).toEqual([97, 98, 99]);
  });

  test('a file that went away or became shorter is not readable', async () => {
    expect(await why(put(gone()).then(() => undefined))).toBe('unreadable');
    const shorter = Object.defineProperty(new Blob(['ab']), 'size', { value: 10 });
    expect(await why(put(shorter).then(() => undefined))).toBe('unreadable');
  });

  test('what is stopped, or not taken, has no next piece', async () => {
    const stop = new AbortController();
    const content = new Blob([new Uint8Array(3 * MIB)]);
    let pieces = 0;
    const stopped = inPieces(
      content,
      async () => {
        pieces += 1;
        stop.abort();
      },
      { signal: stop.signal },
    );
    expect(await why(stopped)).toBe('failed');
    expect(pieces).toBe(1);
    const refused = inPieces(content, async () => {
      pieces += 1;
      throw new HandOverError('disk_full');
    });
    expect(await why(refused)).toBe('disk_full');
    expect(pieces).toBe(2);
  });
});
