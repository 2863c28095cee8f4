/**
 * The "back" of the system: a phone's button or gesture, a browser's arrow. What lies over the list goes first; only then does it
 * leave the page.
 */

type History = Pick<Window, 'history' | 'addEventListener' | 'removeEventListener'>;

/** In the page's history for as long as something lies over the list. */
const OVER = 'dogeller-over';

export class Back {
  readonly #page: History;
  #close: (() => void) | null = null;
  readonly #onBack = () => {
    const close = this.#close;
    this.#close = null;
    close?.();
  };

  constructor(page: History) {
    this.#page = page;
    page.addEventListener('popstate', this.#onBack);
  }

  /** Something lies over the list, and `close` takes it away; `null`: nothing does. */
  over(close: (() => void) | null): void {
    const before = this.#close;
    this.#close = close;
    if (before === null && close !== null) {
      // A page that was loaded anew is where it was.
      if (this.#page.history.state !== OVER) this.#page.history.pushState(OVER, '');
    } else if (before !== null && close === null && this.#page.history.state === OVER) {
      // Closed by a button of ours: its place in the history goes too.
      this.#page.history.back();
    }
  }

  dispose(): void {
    this.#page.removeEventListener('popstate', this.#onBack);
  }
}
