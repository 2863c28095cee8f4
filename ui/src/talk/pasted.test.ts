// @vitest-environment node
import { expect, test } from 'vitest';
import { arePictures, filesIn, pasted } from './pasted';

const AT = new Date(2026, 10, 27, 18, 30).getTime();
const file = (name: string, type = '') => new File(['x'], name, { type });
const names = (...files: File[]) => pasted(files, AT).map(({ path }) => path);
const clipboard = (types: string[], text = '', files = [file('image.png', 'image/png')]) =>
  ({ types, files, getData: () => text }) as unknown as DataTransfer;

test('a picture without a name is called by its time', () => {
  expect(names(file('image.png', 'image/png'))).toEqual(['picture 2026-11-27 18.30.png']);
  expect(names(file('', 'image/jpeg'))).toEqual(['picture 2026-11-27 18.30.jpg']);
  expect(names(file('', 'image/x-very-odd'))).toEqual(['picture 2026-11-27 18.30.png']);
  expect(names(file('image.png', 'image/png'), file('image.png', 'image/png'))).toEqual([
    'picture 2026-11-27 18.30.png',
    'picture 2026-11-27 18.30 (2).png',
  ]);
});

test('what has a name keeps it', () => {
  expect(names(file('holiday.png', 'image/png'), file('a.txt', 'text/plain'), file('image.png'))).toEqual([
    'holiday.png',
    'a.txt',
    'image.png',
  ]);
  expect(names(file('', ''))).toEqual(['file']);
});

test('pictures are told from files', () => {
  expect(arePictures(pasted([file('a.png', 'image/png')], AT))).toBe(true);
  expect(arePictures(pasted([file('a.png', 'image/png'), file('b')], AT))).toBe(false);
});

test('a picture of a text is not meant when the text is there too', () => {
  expect(filesIn(null)).toEqual([]);
  expect(filesIn(clipboard(['text/plain', 'text/html', 'Files'], 'A cell'))).toEqual([]);
  // A picture copied in a browser, and a file copied where its name is put beside it.
  expect(filesIn(clipboard(['text/html', 'Files']))).toHaveLength(1);
  expect(filesIn(clipboard(['text/plain', 'Files'], 'a.png'))).toHaveLength(1);
  expect(filesIn(clipboard(['text/plain'], 'words', []))).toEqual([]);
});
