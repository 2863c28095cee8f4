/** What files are, as icons: by kind, as far as their names tell. */

import type { ComponentChildren } from 'preact';
import type { ParcelKind } from '../talk/parcel';
import { icon } from './icons';

const page = (
  <path d="M13.25 3H7.5a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V8.25Zm0 0v3.75a1.5 1.5 0 0 0 1.5 1.5h3.75" />
);
const FileIcon = icon(page);
const FilesIcon = icon(
  <>
    <path d="M14.25 3H10a2 2 0 0 0-2 2v10.5a2 2 0 0 0 2 2h7.5a2 2 0 0 0 2-2V8.25Zm0 0v3.75a1.5 1.5 0 0 0 1.5 1.5h3.75" />
    <path d="M4.5 7.5V19a2 2 0 0 0 2 2h8.75" />
  </>,
);
const FolderIcon = icon(
  <path d="M3 17.75V6.5a2 2 0 0 1 2-2h3.9a2 2 0 0 1 1.5.7l1.2 1.4h7.4a2 2 0 0 1 2 2v9.15a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2Z" />,
);
const PictureIcon = icon(
  <>
    <rect x="3" y="4.5" width="18" height="15" rx="2.4" />
    <circle cx="8.4" cy="9.6" r="1.5" />
    <path d="m3.5 17.5 4.6-4.2a1.4 1.4 0 0 1 1.9 0l3 2.8 2.7-2.5a1.4 1.4 0 0 1 1.9 0l3 2.8" />
  </>,
);
const FilmIcon = icon(
  <>
    <rect x="3" y="4.5" width="18" height="15" rx="2.4" />
    <path d="m10.2 9 4.9 3-4.9 3Z" />
  </>,
);
const SoundIcon = icon(
  <>
    <path d="M9.5 17.5V6.2a1 1 0 0 1 .8-1L18 3.7a.8.8 0 0 1 1 .8v11.2" />
    <circle cx="7" cy="17.5" r="2.5" />
    <circle cx="16.5" cy="15.7" r="2.5" />
  </>,
);
const ArchiveIcon = icon(
  <>
    <rect x="3" y="4" width="18" height="4.75" rx="1.4" />
    <path d="M4.75 8.75V18a2 2 0 0 0 2 2h10.5a2 2 0 0 0 2-2V8.75M10 12.5h4" />
  </>,
);
const DocumentIcon = icon(
  <>
    {page}
    <path d="M8.75 12.5h6.5M8.75 16h4.5" />
  </>,
);

export const FILE_ICONS: Record<ParcelKind, ComponentChildren> = {
  file: <FileIcon size={22} />,
  files: <FilesIcon size={22} />,
  folder: <FolderIcon size={22} />,
  picture: <PictureIcon size={22} />,
  film: <FilmIcon size={22} />,
  sound: <SoundIcon size={22} />,
  archive: <ArchiveIcon size={22} />,
  document: <DocumentIcon size={22} />,
};
