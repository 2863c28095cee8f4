/** The door to newer versions of the app itself. */

/** How looking for them is set. */
export interface UpdateSettings {
  readonly on: boolean;
  /** An address, or the path of a folder. */
  readonly source: string;
  /** Whether it looks is an administrator's to say. */
  readonly fixed: boolean;
  /** Where it looks is. */
  readonly source_fixed: boolean;
  /** The version that a new start brings: it is there already. */
  readonly ready?: string | null;
}

export interface UpdateOffer {
  readonly version: string;
  /** What is new, as the place tells it: text of anybody. */
  readonly notes: string;
}

export type UpdateStep =
  | { readonly step: 'fetching'; readonly bytes: number; readonly of: number | null }
  /** The system has it, and may ask its person for a password. */
  | { readonly step: 'installing' };

const FAILURES = [
  'not_here',
  'off',
  'settled',
  'bad_source',
  'not_kept',
  'unreachable',
  'no_release',
  'not_for_this',
  'not_genuine',
  'look_again',
  'busy',
  'disk_full',
  'not_allowed',
  'not_installed',
] as const;

/** Why there is no update; the same codes as in `src-tauri/app/update/error.rs`, and one for what has none. */
export type UpdateFailure = (typeof FAILURES)[number] | 'failed';

/** Each of these rejects with a failure's code. */
export interface Updater {
  /** `null`: this app cannot update itself. */
  settings(): Promise<UpdateSettings | null>;
  choose(on: boolean, source: string): Promise<void>;
  /** `null`: there is nothing newer. */
  look(): Promise<UpdateOffer | null>;
  /** Fetches the version that was offered last, and installs it as far as that goes while this one runs. */
  install(version: string, onStep: (step: UpdateStep) => void): Promise<void>;
  /** Ends this one, and starts what was installed. */
  restart(): Promise<void>;
}

/** The code of what an updater rejected with. */
export function updateFailure(error: unknown): UpdateFailure {
  return FAILURES.find((code) => code === error) ?? 'failed';
}
