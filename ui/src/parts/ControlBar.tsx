/** The one bar of controls in a call. */

import type { ComponentChildren } from 'preact';
import { t } from '../messages';
import type { Devices } from '../wire.gen';
import styles from './ControlBar.module.css';
import {
  HangUpIcon,
  HeadphonesIcon,
  MicrophoneIcon,
  MicrophoneOffIcon,
  ScreenIcon,
  ScreenOffIcon,
  TurnCameraIcon,
  VideoIcon,
  VideoOffIcon,
} from './icons';

interface ControlBarProps {
  readonly devices: Devices;
  readonly onMicrophone: () => void;
  readonly onCamera: () => void;
  /** Absent where there is no other camera. */
  readonly onTurn?: (() => void) | undefined;
  /** Absent where no screen can be shared. */
  readonly onScreen?: (() => void) | undefined;
  /** Whether this person wears some; absent where it makes no difference. */
  readonly headphones?: boolean | undefined;
  readonly onHeadphones?: () => void;
  readonly onHangUp: () => void;
}

export function ControlBar(props: ControlBarProps) {
  const { devices, onMicrophone, onCamera, onTurn, onScreen, headphones, onHeadphones, onHangUp } = props;
  const camera = devices.picture === 'camera';
  const screen = devices.picture === 'screen';
  return (
    <div class={styles.bar} role="toolbar" aria-label={t.controls}>
      <Control
        label={devices.microphone ? t.mute : t.unmute}
        off={!devices.microphone}
        onClick={onMicrophone}
        shortcut="M"
      >
        {devices.microphone ? <MicrophoneIcon size={24} /> : <MicrophoneOffIcon size={24} />}
      </Control>
      <Control label={camera ? t.cameraOff : t.cameraOn} off={!camera} onClick={onCamera} shortcut="V">
        {camera ? <VideoIcon size={24} /> : <VideoOffIcon size={24} />}
      </Control>
      {onTurn !== undefined && (
        <Control label={t.turnCamera} onClick={onTurn}>
          <TurnCameraIcon size={24} />
        </Control>
      )}
      {onScreen !== undefined && (
        <Control label={screen ? t.stopSharing : t.shareScreen} lit={screen} onClick={onScreen}>
          {screen ? <ScreenOffIcon size={24} /> : <ScreenIcon size={24} />}
        </Control>
      )}
      {headphones !== undefined && onHeadphones !== undefined && (
        <Control label={headphones ? t.headphonesOff : t.headphonesOn} lit={headphones} onClick={onHeadphones}>
          <HeadphonesIcon size={24} />
        </Control>
      )}
      <button
        type="button"
        class={`${styles.control} ${styles.end}`}
        aria-label={t.hangUp}
        title={t.hangUp}
        onClick={onHangUp}
      >
        <HangUpIcon size={28} />
      </button>
    </div>
  );
}

interface ControlProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly off?: boolean;
  readonly lit?: boolean;
  readonly shortcut?: string;
  readonly children: ComponentChildren;
}

function Control({ label, onClick, off = false, lit = false, shortcut, children }: ControlProps) {
  return (
    <button
      type="button"
      class={`${styles.control} ${off ? styles.off : ''} ${lit ? styles.lit : ''}`}
      aria-label={label}
      aria-keyshortcuts={shortcut}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
