/** The top of a call: with whom, how far it is in words, and the short code. */

import type { CallModel } from '../call/callModel';
import { isLive } from '../call/phases';
import { t } from '../messages';
import { Clock } from '../parts/Clock';
import { TalkIcon } from '../parts/icons';
import { NotTheVerified, VerifiedMark } from '../parts/Marks';
import { VerifyCode } from '../parts/VerifyCode';
import type { CallView, Phase } from '../wire.gen';
import styles from './CallState.module.css';

interface CallStateProps {
  readonly calls: CallModel;
  readonly call: CallView;
  /** What fades with the controls. */
  readonly fades: string;
  /** Shows or puts away the conversation with them; absent where there is nobody to write to. */
  readonly onTalk: (() => void) | undefined;
  readonly talks: boolean;
  /** What they wrote and was not seen yet. */
  readonly unread: number;
}

export function CallState({ calls, call, fades, onTalk, talks, unread }: CallStateProps) {
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
      <div class={styles.ways}>
        {onTalk !== undefined && (
          <button
            type="button"
            class={`${styles.talk} ${unread > 0 ? styles.news : ''}`}
            aria-pressed={talks}
            data-opens={call.with.peer}
            aria-label={unread > 0 ? `${t.openConversation(name)}, ${t.unread(unread)}` : t.openConversation(name)}
            title={t.openConversation(name)}
            onClick={onTalk}
          >
            <TalkIcon />
            {unread > 0 && <span>{unread > 99 ? '99+' : unread}</span>}
          </button>
        )}
        {isLive(call) && call.code.length > 0 && (
          <VerifyCode code={call.code} name={name} verified={verified} onVerify={(match) => calls.verify(match)} />
        )}
      </div>
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
