/** Whether the app starts when its person logs in, as the system says. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import type { Login } from '../host/host';

export class StartAtLogin {
  readonly #login: Login | undefined;
  readonly #on = signal<boolean | null>(null);
  readonly #failed = signal(false);

  /** `null`: nobody can tell, or has told yet. */
  readonly on: ReadonlySignal<boolean | null> = this.#on;
  /** The system did not keep what was chosen last. */
  readonly failed: ReadonlySignal<boolean> = this.#failed;

  constructor(login: Login | undefined) {
    this.#login = login;
  }

  /** Asks the system, whose own settings may say something else than before. */
  async look(): Promise<void> {
    this.#on.value = (await this.#login?.starts().catch(() => null)) ?? null;
  }

  async choose(on: boolean): Promise<void> {
    this.#failed.value = false;
    try {
      await this.#login?.start(on);
    } catch {
      this.#failed.value = true;
    }
    // What the system keeps now, whatever was chosen.
    await this.look();
  }
}
