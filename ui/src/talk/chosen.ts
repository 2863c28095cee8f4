/** What somebody chose to send: files, each with the path it is to have at the other end. */

export interface Chosen {
  /** Names joined by `/`, the outermost first. */
  readonly path: string;
  readonly content: Blob;
}

/** The node takes no more files and folders at once. */
export const MOST_ITEMS = 100_000;
/** The node takes no more names in a path. */
export const MOST_DEPTH = 32;

/** Why what was chosen cannot be sent. */
export class ChosenError extends Error {
  readonly why: 'unreadable' | 'too_much';

  constructor(why: 'unreadable' | 'too_much') {
    super(`what was chosen cannot be sent: ${why}`);
    this.why = why;
  }
}

/** What was picked in the system's own dialog; a folder's files have their paths in it. */
export function picked(files: Iterable<File>): readonly Chosen[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, content: file }));
}

/** No two have one path: the later is called `a (2).txt`. */
export function distinct(files: readonly Chosen[]): readonly Chosen[] {
  const taken = new Set<string>();
  return files.map((file) => ({ ...file, path: free(file.path, taken) }));
}

/** The nearest path that is not taken yet. Some disks tell two names in capitals and in small letters apart, some do not. */
export function free(path: string, taken: Set<string>): string {
  const folded = (text: string) => text.normalize('NFC').toLowerCase();
  let nearest = path;
  for (let count = 2; taken.has(folded(nearest)); count++) nearest = another(path, count);
  taken.add(folded(nearest));
  return nearest;
}

function another(path: string, count: number): string {
  const [, stem = path, end = ''] = /^(.*[^/.])(\.[^/.]{1,10})$/s.exec(path) ?? [];
  return `${stem} (${count})${end}`;
}
