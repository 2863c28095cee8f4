// @ts-check
/**
 * What a window manager does, without one: sees which windows there are and which is in front, and asks one to close.
 * Just enough of the X11 protocol (X Window System Protocol, X Version 11, appendix B: encoding) for that.
 */

import { once } from 'node:events';
import { connect } from 'node:net';

/** Requests, by their number in the protocol. */
const CREATE_WINDOW = 1;
const GET_ATTRIBUTES = 3;
const MAP_WINDOW = 8;
const UNMAP_WINDOW = 10;
const QUERY_TREE = 15;
const INTERN_ATOM = 16;
const GET_PROPERTY = 20;
const SEND_EVENT = 25;
const GET_INPUT_FOCUS = 43;

const CLIENT_MESSAGE = 33;
const VIEWABLE = 2;
/** The most 4-byte words of a property that are read. */
const PROPERTY_WORDS = 1024;

/** @typedef {{ sequence: number, resolve: (answer: Buffer) => void, reject: (error: Error) => void }} Waiting */

export class Screen {
  #socket;
  #buffer = Buffer.alloc(0);
  #sequence = 0;
  /** @type {Waiting[]} */
  #waiting = [];
  /** The very first answer has a shape of its own. */
  #greeted = false;
  #ids = { base: 0, next: 0 };
  #root = 0;

  /** @param {import('node:net').Socket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#buffer = Buffer.concat([this.#buffer, bytes]);
      while (this.#take());
    });
    socket.on('close', () => this.#fail(new Error('the display has gone')));
  }

  /**
   * @param {number} display its number
   */
  static async of(display) {
    const socket = connect(`/tmp/.X11-unix/X${display}`);
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    const screen = new Screen(socket);
    await screen.#greet();
    return screen;
  }

  close() {
    this.#socket.destroy();
  }

  /**
   * The windows that are shown, the one in front last.
   * @returns {Promise<{ id: number, title: string }[]>}
   */
  async windows() {
    const tree = await this.#ask(QUERY_TREE, 0, [this.#root]);
    const titleOf = await this.#atom('_NET_WM_NAME');
    const shown = [];
    for (let at = 0; at < tree.readUInt16LE(16); at++) {
      const id = tree.readUInt32LE(32 + 4 * at);
      // One that has gone in between is none.
      const attributes = await this.#ask(GET_ATTRIBUTES, 0, [id]).catch(() => null);
      if (attributes === null || attributes.readUInt8(26) !== VIEWABLE) continue;
      const title = await this.#ask(GET_PROPERTY, 0, [id, titleOf, 0, 0, PROPERTY_WORDS]).catch(() => null);
      shown.push({ id, title: title?.subarray(32, 32 + title.readUInt32LE(16)).toString() ?? '' });
    }
    return shown;
  }

  /** Puts a window over everything, as another program does. */
  async cover() {
    this.#ids.next += 1;
    const id = this.#ids.base + this.#ids.next;
    // Position 0,0, size 4096 x 4096; depth, border, class and visual are copied from the root.
    this.#send(CREATE_WINDOW, 0, [id, this.#root, 0, 4096 | (4096 << 16), 0, 0, 0]);
    this.#send(MAP_WINDOW, 0, [id]);
    // Answered after the two before it were done.
    await this.#ask(GET_INPUT_FOCUS, 0, []);
    return id;
  }

  /**
   * Takes a window off the screen, as putting it away does.
   * @param {number} id
   */
  async hide(id) {
    this.#send(UNMAP_WINDOW, 0, [id]);
    await this.#ask(GET_INPUT_FOCUS, 0, []);
  }

  /** @param {number} id */
  async show(id) {
    this.#send(MAP_WINDOW, 0, [id]);
    await this.#ask(GET_INPUT_FOCUS, 0, []);
  }

  /**
   * What the button in a window's corner does.
   * @param {number} id
   */
  async askToClose(id) {
    const event = Buffer.alloc(32);
    event.writeUInt8(CLIENT_MESSAGE, 0);
    event.writeUInt8(32, 1);
    event.writeUInt32LE(id, 4);
    event.writeUInt32LE(await this.#atom('WM_PROTOCOLS'), 8);
    event.writeUInt32LE(await this.#atom('WM_DELETE_WINDOW'), 12);
    this.#send(SEND_EVENT, 0, [id, 0], event);
    await this.#ask(GET_INPUT_FOCUS, 0, []);
  }

  /** @param {string} name */
  async #atom(name) {
    const text = Buffer.alloc(Math.ceil(name.length / 4) * 4);
    text.write(name, 'latin1');
    return (await this.#ask(INTERN_ATOM, 0, [name.length], text)).readUInt32LE(8);
  }

  async #greet() {
    const hello = Buffer.alloc(12);
    hello.write('l', 0);
    hello.writeUInt16LE(11, 2);
    this.#socket.write(hello);
    /** @type {Buffer} */
    const setup = await new Promise((resolve, reject) => this.#waiting.push({ sequence: 0, resolve, reject }));
    if (setup.readUInt8(0) !== 1) throw new Error('the display refuses its client');
    const vendor = setup.readUInt16LE(24);
    const formats = setup.readUInt8(29);
    this.#ids.base = setup.readUInt32LE(12);
    this.#root = setup.readUInt32LE(40 + Math.ceil(vendor / 4) * 4 + 8 * formats);
  }

  /**
   * @param {number} request
   * @param {number} detail
   * @param {number[]} words
   * @param {Buffer} [rest]
   */
  #send(request, detail, words, rest = Buffer.alloc(0)) {
    const size = 4 + 4 * words.length + rest.length;
    const bytes = Buffer.alloc(size - rest.length);
    bytes.writeUInt8(request, 0);
    bytes.writeUInt8(detail, 1);
    bytes.writeUInt16LE(size / 4, 2);
    for (const [at, word] of words.entries()) bytes.writeUInt32LE(word >>> 0, 4 + 4 * at);
    this.#socket.write(Buffer.concat([bytes, rest]));
    this.#sequence = (this.#sequence + 1) & 0xffff;
    return this.#sequence;
  }

  /**
   * A request that is answered.
   * @param {number} request
   * @param {number} detail
   * @param {number[]} words
   * @param {Buffer} [rest]
   * @returns {Promise<Buffer>}
   */
  #ask(request, detail, words, rest) {
    return new Promise((resolve, reject) => {
      const sequence = this.#send(request, detail, words, rest);
      this.#waiting.push({ sequence, resolve, reject });
    });
  }

  /** Takes one message out of what has come; `false` when there is no whole one. */
  #take() {
    const bytes = this.#buffer;
    if (bytes.length < 8) return false;
    const kind = bytes.readUInt8(0);
    let size = 32;
    if (!this.#greeted) size = 8 + 4 * bytes.readUInt16LE(6);
    else if (kind === 1) size = 32 + 4 * bytes.readUInt32LE(4);
    if (bytes.length < size) return false;
    this.#buffer = bytes.subarray(size);
    const message = bytes.subarray(0, size);
    if (!this.#greeted) this.#waiting.shift()?.resolve(message);
    else if (kind <= 1) this.#answer(kind, message);
    this.#greeted = true;
    return true;
  }

  /**
   * @param {number} kind 0 is an error
   * @param {Buffer} message
   */
  #answer(kind, message) {
    const sequence = message.readUInt16LE(2);
    const at = this.#waiting.findIndex((waiting) => waiting.sequence === sequence);
    const [waiting] = at < 0 ? [] : this.#waiting.splice(at, 1);
    if (kind === 1) waiting?.resolve(message);
    else waiting?.reject(new Error(`the display answers with error ${message.readUInt8(1)}`));
  }

  /** @param {Error} error */
  #fail(error) {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
