/** How the call ended, in words, with a way on. */

import type { CallModel } from '../call/callModel';
import { t } from '../messages';
import { Button } from '../parts/Button';
import { PhoneIcon, VideoIcon } from '../parts/icons';
import { Portrait } from '../parts/Portrait';
import type { CallView, EndReason } from '../wire.gen';
import styles from './Panel.module.css';

interface EndedProps {
  readonly calls: CallModel;
  readonly call: CallView;
  readonly reason: EndReason;
}

/** Somebody called and was not answered. */
const MISSED: ReadonlySet<EndReason> = new Set<EndReason>(['cancelled', 'unanswered', 'busy', 'not_at_screen']);

export function Ended({ calls, call, reason }: EndedProps) {
  const { name, kind, peer, presence } = call.with;
  const { caller } = call;
  const talked = call.connected_ms !== null;
  const { happened, more } = t.ended({ caller, name, kind, reason, talked });
  // Calling again leads on only where somebody can be there to answer, and where the network was not the trouble.
  const again = presence !== 'offline' && reason !== 'code_mismatch';
  const media = caller ? call.mine : call.theirs;
  const missed = !caller && MISSED.has(reason);
  return (
    <div class={styles.panel}>
      <div class={styles.inside}>
        <Portrait of={call.with} size={112} />
        <h1>{happened}</h1>
        {more !== undefined && <p class={styles.soft}>{more}</p>}
        <div class={styles.actions}>
          {again && (
            <Button
              look="main"
              icon={media === 'video' ? <VideoIcon /> : <PhoneIcon />}
              onClick={() => calls.place(peer, media)}
            >
              {missed ? t.callBack : t.callAgain}
            </Button>
          )}
          <Button onClick={() => calls.dismiss()}>{t.close}</Button>
        </div>
      </div>
    </div>
  );
}
