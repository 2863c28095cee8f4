/** An entry in one line, for the list of people. */

import { clock, t } from '../messages';
import type { Entry } from '../wire.gen';
import { plain } from './parcel';

export function inShort({ what }: Entry): string {
  switch (what.is) {
    case 'text': {
      const line = what.text.replace(/\s+/g, ' ');
      return what.author.who === 'me' ? t.youShort(line) : line;
    }
    case 'withdrawn':
      return t.withdrawn;
    case 'files': {
      const line = t.files.short({ ...what.parcel, names: what.parcel.names.map(plain) });
      return what.author.who === 'me' ? t.youShort(line) : line;
    }
    case 'call':
      return callInWords(what);
  }
}

export function callInWords(call: Extract<Entry['what'], { is: 'call' }>): string {
  const talked = call.talked_ms === null ? null : clock(call.talked_ms);
  return t.callEntry(call, talked);
}
