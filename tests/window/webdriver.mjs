// @ts-check
/** A client of WebKitWebDriver: of https://www.w3.org/TR/webdriver2/ the few commands the tests need. */

import { request } from 'node:http';

/** By this name the protocol hands elements over. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** Longer than anything the driver does takes; whoever waits for a condition asks again and again. */
const ANSWERS_WITHIN_MS = 60_000;

/** What the driver says went wrong. */
export class DriverError extends Error {
  /**
   * @param {string} code one of the protocol's, such as `stale element reference`
   * @param {string} message
   */
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** A program with a webview, started and driven by the driver. */
export class Session {
  #socket;
  #path;

  /**
   * @param {string} socket
   * @param {string} id
   */
  constructor(socket, id) {
    this.#socket = socket;
    this.#path = `/session/${id}`;
  }

  /**
   * @param {string} socket where the driver listens
   * @param {string} binary
   * @param {string[]} args
   */
  static async open(socket, binary, args) {
    // No browserName: it would have to be WebKit's own, which differs from version to version.
    const alwaysMatch = { 'webkitgtk:browserOptions': { binary, args } };
    const { sessionId } = await ask(socket, 'POST', '/session', { capabilities: { alwaysMatch } });
    return new Session(socket, sessionId);
  }

  /** @returns {Promise<string>} */
  url() {
    return this.#ask('GET', '/url');
  }

  /** @returns {Promise<string>} */
  title() {
    return this.#ask('GET', '/title');
  }

  /** A PNG of what the window shows. */
  async screenshot() {
    return Buffer.from(await this.#ask('GET', '/screenshot'), 'base64');
  }

  /**
   * Runs a function in the page, which sees nothing of the test but its arguments.
   * @template {unknown[]} A
   * @template T
   * @param {(...args: A) => T} body
   * @param {A} args
   * @returns {Promise<Awaited<T>>}
   */
  run(body, ...args) {
    return this.#ask('POST', '/execute/sync', { script: `return (${body}).apply(null, arguments);`, args });
  }

  /**
   * What is on the page for somebody who has it read out: elements by role and name.
   * @param {string} css where to look
   * @param {string} role
   * @param {string} name
   */
  async find(css, role, name) {
    const found = await this.#ask('POST', '/elements', { using: 'css selector', value: css });
    for (const { [ELEMENT]: id } of found) {
      const element = new Element(this.#socket, this.#path, id);
      try {
        if ((await element.name()) === name && (await element.role()) === role) return element;
      } catch (error) {
        // Drawn anew in between; or not drawn, which WebKit's driver has no word for: it is not read out either.
        const passes = ['stale element reference', 'unknown error'];
        if (!(error instanceof DriverError) || !passes.includes(error.code)) throw error;
      }
    }
    return null;
  }

  async close() {
    await this.#ask('DELETE', '');
  }

  /**
   * @param {'GET' | 'POST' | 'DELETE'} method
   * @param {string} path
   * @param {object} [body]
   */
  #ask(method, path, body) {
    return ask(this.#socket, method, this.#path + path, body);
  }
}

/** Something on the page. */
export class Element {
  #socket;
  #path;

  /**
   * @param {string} socket
   * @param {string} session
   * @param {string} id
   */
  constructor(socket, session, id) {
    this.#socket = socket;
    this.#path = `${session}/element/${id}`;
    /** For a function that runs in the page, which gets the element itself. */
    this.handle = /** @type {any} */ ({ [ELEMENT]: id });
  }

  /** @returns {Promise<string>} */
  name() {
    return ask(this.#socket, 'GET', `${this.#path}/computedlabel`);
  }

  /** @returns {Promise<string>} */
  role() {
    return ask(this.#socket, 'GET', `${this.#path}/computedrole`);
  }

  /** Fails when something lies over it. */
  async click() {
    await ask(this.#socket, 'POST', `${this.#path}/click`, {});
  }

  /** Presses these keys in it, one after the other. @param {string} text */
  async type(text) {
    await ask(this.#socket, 'POST', `${this.#path}/value`, { text });
  }
}

/**
 * @param {string} socketPath
 * @param {'GET' | 'POST' | 'DELETE'} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} what the protocol says this command answers
 */
export function ask(socketPath, method, path, body) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const timeout = ANSWERS_WITHIN_MS;
    const asked = request({ socketPath, method, path, headers, timeout, agent: false }, (answer) => {
      let json = '';
      answer.setEncoding('utf8').on('data', (part) => {
        json += part;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        try {
          const { value } = JSON.parse(json);
          if (answer.statusCode === 200) resolve(value);
          else reject(new DriverError(value.error, value.message));
        } catch (error) {
          reject(error);
        }
      });
    });
    asked.on('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer within ${timeout} ms`)));
    asked.on('error', reject);
    asked.end(text);
  });
}
