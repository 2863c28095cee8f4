/** The one bar of controls in a call. */

import { t } from '../messages';
import type { Devices } from '../wire.gen';
import { Control } from './Control';
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
import { type Heard, type Route, SoundControl } from './SoundControl';

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
  /** Where the call is heard; `null` where there is no choice. */
  readonly heard: Heard | null;
  readonly onRoute: (route: Route) => void;
  readonly onHangUp: () => void;
}

export function ControlBar(props: ControlBarProps) {
  const { devices, onMicrophone, onCamera, onTurn, onScreen, headphones, onHeadphones, heard, onRoute, onHangUp } =
    props;
  const camera = devices.picture === 'camera';
  const screen = devices.picture === 'screen';
  return (
    <div class={styles.bar} role="toolbar" aria-label={t.controls}>
      <Control
        label={devices.microphone ? t.mute : t.unmute}
        look={devices.microphone ? 'plain' : 'off'}
        onClick={onMicrophone}
        shortcut="M"
      >
        {devices.microphone ? <MicrophoneIcon size={24} /> : <MicrophoneOffIcon size={24} />}
      </Control>
      <Control
        label={camera ? t.cameraOff : t.cameraOn}
        look={camera ? 'plain' : 'off'}
        onClick={onCamera}
        shortcut="V"
      >
        {camera ? <VideoIcon size={24} /> : <VideoOffIcon size={24} />}
      </Control>
      {onTurn !== undefined && (
        <Control label={t.turnCamera} onClick={onTurn}>
          <TurnCameraIcon size={24} />
        </Control>
      )}
      {onScreen !== undefined && (
        <Control label={screen ? t.stopSharing : t.shareScreen} look={screen ? 'lit' : 'plain'} onClick={onScreen}>
          {screen ? <ScreenOffIcon size={24} /> : <ScreenIcon size={24} />}
        </Control>
      )}
      {headphones !== undefined && onHeadphones !== undefined && (
        <Control
          label={headphones ? t.headphonesOff : t.headphonesOn}
          look={headphones ? 'lit' : 'plain'}
          onClick={onHeadphones}
        >
          <HeadphonesIcon size={24} />
        </Control>
      )}
      {heard !== null && <SoundControl heard={heard} onRoute={onRoute} />}
      <Control label={t.hangUp} look="end" onClick={onHangUp}>
        <HangUpIcon size={28} />
      </Control>
    </div>
  );
}
