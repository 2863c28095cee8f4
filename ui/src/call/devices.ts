/** Opens microphone, camera and screen, and says in a typed way why one could not be opened. */

/** What takes sound or pictures. */
export type Capture = 'microphone' | 'camera';

/**
 * Why there is no device:
 * - `refused`: the person, the browser or the system does not allow it
 * - `not_granted`: the system asked the person for this app, who does not allow it
 * - `missing`: there is none
 * - `busy`: there is one, and another program has it (or it failed to start)
 * - `unavailable`: this page cannot open devices at all
 * - `lost`: it was open and went away
 */
export type Why = 'refused' | 'not_granted' | 'missing' | 'busy' | 'unavailable' | 'lost';

export type Opening =
  | { readonly ok: true; readonly track: MediaStreamTrack }
  | { readonly ok: false; readonly why: Why };

/** What of `navigator` is used; `mediaDevices` is absent where a page may not open devices at all. */
export interface Capturing {
  readonly mediaDevices?: Pick<MediaDevices, 'getUserMedia'> & Partial<Pick<MediaDevices, 'getDisplayMedia'>>;
  readonly permissions?: Pick<Permissions, 'query'>;
  readonly userAgent: string;
}

/** Who takes echo and noise out of the microphone: the browser, or whoever gets its sound. */
export type Cleaning = 'by_browser' | 'elsewhere';

function sound(cleaning: Cleaning): MediaTrackConstraints {
  const here = cleaning === 'by_browser';
  return { echoCancellation: here, noiseSuppression: here, autoGainControl: here };
}

/** Which camera of a phone: the one beside its screen, or the one at its back. */
export type Facing = 'user' | 'environment';

/** Other machines have cameras that face nowhere, and take any. */
function picture(facing: Facing): MediaTrackConstraints {
  return { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, facingMode: { ideal: facing } };
}
const SCREEN: DisplayMediaStreamOptions = { video: { frameRate: { ideal: 15 } }, audio: false };

/** How devices are to be opened. */
export interface How {
  readonly cleaning: Cleaning;
  readonly facing: Facing;
}

/** Where a camera looks; `null` where it does not say, as on machines that one does not turn. */
export function facingOf(camera: MediaStreamTrack): Facing | null {
  const { facingMode } = camera.getSettings();
  return facingMode === 'user' || facingMode === 'environment' ? facingMode : null;
}

/** Opens both. Each promise settles by itself, so sound never waits for a slow camera, unless they are asked together. */
export function openBoth(from: Capturing, how: How): Record<Capture, Promise<Opening>> {
  const together = askTogether(from);
  const both = together.then((yes) => (yes ? openTogether(from, how) : null));
  return {
    microphone: both.then((opened) => opened?.microphone ?? open(from, 'microphone', how)),
    camera: both.then((opened) => opened?.camera ?? open(from, 'camera', how)),
  };
}

/** Opens one. */
export async function open(from: Capturing, device: Capture, how: How): Promise<Opening> {
  const { mediaDevices } = from;
  if (mediaDevices === undefined) return { ok: false, why: 'unavailable' };
  try {
    const constraints = device === 'microphone' ? { audio: sound(how.cleaning) } : { video: picture(how.facing) };
    return only(await mediaDevices.getUserMedia(constraints), device);
  } catch (error) {
    return { ok: false, why: why(error) };
  }
}

/** Whether a screen can be shared from here at all. */
export function canShareScreen(from: Capturing): boolean {
  return typeof from.mediaDevices?.getDisplayMedia === 'function';
}

/** Lets the person choose a screen; `null` when they chose none. */
export async function openScreen(from: Capturing): Promise<MediaStreamTrack | null> {
  try {
    const stream = await from.mediaDevices?.getDisplayMedia?.(SCREEN);
    return stream?.getVideoTracks()[0] ?? null;
  } catch {
    // Closing the chooser is an error to the browser and an ordinary answer to us.
    return null;
  }
}

/**
 * One request for both where two would get in each other's way: on Android, whose window keeps one permission request
 * at a time, and where the person will be asked, since one question is kinder than two.
 */
async function askTogether(from: Capturing): Promise<boolean> {
  if (/\bAndroid\b/.test(from.userAgent)) return true;
  const { permissions } = from;
  if (permissions === undefined) return false;
  try {
    const states = await Promise.all(
      ['microphone', 'camera'].map((name) => permissions.query({ name: name as PermissionName })),
    );
    return states.every(({ state }) => state === 'prompt');
  } catch {
    // Not every browser knows these two names.
    return false;
  }
}

async function openTogether(from: Capturing, how: How): Promise<Record<Capture, Opening>> {
  const { mediaDevices } = from;
  if (mediaDevices === undefined) {
    return { microphone: { ok: false, why: 'unavailable' }, camera: { ok: false, why: 'unavailable' } };
  }
  try {
    const stream = await mediaDevices.getUserMedia({ audio: sound(how.cleaning), video: picture(how.facing) });
    return { microphone: only(stream, 'microphone'), camera: only(stream, 'camera') };
  } catch (error) {
    // One of the two is the cause, and the browser does not say which. If sound alone works, it was the camera.
    const microphone = await open(from, 'microphone', how);
    const camera: Opening = microphone.ok ? { ok: false, why: why(error) } : await open(from, 'camera', how);
    return { microphone, camera };
  }
}

function only(stream: MediaStream, device: Capture): Opening {
  const track = (device === 'microphone' ? stream.getAudioTracks() : stream.getVideoTracks())[0];
  return track === undefined ? { ok: false, why: 'missing' } : { ok: true, track };
}

function why(error: unknown): Why {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    // WebKitGTK says OverconstrainedError where there is no device at all.
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
    case 'InvalidStateError':
      return 'busy';
    default:
      return 'unavailable';
  }
}
