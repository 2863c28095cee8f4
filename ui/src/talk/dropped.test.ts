// @vitest-environment node
import { expect, test } from 'vitest';
import { ChosenError } from './chosen';
import { type Dropped, droppedIn, holdsFiles, outlineOf, readDropped } from './dropped';

const PART = 100;

function fileEntry(name: string, readable = true): FileSystemEntry {
  return {
    name,
    isFile: true,
    isDirectory: false,
    file: (found: (file: File) => void, failed: () => void) => (readable ? found(new File(['x'], name)) : failed()),
  } as unknown as FileSystemEntry;
}

/** A folder as a browser gives it: in parts of a hundred, and then an empty one. */
function folderEntry(name: string, inside: readonly FileSystemEntry[], readable = true): FileSystemEntry {
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      let from = 0;
      return {
        readEntries: (found: (entries: FileSystemEntry[]) => void, failed: () => void) => {
          if (!readable) return failed();
          found(inside.slice(from, from + PART));
          from += PART;
        },
      };
    },
  } as unknown as FileSystemEntry;
}

const read = async (dropped: Partial<Dropped>, signal = new AbortController().signal) => {
  const chosen = await readDropped({ entries: [], files: [], ...dropped }, signal);
  return chosen.map(({ path }) => path);
};
const why = (dropped: Partial<Dropped>) =>
  read(dropped).then(
    (paths) => paths,
    (error: unknown) => (error instanceof ChosenError ? error.why : error),
  );

test('a folder is read with all that is in it, to the last part', async () => {
  const many = Array.from({ length: 2 * PART + 1 }, (_, n) => fileEntry(`${n}.jpg`));
  const trip = folderEntry('trip', [fileEntry('a'), folderEntry('empty', []), folderEntry('deep', many)]);
  const paths = await read({ entries: [fileEntry('first'), trip] });
  expect(paths.slice(0, 3)).toEqual(['first', 'trip/a', 'trip/deep/0.jpg']);
  expect(paths.at(-1)).toBe('trip/deep/200.jpg');
  expect(paths).toHaveLength(2 * PART + 3);
});

test('two folders of one name stay two', async () => {
  const entries = [folderEntry('trip', [fileEntry('a')]), folderEntry('trip', [fileEntry('a')])];
  expect(await read({ entries, files: [new File([], 'trip')] })).toEqual(['trip', 'trip (2)/a', 'trip (3)/a']);
});

test('more than can be sent is told before all of it is read', async () => {
  let deep = folderEntry('leaf', [fileEntry('a')]);
  for (let depth = 0; depth < 31; depth++) deep = folderEntry('d', [deep]);
  expect(await why({ entries: [deep] })).toBe('too_much');
  let asked = 0;
  const endless = {
    name: 'endless',
    isFile: false,
    isDirectory: true,
    createReader: () => ({
      readEntries: (found: (entries: FileSystemEntry[]) => void) => {
        asked += 1;
        found(Array.from({ length: 1000 }, (_, n) => fileEntry(`${asked} ${n}`)));
      },
    }),
  } as unknown as FileSystemEntry;
  expect(await why({ entries: [endless] })).toBe('too_much');
  expect(asked).toBe(100);
});

test('a folder that leads back into itself ends', async () => {
  const inside: FileSystemEntry[] = [];
  const ring = folderEntry('ring', inside);
  inside.push(ring);
  expect(await why({ entries: [ring] })).toBe('too_much');
});

test('what cannot be read is told', async () => {
  expect(await why({ entries: [fileEntry('a', false)] })).toBe('unreadable');
  expect(await why({ entries: [folderEntry('a', [], false)] })).toBe('unreadable');
});

test('stops when nobody waits any more', async () => {
  const stop = new AbortController();
  stop.abort();
  expect(await read({ entries: [folderEntry('trip', [fileEntry('a')])] }, stop.signal)).toEqual([]);
});

test('is told in short before it is read', () => {
  const entries = [fileEntry('a'), folderEntry('trip', [])];
  expect(outlineOf({ entries, files: [new File([], 'b')] })).toEqual({
    files: 2,
    folders: 1,
    bytes: 0,
    names: ['a', 'trip', 'b'],
    more: 0,
  });
});

test('a drop is asked for entries first, and for files where there are none', () => {
  const entry = fileEntry('a');
  const [b, c] = [new File([], 'b'), new File([], 'c')];
  const items = [
    { kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => null },
    { kind: 'string', getAsFile: () => null },
    { kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => b },
    { kind: 'file', getAsFile: () => c },
  ];
  expect(droppedIn({ items, files: [] } as unknown as DataTransfer)).toEqual({ entries: [entry], files: [b, c] });
  expect(droppedIn({ items: [], files: [b] } as unknown as DataTransfer)).toEqual({ entries: [], files: [b] });
});

test('words and links are no files', () => {
  expect(holdsFiles(null)).toBe(false);
  expect(holdsFiles({ types: ['text/plain', 'text/uri-list'] } as unknown as DataTransfer)).toBe(false);
  expect(holdsFiles({ types: ['Files'] } as unknown as DataTransfer)).toBe(true);
});
