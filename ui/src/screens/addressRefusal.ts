import { t } from '../messages';
import type { Refusal } from '../node/nodeModel';

/** Why the address just given led to nobody, in words; `null` if that is not what was refused. */
export function addressRefusal(refusal: Refusal | null): string | null {
  if (refusal?.code !== 'bad_address' && refusal?.code !== 'nobody_there') return null;
  return t.refused[refusal.code];
}
