/** What was pasted where one writes. */

import { type Chosen, distinct } from './chosen';

/** What a browser calls a picture that has no name of its own. */
const NAMELESS = /^image\.\w+$/i;
const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'image/x-icon': 'ico',
};

/**
 * The files in a clipboard that are to be sent. A text program puts a picture of the text beside it: there the words are
 * meant.
 */
export function filesIn(clipboard: Pick<DataTransfer, 'files' | 'types' | 'getData'> | null): readonly File[] {
  if (clipboard === null) return [];
  const words = clipboard.types.includes('text/html') && clipboard.getData('text/plain').trim() !== '';
  return words ? [] : [...clipboard.files];
}

/** What was pasted, each with a name; `at` is the time, in milliseconds since 1970. */
export function pasted(files: readonly File[], at: number): readonly Chosen[] {
  return distinct(files.map((file) => ({ path: nameOf(file, at), content: file })));
}

export function arePictures(files: readonly Chosen[]): boolean {
  return files.every(({ content }) => isPicture(content));
}

function isPicture({ type }: Blob): boolean {
  return type.startsWith('image/');
}

function nameOf(file: File, at: number): string {
  if (!isPicture(file) || (file.name !== '' && !NAMELESS.test(file.name))) return file.name || 'file';
  const ending = ENDINGS[file.type] ?? (/^image\/(\w{1,5})$/.exec(file.type)?.[1] || 'png');
  return `picture ${stamp(new Date(at))}.${ending}`;
}

function stamp(time: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}.${two(time.getMinutes())}`;
}
