/**
 * A plain browser: a WebSocket to the node that served the page. The token came in the address (`#t=TOKEN`), is taken
 * out of it at once and kept for reloads of this tab alone.
 */

import type { Command, Notice, PageCaps } from '../wire.gen';
import { encodedPath, HandOverError, type Watch } from './handOver';
import { type Host, type HostState, isNotice, type Line } from './host';
import { readTyped } from './typed';
import { upload } from './upload';

/** The node closes with this code when the token is not the one of its present start. */
export const DENIED = 4401;

const TOKEN_KEY = 'dogeller.token';
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 2000;

/** Takes the token out of the address bar; on a reload it is the one kept by this tab. `null` if there never was one. */
export function takeToken(window: Window): string | null {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('t');
  if (token !== null && token !== '') {
    window.sessionStorage.setItem(TOKEN_KEY, token);
    const { pathname, search } = window.location;
    window.history.replaceState(null, '', pathname + search);
    return token;
  }
  return window.sessionStorage.getItem(TOKEN_KEY);
}

export class BrowserHost implements Host {
  readonly kind = 'browser';
  readonly #window: Window;
  readonly #Socket: typeof WebSocket;
  readonly #Request: typeof XMLHttpRequest;

  constructor(page: Window, Socket: typeof WebSocket = WebSocket, Request: typeof XMLHttpRequest = XMLHttpRequest) {
    this.#window = page;
    this.#Socket = Socket;
    this.#Request = Request;
  }

  /** A browser has an engine of its own. */
  async media(): Promise<null> {
    return null;
  }

  connect(caps: PageCaps, onNotice: (notice: Notice) => void, onState: (state: HostState) => void): Line {
    const line = new SocketLine({ page: this.#window, Socket: this.#Socket, caps, onNotice, onState });
    line.open();
    // Dogeller opened again may put a fresh link into this very tab.
    this.#window.addEventListener('hashchange', () => line.open());
    return line;
  }

  async handOver(message: string, path: string, content: Blob, watch: Watch = {}): Promise<void> {
    const token = takeToken(this.#window);
    if (token === null) throw new HandOverError('failed');
    const url = `/files/${message}?path=${encodedPath(path)}`;
    await upload({ url, token, content, watch, Request: this.#Request });
  }
}

interface SocketLineParts {
  page: Window;
  Socket: typeof WebSocket;
  caps: PageCaps;
  onNotice: (notice: Notice) => void;
  onState: (state: HostState) => void;
}

class SocketLine implements Line {
  readonly #parts: Readonly<SocketLineParts>;
  #socket: WebSocket | null = null;
  #told = false;
  #delay = FIRST_DELAY_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: Readonly<SocketLineParts>) {
    this.#parts = parts;
  }

  open(): void {
    clearTimeout(this.#retry);
    const { page, Socket, caps } = this.#parts;
    const token = takeToken(page);
    if (token === null) {
      this.#parts.onState('denied');
      return;
    }
    const older = this.#socket;
    this.#told = false;
    const socket = new Socket(`ws://${page.location.host}/socket`);
    this.#socket = socket;
    older?.close();
    socket.onopen = () => socket.send(JSON.stringify({ token, caps }));
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#hear(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#closed(event.code);
    };
  }

  send(command: Command): void {
    if (this.#told && this.#socket?.readyState === this.#parts.Socket.OPEN) this.#socket.send(JSON.stringify(command));
  }

  #hear(data: unknown): void {
    const notice = readTyped(data, isNotice);
    if (notice === null) {
      console.warn('dogeller: a message of the node was not understood');
      return;
    }
    if (!this.#told) {
      this.#told = true;
      this.#delay = FIRST_DELAY_MS;
      this.#parts.onState('open');
    }
    this.#parts.onNotice(notice);
  }

  #closed(code: number): void {
    this.#socket = null;
    if (code === DENIED) {
      this.#parts.onState('denied');
      return;
    }
    this.#parts.onState('gone');
    this.#retry = setTimeout(() => this.open(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
  }
}
