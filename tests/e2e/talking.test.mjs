// @ts-check
/** What people write to each other: it arrives once and in order, whatever ends meanwhile, and both see how far it came. */

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LOOKS } from './media.mjs';
import { Scene } from './scene.mjs';
import { until } from './until.mjs';

/** @typedef {import('./person.mjs').Person} Person */

const scene = await Scene.open(2);
const [ada, ben] = await Promise.all([
  scene.arrive({ name: 'Ada', host: 0, look: LOOKS.red }),
  scene.arrive({ name: 'Ben', host: 1, look: LOOKS.blue }),
]);

/** @param {Person} one */
const other = (one) => (one === ada ? ben : ada);
/** @param {Person} one */
const field = (one) => one.page.getByRole('textbox', { name: `Message ${other(one).name}`, exact: true });
/** @param {Person} one */
const log = (one) => one.page.getByRole('log', { name: 'Messages' });

/** @param {Person} one */
async function opens(one) {
  await one.button(other(one).name).click();
  await field(one).waitFor();
}

/**
 * @param {Person} one
 * @param {string} text
 */
async function writes(one, text) {
  await field(one).fill(text);
  await field(one).press('Enter');
}

/**
 * What stands there, from the top.
 * @param {Person} one
 */
const texts = (one) => log(one).locator('li p').allInnerTexts();

/**
 * How far one's own messages have come, in words, from the top.
 * @param {Person} one
 */
const progress = (one) =>
  log(one).getByRole('img').evaluateAll((marks) => marks.map((mark) => mark.getAttribute('aria-label')));

/**
 * @param {Person} one
 * @param {readonly string[]} expected
 */
async function reads(one, expected) {
  /** @type {string[]} */
  let last = [];
  const same = async () => {
    last = await texts(one);
    return JSON.stringify(last) === JSON.stringify(expected);
  };
  await until('the messages', same).catch(() => assert.deepEqual(last, expected));
}

/**
 * Until the last of one's own messages has come so far.
 * @param {Person} one
 * @param {string} words
 */
const came = (one, words) => until(words, async () => (await progress(one)).at(-1) === words);

scene.proves('a message is delivered, counted as new, read, and its writer sees each', async () => {
  await ada.entry(ben).waitFor();
  await opens(ada);
  await writes(ada, 'Hello Ben 👋');
  await came(ada, 'Delivered');
  await ben.entry(ada).getByText('1 new').waitFor({ state: 'attached' });
  assert.match(await ben.entry(ada).innerText(), /Hello Ben 👋/);
  assert.match(await ben.page.title(), /^\(1\)/);
  await opens(ben);
  await reads(ben, ['Hello Ben 👋']);
  await came(ada, 'Read');
  await ben.entry(ada).getByText('1 new').waitFor({ state: 'detached' });
});

scene.proves('whoever writes is seen to write, until it is sent', async () => {
  await field(ben).pressSequentially('Hello', { delay: 20 });
  await ada.words('Ben is writing…').waitFor();
  await field(ben).press('Enter');
  await ada.words('Ben is writing…').waitFor({ state: 'hidden' });
  await reads(ada, ['Hello Ben 👋', 'Hello']);
});

scene.proves('a message can be answered, changed and deleted for both', async () => {
  const mine = log(ada).getByRole('listitem').first();
  await log(ben).getByRole('listitem').first().hover();
  await log(ben).getByRole('listitem').first().getByRole('button', { name: 'Reply' }).click();
  await writes(ben, 'How are you?');
  await reads(ada, ['Hello Ben 👋', 'Hello', 'How are you?']);
  const answer = log(ada).getByRole('listitem').last();
  assert.match(await answer.innerText(), /You\s+Hello Ben 👋\s+How are you\?/);
  await mine.hover();
  await mine.getByRole('button', { name: 'Edit' }).click();
  await writes(ada, 'Hello dear Ben');
  await reads(ben, ['Hello dear Ben', 'Hello', 'How are you?']);
  assert.match(await log(ben).getByRole('listitem').first().innerText(), /edited/);
  await mine.hover();
  await mine.getByRole('button', { name: 'Delete for both' }).click();
  await reads(ben, ['Hello', 'How are you?']);
  await log(ben).getByText('Message deleted').waitFor();
  assert.match(await log(ben).getByRole('listitem').last().innerText(), /not there any more/);
});

scene.proves('what others write is text, and a link shows where it leads', async () => {
  await writes(ben, '<b>bold</b> https://bank.example@evil.example/?<script>');
  const link = log(ada).getByRole('button', { name: 'https://bank.example@evil.example/' });
  await link.waitFor();
  assert.equal(await log(ada).locator('b, script').count(), 0);
  await link.click();
  const ask = ada.page.getByRole('alertdialog', { name: 'Open this address in your browser?' });
  await ask.getByText('https://bank.example@evil.example/', { exact: true }).waitFor();
  await ask.getByRole('button', { name: 'Cancel' }).click();
});

scene.proves('a call that nobody took stands in the conversation of both', async () => {
  await ada.button('Video call Ben').first().click();
  await ben.hearsRinging(ada);
  await ada.hangsUp();
  await ben.isTold('Ada called and hung up before you answered.');
  await Promise.all([ada, ben].map((one) => one.button('Close').click()));
  await log(ada).getByText('Video call, no answer').waitFor();
  await log(ben).getByText('Missed video call').waitFor();
});

scene.proves('what is written while the other is away waits, and comes in order when they are back', async () => {
  const before = await texts(ada);
  await ben.node.stop();
  await ada.page.getByText(/^Ben is not here now/).waitFor();
  const written = ['one', 'two', 'three', 'four', 'five'];
  for (const text of written) await writes(ada, text);
  await came(ada, 'Waiting to be sent');
  await scene.restart(ben);
  await came(ada, 'Delivered');
  await opens(ben);
  await reads(ben, [...before, ...written]);
});

scene.proves('kill -9 of either node, again and again, loses no message and doubles none', async (t) => {
  const before = await texts(ada);
  /** @type {string[]} */
  const written = [];
  for (let round = 0; round < 6; round++) {
    const victim = round % 2 === 0 ? ben : ada;
    for (let n = 0; n < 5; n++) {
      const text = `round ${round}, message ${n}`;
      await writes(ada, text);
      // It stands there once it is on the disk; what does not is in the field again.
      await log(ada).getByText(text, { exact: true }).waitFor();
      written.push(text);
    }
    await victim.node.kill();
    await pause(50 * round);
    await scene.restart(victim);
    await opens(victim);
  }
  await came(ada, 'Read');
  await reads(ada, [...before, ...written]);
  await reads(ben, [...before, ...written]);
  t.diagnostic(`${written.length} messages, 6 kills`);
});

scene.proves('a long conversation is searched, led through and saved', async () => {
  for (let n = 0; n < 70; n++) await writes(ada, `line ${n}`);
  await log(ada).getByText('line 69', { exact: true }).waitFor();
  await until('all of it', async () => (await texts(ben)).at(-1) === 'line 69');
  await ben.page.reload();
  await opens(ben);
  await log(ben).getByText('line 69', { exact: true }).waitFor();
  assert.ok((await texts(ben)).length <= 50, 'more than one page was told at once');
  await ben.button('More').click();
  await ben.button('Search this conversation').click();
  await ben.page.getByRole('searchbox', { name: 'Search this conversation' }).fill('HELLO');
  await ben.page.getByRole('search').getByRole('button', { name: /^Hello/ }).click();
  await log(ben).getByText('Hello', { exact: true }).waitFor();
  assert.ok((await texts(ben)).length > 70);
  await ben.button('More').click();
  await ben.button('Save as text').click();
  await ben.page.getByText(/^Saved as /).waitFor();
  const folder = join(scene.folderOf(ben), 'downloads');
  const [file] = await readdir(folder);
  const saved = await readFile(join(folder, file ?? ''), 'utf8');
  assert.match(saved, /Ada: line 69/);
  assert.match(saved, /Me: How are you\?/);
});

scene.proves('a cleared conversation is gone here, and stays with the other', async () => {
  await ben.page.getByRole('button', { name: 'Clear conversation' }).click();
  await ben.button('Delete everything here').click();
  await ben.words('Nothing was written yet. Say hello to Ada.').waitFor();
  await ben.page.reload();
  await opens(ben);
  await ben.words('Nothing was written yet. Say hello to Ada.').waitFor();
  assert.ok((await texts(ada)).length > 0);
  await writes(ada, 'Still there?');
  await reads(ben, ['Still there?']);
});
