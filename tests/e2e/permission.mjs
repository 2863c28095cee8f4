// @ts-check
/** The question whether a page may use camera and microphone, which the browser puts to a person, and the answer. */

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./watch.mjs').Device} Device */
/** @typedef {'granted' | 'denied'} Answer */

/**
 * @typedef {object} Asked
 * @property {(device: Device, setting: Answer | 'prompt') => Promise<void>} set
 * @property {Record<Device, Answer>} answers
 * @property {Promise<unknown>} thinks
 */

/** @type {WeakMap<Page, Asked>} */
const pages = new WeakMap();

/**
 * Until it asks, a page has no permission; then it gets this person's answer, which is yes unless {@link answerWith} says
 * otherwise. Has to come before the page is loaded.
 * @param {Page} page
 * @param {string} origin
 */
export async function answerQuestions(page, origin) {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser');
  const [own, whole] = await Promise.all([page.context().newCDPSession(page), browser.newBrowserCDPSession()]);
  const { browserContextId } = (await own.send('Target.getTargetInfo')).targetInfo;
  if (browserContextId === undefined) throw new Error('the page has no profile');
  /** @type {Asked['set']} */
  const set = async (name, setting) => {
    await whole.send('Browser.setPermission', { permission: { name }, setting, origin, browserContextId });
  };
  pages.set(page, { set, answers: { microphone: 'granted', camera: 'granted' }, thinks: Promise.resolve() });
  await forgetAnswers(page);
  await page.exposeFunction('__ask', async (/** @type {Device[]} */ devices) => {
    const { answers, thinks } = asked(page);
    await thinks;
    for (const device of devices) await set(device, answers[device]);
  });
}

/**
 * From now on the person answers so, once `thinks` is over.
 * @param {Page} page
 * @param {Partial<Record<Device, Answer>>} answers
 * @param {Promise<unknown>} [thinks]
 */
export function answerWith(page, answers, thinks = Promise.resolve()) {
  const { set } = asked(page);
  pages.set(page, { set, answers: { microphone: 'granted', camera: 'granted', ...answers }, thinks });
}

/**
 * The browser forgets what was answered and will ask again; the answer will be yes.
 * @param {Page} page
 */
export async function forgetAnswers(page) {
  answerWith(page, {});
  const { set } = asked(page);
  await Promise.all([set('microphone', 'prompt'), set('camera', 'prompt')]);
}

/** @param {Page} page */
function asked(page) {
  const found = pages.get(page);
  if (found === undefined) throw new Error('this page is not asked: open it with devices that are');
  return found;
}
