/** Questions about how far a call is. No default arm: a new phase makes the compiler ask every one again. */

import type { CallView } from '../wire.gen';
import type { Sound } from './ring';

/** Both said yes, and this page has the call: sound and picture may leave. */
export function isLive(call: CallView | null): call is CallView {
  if (call === null || call.place !== 'here') return false;
  switch (call.phase.is) {
    case 'connecting':
    case 'connected':
    case 'reconnecting':
      return true;
    case 'outgoing':
    case 'incoming':
    case 'ended':
      return false;
  }
}

/** This person said yes (by calling or accepting) in this page: devices may be opened. */
export function isOurs(call: CallView | null): call is CallView {
  if (call?.place === 'here' && call.phase.is === 'outgoing') return true;
  return isLive(call);
}

/** There is a call that is not over: another cannot be placed. */
export function isGoingOn(call: CallView | null): call is CallView {
  return call !== null && call.phase.is !== 'ended';
}

/** What is to be heard beside the call itself. */
export function soundOf(call: CallView | null): Sound {
  if (call === null) return 'none';
  switch (call.phase.is) {
    case 'incoming':
      return call.place === 'here' || call.place === 'anywhere' ? 'ring' : 'none';
    case 'outgoing':
      return call.place === 'here' && call.phase.ringing ? 'ringback' : 'none';
    case 'connecting':
    case 'connected':
    case 'reconnecting':
    case 'ended':
      return 'none';
  }
}
