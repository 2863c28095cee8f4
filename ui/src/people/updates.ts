/** Newer versions of the app: looks for them once somebody has switched that on, and does nothing with them unasked. */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import {
  type UpdateFailure,
  type UpdateOffer,
  type Updater,
  type UpdateSettings,
  updateFailure,
} from '../host/updater';

/** How far it is:
 * - `idle`: nobody has looked
 * - `newest`: there is nothing newer
 * - `ready`: a new start brings the other version
 */
export type UpdateStage =
  | { readonly is: 'idle' | 'looking' | 'newest' }
  | { readonly is: 'found' | 'installing'; readonly offer: UpdateOffer }
  | { readonly is: 'fetching'; readonly offer: UpdateOffer; readonly bytes: number; readonly of: number | null }
  | { readonly is: 'ready' | 'restarting'; readonly version: string };

const DAY_MS = 24 * 60 * 60 * 1000;

export class Updates {
  readonly #updater: Updater | undefined;
  readonly #settings = signal<UpdateSettings | null>(null);
  readonly #stage = signal<UpdateStage>({ is: 'idle' });
  readonly #failure = signal<UpdateFailure | null>(null);
  readonly #putOff = signal(false);
  /** Only the newest look counts. */
  #looks = 0;

  /** `null`: this app cannot update itself, or has not said so yet. */
  readonly settings: ReadonlySignal<UpdateSettings | null> = this.#settings;
  readonly stage: ReadonlySignal<UpdateStage> = this.#stage;
  /** Why what was asked for last did not happen. */
  readonly failure: ReadonlySignal<UpdateFailure | null> = this.#failure;
  /** Its person does not want to start anew now. */
  readonly putOff: ReadonlySignal<boolean> = this.#putOff;

  constructor(updater: Updater | undefined) {
    this.#updater = updater;
  }

  /** Looks now and each day, as long as that is switched on. Says nothing of it when that fails: nobody asked just then. */
  async begin(): Promise<void> {
    if (this.#updater === undefined) return;
    setInterval(() => void this.#lookQuietly(), DAY_MS);
    await this.#lookQuietly();
  }

  /** Asks how it is set. */
  async ask(): Promise<void> {
    this.#settings.value = (await this.#updater?.settings().catch(() => null)) ?? null;
    // A page that was loaded anew does not know what the one before it did.
    const version = this.#settings.peek()?.ready ?? null;
    if (version !== null && !this.#taken()) this.#stage.value = { is: 'ready', version };
  }

  async choose(on: boolean, source = this.#settings.peek()?.source ?? ''): Promise<void> {
    const kept = await this.#try((updater) => updater.choose(on, source));
    // What holds now, whatever was chosen.
    await this.ask();
    if (!kept || this.#taken()) return;
    this.#looks += 1;
    this.#stage.value = { is: 'idle' };
    if (this.#settings.peek()?.on) await this.look();
  }

  async look(): Promise<void> {
    if (this.#taken()) return;
    this.#looks += 1;
    const look = this.#looks;
    this.#stage.value = { is: 'looking' };
    this.#failure.value = null;
    try {
      const offer = (await this.#updater?.look()) ?? null;
      if (look === this.#looks) this.#found(offer);
    } catch (error) {
      if (look !== this.#looks) return;
      this.#stage.value = { is: 'idle' };
      this.#failure.value = updateFailure(error);
    }
  }

  async install(): Promise<void> {
    const stage = this.#stage.peek();
    if (stage.is !== 'found') return;
    const { offer } = stage;
    this.#putOff.value = false;
    this.#stage.value = { is: 'fetching', offer, bytes: 0, of: null };
    const installed = await this.#try((updater) =>
      updater.install(offer.version, (step) => {
        // One that comes late takes nothing back.
        if (!['fetching', 'installing'].includes(this.#stage.peek().is)) return;
        this.#stage.value =
          step.step === 'installing'
            ? { is: 'installing', offer }
            : { is: 'fetching', offer, bytes: step.bytes, of: step.of };
      }),
    );
    if (installed) this.#stage.value = { is: 'ready', version: offer.version };
    else this.#stage.value = this.#failure.peek() === 'look_again' ? { is: 'idle' } : { is: 'found', offer };
  }

  async restart(): Promise<void> {
    const stage = this.#stage.peek();
    if (stage.is !== 'ready') return;
    this.#stage.value = { is: 'restarting', version: stage.version };
    if (!(await this.#try((updater) => updater.restart()))) this.#stage.value = stage;
  }

  later(): void {
    this.#putOff.value = true;
  }

  /** Something is under way, or done, that a look must not take away. */
  #taken(): boolean {
    return ['fetching', 'installing', 'ready', 'restarting'].includes(this.#stage.peek().is);
  }

  #found(offer: UpdateOffer | null): void {
    this.#stage.value = offer === null ? { is: 'newest' } : { is: 'found', offer };
  }

  async #lookQuietly(): Promise<void> {
    await this.ask();
    const looking = this.#stage.peek().is === 'looking';
    if (!this.#settings.peek()?.on || this.#taken() || looking) return;
    this.#looks += 1;
    const look = this.#looks;
    const offer = await this.#updater?.look().catch(() => undefined);
    if (offer !== undefined && look === this.#looks && !this.#taken()) this.#found(offer);
  }

  /** Whether it went well. */
  async #try(what: (updater: Updater) => Promise<void>): Promise<boolean> {
    this.#failure.value = null;
    try {
      if (this.#updater === undefined) return false;
      await what(this.#updater);
      return true;
    } catch (error) {
      this.#failure.value = updateFailure(error);
      return false;
    }
  }
}
