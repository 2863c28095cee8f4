/** Files that were offered, as people and screen readers find them. */

import { fireEvent, screen, within } from '@testing-library/preact';
import { describe, expect, test } from 'vitest';
import { sampleFiles, sampleGoing, sampleMe, sampleParcel, samplePeer, sampleTalk } from '../node/samples';
import type { Ask, Entry, Going, Stage } from '../wire.gen';
import { ADA, button, drawn, field, opened, page } from './testPage';

const ACCEPTED: Stage = { is: 'accepted', paused: false };
const AWAY = samplePeer('Ada', { presence: 'offline' });
const MESSAGE = '0'.repeat(31).concat('1');

/** The page with one offer in Ada's conversation. */
async function offered(stage: Stage, { mine = false, going, ada, ...change }: OfferedParts = {}) {
  const entry = sampleFiles(1, mine ? 1 : null, { stage, ...change });
  const it = await opened([entry], {}, ada);
  if (going !== undefined) await it.say({ news: 'going', going: sampleGoing('Ada', 1, { mine, going }) });
  const log = within(screen.getByRole('log', { name: 'Messages' }));
  const row = log.getByRole('listitem');
  const buttons = () =>
    within(row)
      .queryAllByRole('button')
      .map((each) => each.getAttribute('aria-label'));
  return { ...it, entry, row, buttons };
}

interface OfferedParts {
  readonly mine?: boolean;
  readonly going?: Going;
  readonly ada?: typeof ADA;
  readonly place?: string;
  readonly parcel?: Extract<Entry['what'], { is: 'files' }>['parcel'];
}

const wishes = (asks: readonly Ask[]) => asks.flatMap((ask) => (ask.ask === 'files' ? [ask.wish] : []));
const MOVING: Going = { is: 'moving', bytes: 1_156_000, rate: 12_000_000, left_ms: 120_000 };

describe('an offer says how it stands, and what can be done', () => {
  test.each<[string, Stage, OfferedParts, string | RegExp, string[]]>([
    ['to me', { is: 'offered' }, {}, 'Ada wants to send you this', ['Accept film.mp4', 'Decline film.mp4']],
    ['by me', { is: 'offered' }, { mine: true }, 'Waiting for Ada to accept', ['Cancel film.mp4']],
    [
      'by me, away',
      { is: 'offered' },
      { mine: true, ada: AWAY },
      'Waiting until Ada is here again',
      ['Cancel film.mp4'],
    ],
    ['waiting', ACCEPTED, {}, 'Waiting for its turn', ['Pause film.mp4', 'Cancel film.mp4']],
    [
      'waiting, away',
      ACCEPTED,
      { ada: AWAY },
      'Waiting until Ada is here again',
      ['Pause film.mp4', 'Cancel film.mp4'],
    ],
    [
      'checking',
      ACCEPTED,
      { going: { is: 'checking' } },
      'Checking what is here already',
      ['Pause film.mp4', 'Cancel film.mp4'],
    ],
    ['paused', { is: 'accepted', paused: true }, {}, 'Paused', ['Resume film.mp4', 'Cancel film.mp4']],
    ['halted there', ACCEPTED, { going: { is: 'halted_there' } }, 'Paused by Ada', ['Cancel film.mp4']],
    [
      'stuck',
      ACCEPTED,
      { going: { is: 'stuck', trouble: { trouble: 'no_room', missing: 2_000_000 } } },
      'Your disk is full: 2 MB more are needed. Make some room, then try again.',
      ['Try again film.mp4', 'Cancel film.mp4'],
    ],
    ['stuck there', ACCEPTED, { going: { is: 'stuck_there' } }, "Cannot go on at Ada's end", ['Cancel film.mp4']],
    ['received by them', { is: 'received' }, { mine: true }, 'Received', []],
    ['declined by me', { is: 'declined' }, {}, 'You declined', []],
    ['declined by them', { is: 'declined' }, { mine: true }, 'Ada declined', []],
    ['cancelled by me', { is: 'cancelled', by_me: true }, {}, 'You cancelled this', []],
    ['cancelled by them', { is: 'cancelled', by_me: false }, {}, 'Cancelled by Ada', []],
  ])('%s', async (_, stage, parts, words, names) => {
    const { row, buttons } = await offered(stage, parts);
    expect(within(row).getByText(words)).toBeTruthy();
    expect(within(row).getByText('film.mp4').tagName).toBe('BDI');
    expect(within(row).getByText('3.4 MB')).toBeTruthy();
    expect(buttons()).toEqual(names);
  });

  test('what I received says where it lies', async () => {
    const { row } = await offered({ is: 'received' }, { place: '/home/robin/film (2).mp4' });
    expect(within(row).getByText('Received')).toBeTruthy();
    expect(within(row).getByText('/home/robin/film (2).mp4').tagName).toBe('CODE');
  });

  test('several are told with their first names and how many more', async () => {
    const names = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg'];
    const { row, buttons } = await offered({ is: 'offered' }, { parcel: sampleParcel({ files: 7, names, more: 2 }) });
    expect(within(row).getByText('and 4 more')).toBeTruthy();
    expect(within(row).getByText('7 files, 3.4 MB')).toBeTruthy();
    expect(buttons()).toEqual(['Accept a.jpg and 6 more', 'Decline a.jpg and 6 more']);
  });

  test('names are text, never markup, and turn nothing around', async () => {
    const names = ['<img src=x onerror=alert(1)>', 'photo\u202egpj.exe'];
    const { container, row } = await offered({ is: 'offered' }, { parcel: sampleParcel({ files: 2, names }) });
    expect(within(row).getByText('<img src=x onerror=alert(1)>').tagName).toBe('BDI');
    expect(within(row).getByText('photogpj.exe').tagName).toBe('BDI');
    expect(container.querySelector('img')).toBeNull();
    expect(container.textContent).not.toContain('\u202e');
  });

  test('is neither answered nor changed like words', async () => {
    await offered({ is: 'received' }, { mine: true });
    for (const name of ['Reply', 'Edit', 'Delete for both']) {
      expect(screen.queryByRole('button', { name })).toBeNull();
    }
  });
});

describe('files on their way', () => {
  const bar = () => screen.getByRole('progressbar', { name: 'Progress of film.mp4' });

  test.each([true, false])('say how much has come, how fast, and how long it takes; mine: %s', async (mine) => {
    const { row } = await offered(ACCEPTED, { mine, going: MOVING });
    expect(bar().getAttribute('aria-valuenow')).toBe('34');
    expect(bar().getAttribute('aria-valuetext')).toBe('34 %, 12 MB/s, 2 min left');
    const numbers = within(row).getByText(/34 %/).parentElement;
    expect(numbers?.textContent).toBe('34 % · 12 MB/s2 min left');
    // Each step read out would drown everything else.
    expect(numbers?.getAttribute('aria-live')).toBe('off');
  });

  test('say nothing that nobody knows', async () => {
    const { say } = await offered(ACCEPTED, { going: { is: 'moving', bytes: 0, rate: 0, left_ms: null } });
    expect(bar().getAttribute('aria-valuetext')).toBe('0 %');
    const accepted = sampleFiles(1, null, { stage: { is: 'accepted', paused: true } });
    await say({ news: 'entry', peer: ADA.peer, entry: accepted });
    expect(bar().getAttribute('aria-valuenow')).toBe('0');
  });

  test('before anything moved have no number', async () => {
    await offered(ACCEPTED, { going: { is: 'checking' } });
    expect(bar().hasAttribute('aria-valuenow')).toBe(false);
  });

  test('that rest still show how much has come', async () => {
    const { say } = await offered(ACCEPTED, { going: MOVING });
    await say({ news: 'going', going: sampleGoing('Ada', 1, { going: { is: 'halted_there' } }) });
    expect(bar().getAttribute('aria-valuenow')).toBe('34');
    expect(bar().getAttribute('aria-valuetext')).toBe('Paused by Ada, 34 %');
  });
});

describe('what is done about an offer', () => {
  test('is asked of the node, and the keyboard is where one writes', async () => {
    const { asks } = await offered({ is: 'offered' });
    button('Accept film.mp4').focus();
    fireEvent.click(button('Accept film.mp4'));
    expect(asks().at(-1)).toEqual({ ask: 'files', peer: ADA.peer, message: MESSAGE, mine: false, wish: 'accept' });
    expect(document.activeElement).toBe(field());
    fireEvent.click(button('Decline film.mp4'));
    expect(wishes(asks())).toEqual(['accept', 'decline']);
  });

  test('to halt and to go on is one button, which keeps the keyboard', async () => {
    const { asks, say, entry } = await offered(ACCEPTED);
    const halt = button('Pause film.mp4');
    halt.focus();
    fireEvent.click(halt);
    const paused = { ...entry, what: { ...entry.what, stage: { is: 'accepted', paused: true } } } as Entry;
    await say({ news: 'entry', peer: ADA.peer, entry: paused });
    expect(button('Resume film.mp4')).toBe(halt);
    expect(document.activeElement).toBe(halt);
    fireEvent.click(halt);
    expect(wishes(asks())).toEqual(['pause', 'resume']);
  });

  test('the second click of two hits no button that came in between', async () => {
    const { asks, say } = await offered({ is: 'offered' });
    fireEvent.click(button('Accept film.mp4'), { detail: 1 });
    await say({ news: 'entry', peer: ADA.peer, entry: sampleFiles(1, null, { stage: ACCEPTED }) });
    fireEvent.click(button('Pause film.mp4'), { detail: 2 });
    expect(wishes(asks())).toEqual(['accept']);
  });

  test('what is stuck is tried again', async () => {
    const { asks } = await offered(ACCEPTED, { going: { is: 'stuck', trouble: { trouble: 'not_writable' } } });
    fireEvent.click(button('Try again film.mp4'));
    expect(wishes(asks())).toEqual(['resume']);
  });

  test('is cancelled at once when nothing moved yet', async () => {
    const { asks } = await offered({ is: 'offered' }, { mine: true });
    fireEvent.click(button('Cancel film.mp4'));
    expect(asks().at(-1)).toEqual({ ask: 'files', peer: ADA.peer, message: MESSAGE, mine: true, wish: 'cancel' });
  });

  test('is cancelled only after a second question when something would be thrown away', async () => {
    const { asks, say } = await offered(ACCEPTED, { going: MOVING });
    const ask = async () => {
      fireEvent.click(button('Cancel film.mp4'));
      await drawn();
      return within(screen.getByRole('alertdialog', { name: 'Cancel film.mp4?' }));
    };
    expect((await ask()).getByText('What has come so far is thrown away.')).toBeTruthy();
    fireEvent.keyDown(screen.getByRole('alertdialog'), { key: 'Escape' });
    await drawn();
    expect(document.activeElement).toBe(button('Cancel film.mp4'));
    expect(wishes(asks())).toEqual([]);
    fireEvent.click((await ask()).getByRole('button', { name: 'Cancel it' }));
    expect(wishes(asks())).toEqual(['cancel']);
    await ask();
    // What came in the meantime is not cancelled any more.
    await say({ news: 'entry', peer: ADA.peer, entry: sampleFiles(1, null, { stage: { is: 'received' } }) });
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  test('that was not done says why', async () => {
    const { say } = await offered({ is: 'offered' });
    fireEvent.click(button('Accept film.mp4'));
    await say({ news: 'not_written', peer: ADA.peer, message: MESSAGE, why: 'disk_full' });
    expect(within(screen.getByRole('log')).getByRole('alert').textContent).toContain('your disk is full');
  });
});

describe('elsewhere', () => {
  test('the list shows what was offered last', () => {
    page({ peers: [ADA], conversations: [sampleTalk('Ada', { unread: 1, last: sampleFiles(1) })] });
    expect(screen.getByRole('listitem').textContent).toContain('film.mp4');
  });

  test('files of verified people can be taken without asking', async () => {
    const { host } = page({ me: sampleMe({ takes_files: true }) });
    fireEvent.click(button('Settings'));
    await drawn();
    const takes = screen.getByRole<HTMLInputElement>('switch', {
      name: 'Take files from verified people without asking',
    });
    expect(takes.checked).toBe(true);
    fireEvent.click(takes);
    expect(host.asked).toEqual([{ type: 'talk', ask: { ask: 'set_takes_files', on: false } }]);
  });

  test('an offer that is over already is said so', async () => {
    const { host } = await opened([]);
    host.say({ type: 'refused', code: 'no_such_transfer' });
    await drawn();
    expect(screen.getByRole('alert').textContent).toContain('not on their way any more');
  });
});
