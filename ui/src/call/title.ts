import { t } from '../messages';
import type { CallView } from '../wire.gen';

/** What the tab or window says, for somebody who looks at another one. */
export function title(call: CallView | null): string {
  if (call === null) return t.app;
  switch (call.phase.is) {
    case 'incoming':
      return t.titleRinging(call.with.name);
    case 'outgoing':
    case 'connecting':
    case 'connected':
    case 'reconnecting':
      return t.titleInCall(call.with.name);
    case 'ended':
      return t.app;
  }
}
