/** What is offered, in short: how much it is, what it is called, and of what kind. */

import type { Parcel } from '../wire.gen';
import type { Chosen } from './chosen';

export type ParcelKind = 'file' | 'files' | 'folder' | 'picture' | 'film' | 'sound' | 'archive' | 'document';

/** As many names as the node tells. */
const NAMES_TOLD = 5;

const ENDINGS: ReadonlyArray<readonly [ParcelKind, ReadonlySet<string>]> = [
  ['picture', new Set('avif bmp gif heic heif ico jpeg jpg jxl png raw svg tif tiff webp'.split(' '))],
  ['film', new Set('avi m2ts m4v mkv mov mp4 mpeg mpg ogv ts webm wmv'.split(' '))],
  ['sound', new Set('aac aif aiff flac m4a mid mp3 oga ogg opus wav wma'.split(' '))],
  ['archive', new Set('7z bz2 deb dmg gz iso jar lz4 rar rpm tar tgz xz zip zst'.split(' '))],
  ['document', new Set('csv doc docx epub htm html md odp ods odt pdf pages ppt pptx rtf tex txt xls xlsx'.split(' '))],
];

export function parcelOf(chosen: readonly Chosen[]): Parcel {
  const outermost = new Set<string>();
  const folders = new Set<string>();
  let bytes = 0;
  for (const { path, content } of chosen) {
    bytes += content.size;
    outermost.add(path.split('/', 1)[0] ?? path);
    // A folder that is known has its folders known.
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return parcelNamed([...outermost], { files: chosen.length, folders: folders.size, bytes });
}

/** The outermost names, as far as they are told. */
export function parcelNamed(outermost: readonly string[], size: Pick<Parcel, 'files' | 'folders' | 'bytes'>): Parcel {
  const names = outermost.slice(0, NAMES_TOLD).map(plain);
  return { ...size, names, more: outermost.length - names.length };
}

/** How many files and folders stand outermost. */
export function outermostOf({ names, more }: Parcel): number {
  return names.length + more;
}

export function kindOf(parcel: Parcel): ParcelKind {
  if (outermostOf(parcel) > 1) return 'files';
  if (parcel.folders > 0) return 'folder';
  const ending = /\.([^.]+)$/.exec(parcel.names[0] ?? '')?.[1]?.toLowerCase() ?? '';
  return ENDINGS.find(([, endings]) => endings.has(ending))?.[0] ?? 'file';
}

/**
 * A name as it is shown, without what the node leaves out of names too: signs that nobody sees, and those that turn the
 * direction of what follows, with which `exe.jpg` passes for `gpj.exe`.
 */
export function plain(name: string): string {
  return name.replace(UNSHOWABLE, '');
}

const UNSHOWABLE =
  /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
