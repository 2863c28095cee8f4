// @vitest-environment node
import { expect, test } from 'vitest';
import { type Chosen, distinct, picked } from './chosen';
import { kindOf, outermostOf, parcelOf, plain } from './parcel';

const content = new Blob(['1234']);
const chosen = (...paths: string[]): Chosen[] => paths.map((path) => ({ path, content }));
const paths = (files: readonly Chosen[]) => files.map(({ path }) => path);

test('two files of one name are two', () => {
  expect(paths(distinct(chosen('a.txt', 'a.txt', 'A.TXT', 'a (2).txt')))).toEqual([
    'a.txt',
    'a (2).txt',
    'A (3).TXT',
    'a (2) (2).txt',
  ]);
  expect(paths(distinct(chosen('x/.env', 'x/.env', 'y/.env', 'v1.2/a', 'v1.2/a')))).toEqual([
    'x/.env',
    'x/.env (2)',
    'y/.env',
    'v1.2/a',
    'v1.2/a (2)',
  ]);
  // One letter in two spellings.
  expect(paths(distinct(chosen('\u00e9', 'e\u0301')))).toEqual(['\u00e9', 'e\u0301 (2)']);
});

test('a folder that was picked keeps its paths', () => {
  const [plain, inside] = [new File([], 'a.txt'), new File([], 'b.txt')];
  Object.defineProperty(plain, 'webkitRelativePath', { value: '' });
  Object.defineProperty(inside, 'webkitRelativePath', { value: 'trip/sub/b.txt' });
  expect(paths(picked([plain, inside]))).toEqual(['a.txt', 'trip/sub/b.txt']);
});

test('what is chosen is told in short', () => {
  expect(parcelOf(chosen('a.txt'))).toEqual({ files: 1, folders: 0, bytes: 4, names: ['a.txt'], more: 0 });
  expect(parcelOf(chosen('trip/a', 'trip/x/b', 'trip/x/y/c', 'trip/z/d'))).toEqual({
    files: 4,
    folders: 4,
    bytes: 16,
    names: ['trip'],
    more: 0,
  });
  const many = parcelOf(chosen('1', '2', '3', '4', '5', '6', 'trip/7'));
  expect(many).toMatchObject({ files: 7, folders: 1, names: ['1', '2', '3', '4', '5'], more: 2 });
  expect(outermostOf(many)).toBe(7);
});

test.each([
  ['film.MP4', 'film'],
  ['photo.jpeg', 'picture'],
  ['song.flac', 'sound'],
  ['all.tar.gz', 'archive'],
  ['plan.pdf', 'document'],
  ['program', 'file'],
  ['.zip.', 'file'],
  ['mp4', 'file'],
])('%s is a %s', (name, kind) => {
  expect(kindOf(parcelOf(chosen(name)))).toBe(kind);
});

test('a folder is a folder whatever it is called, and several are several', () => {
  expect(kindOf(parcelOf(chosen('my.zip/a')))).toBe('folder');
  expect(kindOf(parcelOf(chosen('a.jpg', 'b.jpg')))).toBe('files');
});

test('no name turns around, hides something or breaks a line, and emoji stay whole', () => {
  expect(plain('photo\u202egpj.exe')).toBe('photogpj.exe');
  expect(plain('a\u2066b\u200f\u0000c\n\u2028d\ufeff')).toBe('abcd');
  expect(plain('👨‍👩‍👧 नमस्ते.txt')).toBe('👨‍👩‍👧 नमस्ते.txt');
});
