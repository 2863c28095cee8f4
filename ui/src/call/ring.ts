/** The sounds of a call, played by media elements, and whether the browser lets them be heard yet. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import ring from '../sounds/ring.wav?inline';
import ringback from '../sounds/ringback.wav?inline';

/** `ring`: somebody calls here. `ringback`: it rings there. */
export type Sound = 'ring' | 'ringback' | 'none';

export interface Ringer {
  /** The browser keeps the page silent until it was clicked once. */
  readonly blocked: ReadonlySignal<boolean>;
  play(sound: Sound): void;
}

const DATA: Record<Exclude<Sound, 'none'>, string> = { ring, ringback };

/**
 * An address that a media element plays everywhere: WebKitGTK hands media to GStreamer, which knows blobs but not the
 * scheme of the app's own pages (NotSupportedError, measured with 2.50), and no page may load media from `data:`.
 */
function blobUrl(data: string): string {
  const bytes = Uint8Array.from(atob(data.slice(data.indexOf(',') + 1)), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' }));
}

export class ElementRinger implements Ringer {
  readonly #page: Document;
  readonly #blocked = signal(false);
  readonly #elements = new Map<Sound, HTMLAudioElement>();
  #sound: Sound = 'none';

  readonly blocked: ReadonlySignal<boolean> = this.#blocked;

  constructor(page: Document) {
    this.#page = page;
    for (const sound of ['ring', 'ringback'] as const) {
      const element = page.createElement('audio');
      element.src = blobUrl(DATA[sound]);
      element.loop = true;
      element.preload = 'auto';
      element.dataset.sound = sound;
      page.body.append(element);
      this.#elements.set(sound, element);
    }
  }

  play(sound: Sound): void {
    if (sound === this.#sound) return;
    this.#elements.get(this.#sound)?.pause();
    this.#sound = sound;
    this.#start();
  }

  /**
   * Finds out before the first call whether a ring would be heard. In a browser an AudioContext starts suspended as
   * long as nobody clicked or typed in the page; the app's own window needs no click.
   */
  probe(Context: typeof AudioContext | undefined = globalThis.AudioContext): void {
    if (Context === undefined) return;
    const context = new Context();
    const settle = () => {
      this.#blocked.value = context.state === 'suspended';
      if (context.state === 'running') void context.close();
    };
    context.onstatechange = () => {
      if (context.state !== 'closed') settle();
    };
    settle();
    this.#afterGesture(() => {
      if (context.state === 'suspended') void context.resume();
    });
  }

  #start(): void {
    const element = this.#elements.get(this.#sound);
    if (element === undefined) return;
    element.currentTime = 0;
    element.play().then(
      () => {
        this.#blocked.value = false;
      },
      (error: unknown) => {
        // Pausing before the sound was loaded is an AbortError, and no news.
        if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
        this.#blocked.value = true;
        this.#afterGesture(() => {
          this.#blocked.value = false;
          this.#start();
        });
      },
    );
  }

  #afterGesture(then: () => void): void {
    const heard = new AbortController();
    const once = () => {
      heard.abort();
      then();
    };
    for (const gesture of ['pointerdown', 'pointerup', 'keydown'] as const) {
      this.#page.addEventListener(gesture, once, { capture: true, signal: heard.signal });
    }
  }
}
