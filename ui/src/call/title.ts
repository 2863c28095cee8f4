import { t } from '../messages';
import type { CallView } from '../wire.gen';

/** What the tab or window says, for somebody who looks at another one. */
export function title(call: CallView | null, unread: number): string {
  const quiet = unread > 0 ? `(${unread}) ${t.app}` : t.app;
  if (call === null) return quiet;
  switch (call.phase.is) {
    case 'incoming':
      return t.titleRinging(call.with.name);
    case 'outgoing':
    case 'connecting':
    case 'connected':
    case 'reconnecting':
      return t.titleInCall(call.with.name);
    case 'ended':
      return quiet;
  }
}
