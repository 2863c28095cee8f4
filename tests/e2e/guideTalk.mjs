// @ts-check
/** What people of the guide do in their conversations, and what stands there. */

/** @typedef {import('./person.mjs').Person} Person */

const PROGRESS = /^(Waiting to be sent|Sent|Delivered|Read)$/;

/** @param {Person} one */
export const log = (one) => one.page.getByRole('log', { name: 'Messages' });
/** @param {Person} one */
export const last = (one) => log(one).getByRole('listitem').last();
/**
 * @param {Person} one
 * @param {Person} other
 */
export const field = (one, other) => one.page.getByRole('textbox', { name: `Message ${other.name}`, exact: true });
/** How far one's own entries have come. @param {Person} one */
export const progress = (one) =>
  log(one)
    .getByRole('img', { name: PROGRESS })
    .evaluateAll((marks) => marks.map((mark) => mark.getAttribute('aria-label')));
/** @param {Person} one */
export const percent = async (one) => Number((await last(one).getByRole('progressbar').getAttribute('aria-valuenow')) ?? 0);
/**
 * @param {Person} one
 * @param {string} words
 */
export const shows = (one, words) => last(one).getByText(words).waitFor();

/**
 * @param {Person} one
 * @param {Person} other
 */
export async function opens(one, other) {
  await one.button(other.name).click();
  await field(one, other).waitFor();
}

/**
 * @param {Person} one
 * @param {Person} other
 * @param {string} text
 */
export async function writes(one, other, text) {
  await field(one, other).fill(text);
  await field(one, other).press('Enter');
}

/**
 * @param {Person} one
 * @param {Person} other
 * @param {string} path
 * @param {string} name
 */
export async function send(one, other, path, name) {
  const chosen = one.page.waitForEvent('filechooser');
  await one.button(`Send file to ${other.name}`).click();
  await (await chosen).setFiles(path);
  await shows(one, name);
}

/**
 * @param {Person} one
 * @param {string} path
 */
export async function sendFolder(one, path) {
  const chosen = one.page.waitForEvent('filechooser');
  await one.button('More').click();
  await one.button('Send folder').click();
  await (await chosen).setFiles(path);
}

/**
 * @param {Person} one
 * @param {Person} other who offers it
 * @param {string} name
 */
export async function accept(one, other, name) {
  await last(one).getByRole('button', { name: `Accept ${name}` }).click();
  await last(other).getByText(`Waiting for ${one.name} to accept`).waitFor({ state: 'hidden' });
}
