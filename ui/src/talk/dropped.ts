/** What was dropped onto the page, or lies in a folder that was: read one after the other, and never without end. */

import type { Parcel } from '../wire.gen';
import { type Chosen, ChosenError, free, MOST_DEPTH, MOST_ITEMS } from './chosen';
import { parcelNamed } from './parcel';

/** What lies outermost. */
export interface Dropped {
  readonly entries: readonly FileSystemEntry[];
  /** Where a browser knows no entries. */
  readonly files: readonly File[];
}

/** Whether files are being dragged, and not words or a link. */
export function holdsFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

/** What a drop holds. It is asked while the drop is being heard: afterwards a browser gives nothing away. */
export function droppedIn(transfer: DataTransfer): Dropped {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const entries: FileSystemEntry[] = [];
  const files: File[] = [];
  for (const item of items) {
    const entry = item.webkitGetAsEntry?.() ?? null;
    const file = entry === null ? item.getAsFile() : null;
    if (entry !== null) entries.push(entry);
    else if (file !== null) files.push(file);
  }
  return items.length === 0 ? { entries, files: [...transfer.files] } : { entries, files };
}

/** What is known of it before folders are read. */
export function outlineOf({ entries, files }: Dropped): Parcel {
  const folders = entries.filter(isFolder).length;
  const names = [...entries, ...files].map(({ name }) => name);
  return parcelNamed(names, { files: names.length - folders, folders, bytes: 0 });
}

/** Every file in it, by its path. Rejects with a `ChosenError`. Folders without files are not among them. */
export async function readDropped({ entries, files }: Dropped, signal: AbortSignal): Promise<readonly Chosen[]> {
  const taken = new Set<string>();
  const chosen: Chosen[] = files.map((file) => ({ path: free(file.name, taken), content: file }));
  // Two of one name may come from two folders.
  const ahead = entries.map((entry) => ({ entry, path: free(entry.name, taken) })).reverse();
  let items = files.length + ahead.length;
  for (let next = ahead.pop(); next !== undefined && !signal.aborted; next = ahead.pop()) {
    const { entry, path } = next;
    if (items > MOST_ITEMS || path.split('/').length > MOST_DEPTH) throw new ChosenError('too_much');
    if (isFolder(entry)) {
      const inside = await within(entry, MOST_ITEMS - items);
      items += inside.length;
      for (const each of inside.reverse()) ahead.push({ entry: each, path: `${path}/${each.name}` });
    } else if (isFile(entry)) {
      chosen.push({ path, content: await fileOf(entry) });
    }
  }
  return chosen;
}

/** What lies in a folder. It is told in parts, of which the last is empty. */
async function within(folder: FileSystemDirectoryEntry, most: number): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, () => reject(new ChosenError('unreadable')));
    });
    if (part.length === 0) return all;
    all.push(...part);
    if (all.length > most) throw new ChosenError('too_much');
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, () => reject(new ChosenError('unreadable'))));
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
