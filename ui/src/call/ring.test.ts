import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ElementRinger } from './ring';

let allowed = true;
const settle = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  allowed = true;
  document.body.replaceChildren();
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockImplementation(async function (this: HTMLMediaElement) {
    if (!allowed) throw new DOMException('', 'NotAllowedError');
    this.dataset.plays = 'yes';
  });
  vi.spyOn(HTMLMediaElement.prototype, 'pause').mockImplementation(function (this: HTMLMediaElement) {
    delete this.dataset.plays;
  });
});
afterEach(() => void vi.restoreAllMocks());

const playing = () =>
  [...document.querySelectorAll('audio')].flatMap(({ dataset }) => (dataset.plays ? [dataset.sound] : []));

test('one sound plays at a time, unmuted and again and again', () => {
  const ringer = new ElementRinger(document);
  ringer.play('ring');
  expect(playing()).toEqual(['ring']);
  const element = document.querySelector('audio[data-sound=ring]');
  expect(element instanceof HTMLAudioElement && element.loop && !element.muted).toBe(true);
  // WebKitGTK plays nothing else in the app's window.
  expect(element?.getAttribute('src')).toMatch(/^blob:/);
  ringer.play('ringback');
  expect(playing()).toEqual(['ringback']);
  ringer.play('none');
  expect(playing()).toEqual([]);
});

describe('a browser that wants a click first', () => {
  test('is said, and one click lets the ringing be heard', async () => {
    allowed = false;
    const ringer = new ElementRinger(document);
    ringer.play('ring');
    await settle();
    expect(ringer.blocked.value).toBe(true);
    allowed = true;
    document.dispatchEvent(new Event('pointerdown'));
    await settle();
    expect(ringer.blocked.value).toBe(false);
    expect(playing()).toEqual(['ring']);
  });

  test('a click after the ringing is over plays nothing', async () => {
    allowed = false;
    const ringer = new ElementRinger(document);
    ringer.play('ring');
    await settle();
    ringer.play('none');
    allowed = true;
    document.dispatchEvent(new Event('keydown'));
    await settle();
    expect(playing()).toEqual([]);
    expect(ringer.blocked.value).toBe(false);
  });

  test('is found out before the first call', async () => {
    const context = {
      state: 'suspended',
      onstatechange: null as (() => void) | null,
      async resume() {
        this.state = 'running';
        this.onstatechange?.();
      },
      async close() {
        this.state = 'closed';
        this.onstatechange?.();
      },
    };
    const ringer = new ElementRinger(document);
    ringer.probe(function Context() {
      return context;
    } as unknown as typeof AudioContext);
    expect(ringer.blocked.value).toBe(true);
    document.dispatchEvent(new Event('pointerdown'));
    await settle();
    expect(ringer.blocked.value).toBe(false);
    expect(context.state).toBe('closed');
  });
});
