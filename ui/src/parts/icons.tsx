/** Line icons of our own on a 24-pixel grid. They are decoration: the button around one has the name. */

import type { ComponentChildren } from 'preact';

export function icon(children: ComponentChildren) {
  return ({ size = 20 }: { size?: number }) => (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.9"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const handset = (
  <path d="M6.2 3.5h2.4a1.4 1.4 0 0 1 1.36 1.06l.72 2.9a1.4 1.4 0 0 1-.5 1.44l-1.5 1.15a12.4 12.4 0 0 0 5.27 5.27l1.15-1.5a1.4 1.4 0 0 1 1.44-.5l2.9.72a1.4 1.4 0 0 1 1.06 1.36v2.4a2.2 2.2 0 0 1-2.4 2.2C10.6 19.2 4.8 13.4 4 5.9a2.2 2.2 0 0 1 2.2-2.4Z" />
);
const camera = (
  <>
    <rect x="2.75" y="6" width="12.5" height="12" rx="2.6" />
    <path d="m15.25 10.6 4.6-2.75a.95.95 0 0 1 1.4.82v6.66a.95.95 0 0 1-1.4.82l-4.6-2.75" />
  </>
);
const microphone = (
  <>
    <rect x="9" y="2.75" width="6" height="11.5" rx="3" />
    <path d="M5.25 11.25a6.75 6.75 0 0 0 13.5 0M12 18v3.25" />
  </>
);
const slash = <path d="M3.75 3.75 20.25 20.25" />;

export const VideoIcon = icon(camera);
export const VideoOffIcon = icon(
  <>
    {camera}
    {slash}
  </>,
);
export const EyeIcon = icon(
  <>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
    <circle cx="12" cy="12" r="3" />
  </>,
);
export const TurnCameraIcon = icon(
  <>
    <path d="M4.5 8.75A2.25 2.25 0 0 1 6.75 6.5h1.4l1.1-1.75h5.5l1.1 1.75h1.4a2.25 2.25 0 0 1 2.25 2.25v7.5a2.25 2.25 0 0 1-2.25 2.25H6.75a2.25 2.25 0 0 1-2.25-2.25Z" />
    <path d="M15 13.25a3.1 3.1 0 0 1-5.45 1.25M9 11.75a3.1 3.1 0 0 1 5.45-1.25" />
    <path d="M14.7 8.6v2.1h-2.1M9.3 16.4v-2.1h2.1" />
  </>,
);
export const PhoneIcon = icon(handset);
export const MicrophoneIcon = icon(microphone);
export const MicrophoneOffIcon = icon(
  <>
    {microphone}
    {slash}
  </>,
);
export const HeadphonesIcon = icon(
  <>
    <path d="M4 16v-3.5a8 8 0 0 1 16 0V16" />
    <rect x="3" y="14.25" width="4.5" height="6.5" rx="1.8" />
    <rect x="16.5" y="14.25" width="4.5" height="6.5" rx="1.8" />
  </>,
);
export const BluetoothIcon = icon(<path d="m6.75 7.5 10.5 9-5.25 4.75V2.75l5.25 4.75-10.5 9" />);
export const EarIcon = icon(
  <>
    <path d="M6 9.25a6.25 6.25 0 0 1 12.5 0c0 4.1-3.1 4.9-3.7 8a4.2 4.2 0 0 1-8.2.5" />
    <path d="M9.5 10.5V9.25a2.75 2.75 0 0 1 5.5 0c0 2.2-2.75 2.1-2.75 4.5" />
  </>,
);
export const SpeakerIcon = icon(
  <>
    <path d="M3.5 9.75v4.5h3.25l4.75 4V5.75l-4.75 4Z" />
    <path d="M15 9.25a4.2 4.2 0 0 1 0 5.5M17.75 6.5a8 8 0 0 1 0 11" />
  </>,
);
export const HangUpIcon = icon(
  <path d="M2.9 14.1c-.5-1.5-.2-2.9.9-3.9C6 8.2 8.9 7.2 12 7.2s6 1 8.2 3c1.1 1 1.4 2.4.9 3.9l-.4 1.1a1.3 1.3 0 0 1-1.5.85l-2.7-.6a1.3 1.3 0 0 1-1-1.1l-.24-1.85a11 11 0 0 0-6.52 0l-.24 1.85a1.3 1.3 0 0 1-1 1.1l-2.7.6a1.3 1.3 0 0 1-1.5-.85Z" />,
);
export const ScreenIcon = icon(
  <>
    <rect x="2.75" y="4" width="18.5" height="12.5" rx="2.2" />
    <path d="M8.5 20.25h7M12 13.25V8m-2.4 2.2L12 7.8l2.4 2.4" />
  </>,
);
export const ScreenOffIcon = icon(
  <>
    <rect x="2.75" y="4" width="18.5" height="12.5" rx="2.2" />
    <path d="M8.5 20.25h7M9.8 8l4.4 4.5m0-4.5-4.4 4.5" />
  </>,
);
export const ShieldIcon = icon(
  <>
    <path d="M12 3 4.75 5.6v5.6c0 4.5 3 8.1 7.25 9.8 4.25-1.7 7.25-5.3 7.25-9.8V5.6Z" />
    <path d="m8.8 11.9 2.3 2.3 4.2-4.4" />
  </>,
);
export const WarningIcon = icon(
  <>
    <path d="M10.5 4.4 2.9 17.5a1.75 1.75 0 0 0 1.5 2.65h15.2a1.75 1.75 0 0 0 1.5-2.65L13.5 4.4a1.75 1.75 0 0 0-3 0Z" />
    <path d="M12 9.25v4.25M12 16.7v.05" />
  </>,
);
export const PencilIcon = icon(
  <path d="m4 20 .9-4.2L15.7 5a2.05 2.05 0 0 1 2.9 0l.4.4a2.05 2.05 0 0 1 0 2.9L8.2 19.1Z" />,
);
export const BackIcon = icon(<path d="m14.5 5-7 7 7 7" />);
export const SendIcon = icon(
  <path d="M4.2 12 3.3 5.1a1 1 0 0 1 1.4-1l15 7a1 1 0 0 1 0 1.8l-15 7a1 1 0 0 1-1.4-1L4.2 12Zm0 0h7.3" />,
);
export const ReplyIcon = icon(<path d="M9.5 6.5 4 12l5.5 5.5M4.5 12h9a6 6 0 0 1 6 6v.5" />);
export const TrashIcon = icon(
  <path d="M4.5 6.75h15M9.5 6.5v-2h5v2m3 .25-.7 11.6a1.9 1.9 0 0 1-1.9 1.8H9.1a1.9 1.9 0 0 1-1.9-1.8l-.7-11.6M10.2 10.5v5.8m3.6-5.8v5.8" />,
);
export const MoreIcon = icon(
  <>
    <circle cx="12" cy="5.5" r="0.9" fill="currentColor" />
    <circle cx="12" cy="12" r="0.9" fill="currentColor" />
    <circle cx="12" cy="18.5" r="0.9" fill="currentColor" />
  </>,
);
export const ClockIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.25" />
    <path d="M12 7.5V12l3 2" />
  </>,
);
export const ChecksIcon = icon(<path d="m2.5 12.7 4 4L15 8M11.5 15.9l.8.8L21 8" />);
export const CallInIcon = icon(<path d="M18.5 5.5 6 18m0-9.5V18h9.5" />);
export const CallOutIcon = icon(<path d="M5.5 18.5 18 6M8.5 6H18v9.5" />);
export const CallMissedIcon = icon(<path d="m4.5 7 7.5 7.5L19.5 7M9.5 7h-5v5" />);
export const SettingsIcon = icon(
  <>
    <path d="M3.5 7.5h8M16.5 7.5h4M3.5 16.5h4M12.5 16.5h8" />
    <circle cx="14" cy="7.5" r="2.4" />
    <circle cx="10" cy="16.5" r="2.4" />
  </>,
);
export const TalkIcon = icon(
  <path d="M5.5 4.5h13a2 2 0 0 1 2 2v8.5a2 2 0 0 1-2 2h-7l-4.75 3.6V17H5.5a2 2 0 0 1-2-2V6.5a2 2 0 0 1 2-2Z" />,
);
export const ClipIcon = icon(
  <path d="m19.5 11.4-7.7 7.7a4.6 4.6 0 0 1-6.5-6.5l8.2-8.2a3.1 3.1 0 0 1 4.4 4.4l-8.2 8.1a1.6 1.6 0 0 1-2.2-2.2l7.3-7.3" />,
);
export const CloseIcon = icon(<path d="M6 6l12 12M18 6 6 18" />);
export const CheckIcon = icon(<path d="m5 12.5 4.6 4.6L19 7.5" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const SearchIcon = icon(
  <>
    <circle cx="10.75" cy="10.75" r="6.5" />
    <path d="m20 20-4.6-4.6" />
  </>,
);
export const BellIcon = icon(
  <>
    <path d="M6 16.5V10.75a6 6 0 0 1 12 0v5.75l1.5 1.75h-15Z" />
    <path d="M10 21h4" />
  </>,
);
export const NetworkIcon = icon(
  <>
    <path d="M2.75 9.2a13.5 13.5 0 0 1 18.5 0M6 12.8a8.8 8.8 0 0 1 12 0M9.2 16.3a4.2 4.2 0 0 1 5.6 0" />
    <path d="M12 19.5v.05" />
  </>,
);
export const BrowserIcon = icon(
  <>
    <rect x="2.75" y="4" width="18.5" height="16" rx="2.4" />
    <path d="M2.75 9h18.5M6 6.5v.01M8.5 6.5v.01" />
  </>,
);
