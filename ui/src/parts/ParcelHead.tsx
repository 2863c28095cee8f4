/** What files are: of which kind, how they are called, how much it is. */

import { t } from '../messages';
import { kindOf, outermostOf, plain } from '../talk/parcel';
import type { Parcel } from '../wire.gen';
import { FILE_ICONS } from './fileIcons';
import styles from './ParcelHead.module.css';

/** More would be a list. */
const NAMES_SHOWN = 3;

interface ParcelHeadProps {
  readonly parcel: Parcel;
  /** How much it is, is not known yet. */
  readonly vague?: boolean;
}

export function ParcelHead({ parcel, vague = false }: ParcelHeadProps) {
  const names = parcel.names.slice(0, NAMES_SHOWN);
  const more = outermostOf(parcel) - names.length;
  return (
    <div class={styles.parcel}>
      <span class={styles.icon}>{FILE_ICONS[kindOf(parcel)]}</span>
      <div class={styles.what}>
        {names.map((name, at) => (
          // Two may have one name: only their places tell them apart.
          <bdi key={at} class={styles.name} title={plain(name)}>
            {plain(name)}
          </bdi>
        ))}
        {more > 0 && <span class={styles.amount}>{t.files.andMore(more)}</span>}
        {!vague && <span class={styles.amount}>{t.files.amount(parcel)}</span>}
      </div>
    </div>
  );
}

/** What it is called, for names of buttons. */
export function nameOf(parcel: Parcel): string {
  return t.files.named(plain(parcel.names[0] ?? ''), outermostOf(parcel) - 1);
}
