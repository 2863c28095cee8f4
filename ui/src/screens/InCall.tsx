/** The call: their picture fills the room, yours sits in a corner, one bar of controls. */

import { useCallback, useEffect, useState } from 'preact/hooks';
import type { CallModel } from '../call/callModel';
import { isLive } from '../call/phases';
import { t } from '../messages';
import { Button } from '../parts/Button';
import { ControlBar } from '../parts/ControlBar';
import { WarningIcon } from '../parts/icons';
import { Notice } from '../parts/Notice';
import { OwnPicture } from '../parts/OwnPicture';
import { Picture } from '../parts/Picture';
import { Portrait } from '../parts/Portrait';
import { useStill } from '../parts/useStill';
import type { CallView, Devices } from '../wire.gen';
import { CallState } from './CallState';
import styles from './InCall.module.css';

/** The controls fade when nothing moved for so long. */
const STILL_MS = 3000;

interface InCallProps {
  readonly calls: CallModel;
  readonly call: CallView;
  /** Shows or puts away the conversation with them; absent where there is nobody to write to. */
  readonly onTalk: (() => void) | undefined;
  /** The conversation is shown. */
  readonly talks: boolean;
  readonly unread: number;
}

export function InCall({ calls, call, onTalk, talks, unread }: InCallProps) {
  const [silenced, setSilenced] = useState(false);
  const [tries, setTries] = useState(0);
  const { name, kind } = call.with;
  const theirs = call.their_devices;
  const mine = calls.devices.value;
  const live = isLive(call);
  const picture = live && calls.remote.value !== null && theirs.picture !== 'off';
  // Nobody asked for pictures: that there is none need not be said.
  const voice = call.mine === 'voice' && call.theirs === 'voice';
  const own = calls.ownPicture.value;
  const still = useStill(STILL_MS);
  // Without a picture there is nothing to uncover.
  const faded = still && picture && call.phase.is === 'connected' && calls.trouble.value === null && !silenced;
  const onSilenced = useCallback(() => setSilenced(true), []);
  const soundOn = useCallback(() => {
    setSilenced(false);
    setTries((before) => before + 1);
  }, []);
  const capturing = calls.capturing.value;
  useEffect(() => {
    if (capturing) soundOn();
  }, [capturing, soundOn]);
  useKeys(calls);

  return (
    <section class={`${styles.room} ${faded ? styles.faded : ''}`} aria-label={t.callWith(name)}>
      <Picture
        label={t.theirVideo(name)}
        stream={live ? calls.remote.value : null}
        class={styles.theirs}
        hidden={!picture}
        onSilenced={onSilenced}
        attempt={tries}
      />
      {!picture && (
        <div class={styles.nopicture}>
          <span class={call.phase.is === 'outgoing' ? styles.waiting : styles.portrait}>
            <Portrait of={call.with} size={144} />
          </span>
        </div>
      )}
      <CallState calls={calls} call={call} fades={styles.fades ?? ''} onTalk={onTalk} talks={talks} unread={unread} />
      {live && (
        <div class={styles.words} aria-live="polite">
          {kind === 'echo' ? <span>{t.echoInCall}</span> : <TheirDevices name={name} devices={theirs} voice={voice} />}
        </div>
      )}
      {own !== null && <OwnPicture track={own} mirrored={calls.mirrored.value} silent={!mine.microphone} />}
      <div class={styles.foot}>
        {silenced && live && <Silenced name={name} onClick={soundOn} />}
        <Troubles calls={calls} call={call} />
        <div class={styles.fades}>
          <ControlBar
            devices={mine}
            onMicrophone={() => calls.toggleMicrophone()}
            onCamera={() => calls.toggleCamera()}
            onTurn={calls.turns.value ? () => calls.turnCamera() : undefined}
            onScreen={calls.canShareScreen && live ? () => calls.toggleScreen() : undefined}
            headphones={calls.headset?.value}
            onHeadphones={() => calls.toggleHeadset()}
            heard={calls.routes.now.value}
            onRoute={(route) => calls.routes.choose(route)}
            onHangUp={() => calls.hangUp()}
          />
        </div>
      </div>
    </section>
  );
}

function TheirDevices({ name, devices, voice }: { name: string; devices: Devices; voice: boolean }) {
  return (
    <>
      {devices.picture === 'off' && !voice && <span>{t.theirCameraOff(name)}</span>}
      {devices.picture === 'screen' && <span>{t.theirScreen(name)}</span>}
      {!devices.microphone && <span>{t.theirMicrophoneOff(name)}</span>}
    </>
  );
}

/** The browser plays no sound of a page that was not clicked yet, as after a reload. */
function Silenced({ name, onClick }: { name: string; onClick: () => void }) {
  useEffect(() => {
    // Any click or key will do for the browser, not only the one on the button.
    const gestures = ['click', 'keydown'] as const;
    for (const gesture of gestures) document.addEventListener(gesture, onClick);
    return () => {
      for (const gesture of gestures) document.removeEventListener(gesture, onClick);
    };
  }, [onClick]);
  return (
    <div class={styles.trouble}>
      <Notice
        urgent
        action={
          <Button look="main" onClick={onClick}>
            {t.soundOn}
          </Button>
        }
      >
        {t.soundBlocked(name)}
      </Notice>
    </div>
  );
}

function Troubles({ calls, call }: { calls: CallModel; call: CallView }) {
  const trouble = calls.trouble.value;
  if (trouble === null) return null;
  const { microphone, picture } = calls.devices.value;
  const words = t.trouble({ ...trouble, heard: microphone, seen: picture !== 'off', name: call.with.name });
  return (
    <div class={styles.trouble}>
      <Notice
        urgent
        icon={<WarningIcon />}
        action={<Button onClick={() => calls.retryDevices()}>{t.tryAgain}</Button>}
        onClose={() => calls.putTroubleAway()}
      >
        {words}
      </Notice>
    </div>
  );
}

/** `M` and `V`, as long as no field or button has the keyboard. */
function useKeys(calls: CallModel): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (event.target instanceof Element && event.target.closest('input, textarea, select, button, a') !== null)
        return;
      const key = event.key.toLowerCase();
      if (key === 'm') calls.toggleMicrophone();
      else if (key === 'v') calls.toggleCamera();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [calls]);
}
