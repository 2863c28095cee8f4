// @ts-check
/**
 * Runs in every page before its own scripts, and only watches: which connections it makes and when it opens devices. A
 * test reads it through `window.__watch`.
 */

/** @typedef {'microphone' | 'camera'} Device */

/**
 * @typedef {object} Watched
 * @property {RTCPeerConnection[]} connections every one this page made, the newest last
 * @property {Device[]} asked every device it asked for, in order
 * @property {MediaStreamTrack[]} opened every track it got
 */

/**
 * @typedef {Window & {
 *   __watch: Watched,
 *   __ask?: (devices: Device[]) => Promise<void>,
 * }} WatchedWindow
 */

export function watch() {
  const page = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window));
  /** @type {Watched} */
  const watched = { connections: [], asked: [], opened: [] };
  page.__watch = watched;

  window.RTCPeerConnection = class extends RTCPeerConnection {
    /** @param {RTCConfiguration} [configuration] */
    constructor(configuration) {
      super(configuration);
      watched.connections.push(this);
    }
  };

  // Absent where a page may not open devices at all.
  const devices = navigator.mediaDevices;
  if (devices === undefined) return;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    /** @type {Device[]} */
    const wanted = [];
    if (constraints?.audio) wanted.push('microphone');
    if (constraints?.video) wanted.push('camera');
    watched.asked.push(...wanted);
    // The question that the browser would put to the person; a test answers it.
    if (page.__ask !== undefined) await page.__ask(wanted);
    const stream = await open(constraints);
    watched.opened.push(...stream.getTracks());
    return stream;
  };
}
