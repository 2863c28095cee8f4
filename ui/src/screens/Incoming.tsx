/** Somebody calls. Nothing is opened before "Accept". */

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { CallModel } from '../call/callModel';
import { t } from '../messages';
import { Avatar } from '../parts/Avatar';
import { Button } from '../parts/Button';
import { BellIcon, HangUpIcon, PhoneIcon, VideoIcon } from '../parts/icons';
import { NotTheVerified, VerifiedMark } from '../parts/Marks';
import type { CallView } from '../wire.gen';
import styles from './Incoming.module.css';

/** Somebody typing when it rings must not answer by accident. */
const TYPING_GRACE_MS = 700;

export function Incoming({ calls, call }: { calls: CallModel; call: CallView }) {
  const accept = useRef<HTMLButtonElement>(null);
  const deaf = useRef(false);
  const { name, peer, verified, not_the_verified: impersonated } = call.with;
  const video = call.theirs === 'video';

  useLayoutEffect(() => {
    const before = document.activeElement;
    deaf.current = before instanceof HTMLInputElement || before instanceof HTMLTextAreaElement;
    const timer = setTimeout(() => {
      deaf.current = false;
    }, TYPING_GRACE_MS);
    accept.current?.focus();
    return () => {
      clearTimeout(timer);
      if (!(before instanceof HTMLElement) || before === document.body) return;
      // The rest of the page can take the focus again only after it is drawn without the dialog.
      queueMicrotask(() => before.isConnected && before.focus());
    };
  }, []);

  return (
    <div class={styles.scrim}>
      <div
        class={styles.dialog}
        role="dialog"
        aria-modal="true"
        aria-label={t.incoming(name)}
        aria-describedby="incoming-kind"
        onKeyDown={(event) => {
          if (deaf.current) event.preventDefault();
          else keepInside(event);
        }}
      >
        <span class={styles.picture}>
          <Avatar peer={peer} size={96} />
        </span>
        <h1 class={styles.name}>
          <bdi>{t.isCalling(name)}</bdi> {verified && <VerifiedMark />}
        </h1>
        <p id="incoming-kind" class={styles.kind}>
          {video ? <VideoIcon size={18} /> : <PhoneIcon size={18} />}
          {video ? t.incomingVideo : t.incomingVoice}
        </p>
        {impersonated !== null && <NotTheVerified name={impersonated} long />}
        {calls.soundBlocked.value && (
          <p class={styles.hint}>
            <BellIcon size={16} />
            {t.clickToHear}
          </p>
        )}
        <div class={styles.answers}>
          <Button
            look="main"
            wide
            buttonRef={accept}
            icon={video ? <VideoIcon /> : <PhoneIcon />}
            onClick={() => calls.accept(call.theirs)}
          >
            {t.accept}
          </Button>
          {video && (
            <Button wide icon={<PhoneIcon />} onClick={() => calls.accept('voice')}>
              {t.acceptWithoutCamera}
            </Button>
          )}
          <Button look="danger" wide icon={<HangUpIcon />} onClick={() => calls.decline()}>
            {t.decline}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** Tab goes round inside the dialog. */
function keepInside(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  if (event.key !== 'Tab') return;
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.findIndex((button) => button.matches(':focus'));
  const next = buttons.at((at + (event.shiftKey ? -1 : 1)) % buttons.length);
  event.preventDefault();
  next?.focus();
}
