/** Pictures that were offered, as people and screen readers find them. */

import { fireEvent, screen, within } from '@testing-library/preact';
import { expect, test } from 'vitest';
import { sampleFiles, sampleParcel } from '../node/samples';
import type { FilesEntry } from '../talk/transfer';
import type { Ask, PictureSize } from '../wire.gen';
import { ADA, drawn, inSight, opened } from './testPage';

const MESSAGE = '0'.repeat(31).concat('1');
const SIZE: PictureSize = { width: 480, height: 320 };

/** The page with one offer in Ada's conversation, which has come, unless told otherwise. */
async function offered(change: Partial<FilesEntry> = {}, mine = false) {
  const it = await opened([sampleFiles(1, mine ? 1 : null, { stage: { is: 'received' }, ...change })]);
  const row = within(screen.getByRole('log', { name: 'Messages' })).getByRole('listitem');
  const asked = (): Ask[] => it.asks().filter(({ ask }) => ask === 'thumbnail');
  const answer = (jpeg: string | null) => it.say({ news: 'thumbnail', peer: ADA.peer, message: MESSAGE, mine, jpeg });
  const box = () => row.querySelector<HTMLElement>('.thumbnail');
  return { ...it, row, asked, answer, box };
}

const question = (mine: boolean): Ask => ({ ask: 'thumbnail', peer: ADA.peer, message: MESSAGE, mine });

test('are asked for when they come in sight, in a box that has their shape before', async () => {
  const { row, asked, answer, box } = await offered({ thumbnail: SIZE });
  expect(asked()).toEqual([]);
  await inSight(true);
  await inSight(true);
  expect(asked()).toEqual([question(false)]);
  const before = box();
  const shape = before?.getAttribute('style');
  expect(before?.style.width).toBe('240px');
  expect(before?.style.aspectRatio).toBe('480 / 320');
  expect(within(row).queryByRole('img')).toBeNull();
  await answer('/9j/4AAQ');
  const picture = within(row).getByRole('img', { name: 'Preview of film.mp4' });
  expect(picture.getAttribute('src')).toBe('data:image/jpeg;base64,/9j/4AAQ');
  expect(box()).toBe(before);
  expect(before?.getAttribute('style')).toBe(shape);
});

test.each<[string, PictureSize, string]>([
  ['high', { width: 160, height: 480 }, '80px'],
  ['small', { width: 16, height: 16 }, '16px'],
])('are never too large, nor larger than they are: %s', async (_, thumbnail, width) => {
  const { box } = await offered({ thumbnail });
  expect(box()?.style.width).toBe(width);
});

test('are shown of my own offer too', async () => {
  const { row, asked, answer } = await offered({ stage: { is: 'offered' }, thumbnail: SIZE }, true);
  await inSight(true);
  expect(asked()).toEqual([question(true)]);
  await answer('QUJD');
  expect(within(row).getByRole('img', { name: 'Preview of film.mp4' })).toBeTruthy();
});

test('have one name together', async () => {
  const parcel = sampleParcel({ files: 3, names: ['a.jpg', 'b.jpg', 'c.jpg'] });
  const { row, answer } = await offered({ parcel, thumbnail: SIZE });
  await answer('QUJD');
  expect(within(row).getByRole('img', { name: 'Preview of a.jpg and 2 more' })).toBeTruthy();
});

test('are neither asked for nor shown where there are none', async () => {
  const { asked, box } = await offered();
  await inSight(true);
  expect(box()).toBeNull();
  expect(asked()).toEqual([]);
});

test.each([null, 'not base64'])('are not shown when there are none any more: %s', async (jpeg) => {
  const { row, answer, box } = await offered({ thumbnail: SIZE });
  await answer(jpeg);
  expect(box()).toBeNull();
  expect(within(row).getByText('film.mp4')).toBeTruthy();
});

test('that cannot be shown trouble nobody', async () => {
  const { row, answer, box } = await offered({ thumbnail: SIZE });
  await answer('QUJD');
  fireEvent.error(within(row).getByRole('img'));
  await drawn();
  expect(box()).toBeNull();
  expect(screen.queryByRole('alert')).toBeNull();
});

test('are shown as soon as the node has looked at what came', async () => {
  const { say, asked, box } = await offered();
  const entry = sampleFiles(1, null, { stage: { is: 'received' }, thumbnail: SIZE });
  await say({ news: 'entry', peer: ADA.peer, entry });
  await inSight(true);
  expect(asked()).toEqual([question(false)]);
  expect(box()).toBeTruthy();
});
