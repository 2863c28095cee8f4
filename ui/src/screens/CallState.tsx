/** The top of a call: with whom, how far it is in words, and the short code. */

import type { CallModel } from '../call/callModel';
import { isLive } from '../call/phases';
import { t } from '../messages';
import { Clock } from '../parts/Clock';
import { NotTheVerified, VerifiedMark } from '../parts/Marks';
import { VerifyCode } from '../parts/VerifyCode';
import type { CallView, Phase } from '../wire.gen';
import styles from './CallState.module.css';

interface CallStateProps {
  readonly calls: CallModel;
  readonly call: CallView;
  /** What fades with the controls. */
  readonly fades: string;
}

export function CallState({ calls, call, fades }: CallStateProps) {
  const { name, verified, not_the_verified: impersonated } = call.with;
  const since = calls.since.value;
  const words = stateWords(call.phase);
  return (
    <header class={`${styles.head} ${call.phase.is === 'connected' ? fades : ''}`}>
      <div class={styles.who}>
        <h1 class={styles.name}>
          <bdi title={name}>{name}</bdi>
          {verified && <VerifiedMark />}
        </h1>
        <p class={styles.state}>
          {call.phase.is === 'connected' && since !== null ? (
            <>
              <Clock since={since} />
              {/* The clock itself would be read out each second. */}
              <span class="hidden-words" aria-live="polite">
                {words}
              </span>
            </>
          ) : (
            <span aria-live="polite">{words}</span>
          )}
        </p>
        {impersonated !== null && (
          <div class={styles.warning}>
            <NotTheVerified name={impersonated} />
          </div>
        )}
      </div>
      {isLive(call) && call.code.length > 0 && (
        <VerifyCode code={call.code} name={name} verified={verified} onVerify={(match) => calls.verify(match)} />
      )}
    </header>
  );
}

function stateWords(phase: Phase): string {
  switch (phase.is) {
    case 'outgoing':
      return phase.ringing ? t.ringing : t.calling;
    case 'connecting':
      return t.connecting;
    case 'connected':
      return t.connected;
    case 'reconnecting':
      return t.reconnecting;
    case 'incoming':
    case 'ended':
      return '';
  }
}
