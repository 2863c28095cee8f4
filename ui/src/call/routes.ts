/** Where a call is heard on a phone: what its system says, and what was chosen. */

import { computed, type ReadonlySignal, signal } from '@preact/signals-core';
import type { Sound } from '../host/host';
import { warn } from './warn';

/** In the order in which they are shown. */
const ROUTES = ['wired', 'bluetooth', 'earpiece', 'speaker'] as const;

export type Route = (typeof ROUTES)[number];

interface Told {
  readonly route: Route;
  readonly available: readonly Route[];
}

/** A choice of at least two. */
export interface Hearing extends Told {
  /** Where it is heard instead; `null` where more than one is left. */
  readonly other: Route | null;
}

/** The questions of one call: one is asked at a time, and one waits, so that no answer overtakes a later one. */
interface Line {
  readonly call: string;
  asks: boolean;
  /** `null`: how it is; `undefined`: nothing waits. */
  waits: Route | null | undefined;
}

export class Routes {
  readonly #sound: Sound | undefined;
  readonly #told = signal<Told | null>(null);
  readonly #chosen = signal<Route | null>(null);
  #line: Line | null = null;
  #listens = false;

  /** `null`: there is no call of ours, or nothing to choose from. */
  readonly now: ReadonlySignal<Hearing | null> = computed(() => {
    const told = this.#told.value;
    if (told === null || told.available.length < 2) return null;
    const { available } = told;
    const route = available.find((each) => each === this.#chosen.value) ?? told.route;
    const [other = null, another] = available.filter((each) => each !== route);
    return { route, available, other: another === undefined ? other : null };
  });

  constructor(sound: Sound | undefined) {
    this.#sound = sound;
  }

  /** This page holds this call, or none: what was known of another is forgotten. */
  during(call: string | null): void {
    if (call === (this.#line?.call ?? null)) return;
    this.#told.value = null;
    this.#chosen.value = null;
    this.#line = call === null ? null : { call, asks: false, waits: undefined };
    this.#again();
  }

  /** Shown at once, and corrected by what the system answers. */
  choose(route: Route): void {
    const now = this.now.peek();
    if (this.#line === null || now === null || now.route === route || !now.available.includes(route)) return;
    this.#chosen.value = route;
    this.#line.waits = route;
    void this.#ask(this.#line);
  }

  /** Asks how it is, unless a choice waits, whose answer says so too. */
  #again(): void {
    if (this.#line === null) return;
    this.#line.waits ??= null;
    void this.#ask(this.#line);
  }

  async #ask(line: Line): Promise<void> {
    if (this.#sound === undefined || line.asks) return;
    line.asks = true;
    while (line.waits !== undefined) {
      const route = line.waits;
      line.waits = undefined;
      const answer = await this.#sound.routes(route).catch(warn('where it is heard was not said'));
      // The call is over, and what is said of it comes too late.
      if (line !== this.#line) return;
      this.#hear(line, route, answer);
    }
    line.asks = false;
  }

  #hear(line: Line, route: Route | null, answer: unknown): void {
    const told = read(answer);
    const taken = told !== undefined && told !== null;
    if (taken) this.#listen();
    // A choice that was not taken: what was told before holds, until it is told anew.
    if (route !== null && !taken) line.waits ??= null;
    else if (told !== undefined) this.#told.value = told === 'nowhere' ? null : told;
    // Another choice may wait.
    if ((line.waits ?? null) === null) this.#chosen.value = null;
  }

  /** Only where there are routes: elsewhere the window may not even listen. */
  #listen(): void {
    if (this.#listens || this.#sound === undefined) return;
    this.#listens = true;
    this.#sound
      .onRoutes(() => this.#again())
      // What changed before it listened was not heard.
      .then(() => this.#again())
      .catch((error: unknown) => {
        this.#listens = false;
        warn('changes of where it is heard are not told')(error);
      });
  }
}

/**
 * What the system said; `nowhere` where a call could be heard, and none is yet: then nothing can be chosen. `null`: this
 * system has no routes; `undefined`: it was not understood.
 */
function read(answer: unknown): Told | 'nowhere' | null | undefined {
  if (answer === null) return null;
  if (typeof answer !== 'object' || !('available' in answer) || !Array.isArray(answer.available)) return undefined;
  const listed: readonly unknown[] = answer.available;
  const available = ROUTES.filter((each) => listed.includes(each));
  const heard = 'route' in answer ? answer.route : null;
  const route = available.find((each) => each === heard);
  return route === undefined ? 'nowhere' : { route, available };
}
