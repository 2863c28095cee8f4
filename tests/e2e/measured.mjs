// @ts-check
/**
 * What a page receives and sends over a time, measured ten times a second in the page itself: whether picture and sound go
 * on without a stop, how late they come, and what was sent again for what was lost.
 */

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('./watch.mjs').WatchedWindow} WatchedWindow */

/**
 * The newest connection of a page at one moment. Counters only grow.
 * @typedef {object} Moment
 * @property {number} at milliseconds of the machine's clock, which all pages share
 * @property {number} frames decoded
 * @property {number} soundPackets received
 * @property {number} energy of all sound played so far, in the W3C's own unit: it grows while something is heard
 * @property {number} samples of sound played
 * @property {number} concealed of these, made up because nothing had come
 * @property {number | null} late how much later than it was sent the picture is shown now, in milliseconds, if both
 *   machines' clocks agree; `null` while the page does not know
 * @property {number} keysAsked key frames this page asked for
 * @property {number} keysAskedOfUs key frames the other side asked this page for
 * @property {number} keysSent
 * @property {number} pictureSent packets of picture, those sent again not counted
 * @property {number} sentAgain packets of picture
 */

/**
 * @param {Page} page
 * @param {number} ms how long
 * @returns {Promise<Moment[]>}
 */
export function measure(page, ms) {
  return page.evaluate(async (ms) => {
    const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    // From 1900, the beginning of NTP, to 1970.
    const NTP_MS = 2_208_988_800_000;

    /** @returns {Promise<Moment>} */
    const look = async () => {
      const moment = {
        at: Date.now(),
        frames: 0,
        soundPackets: 0,
        energy: 0,
        samples: 0,
        concealed: 0,
        late: /** @type {number | null} */ (null),
        keysAsked: 0,
        keysAskedOfUs: 0,
        keysSent: 0,
        pictureSent: 0,
        sentAgain: 0,
      };
      for (const report of (await connections.at(-1)?.getStats())?.values() ?? []) {
        if (report.type === 'inbound-rtp' && report.kind === 'video') {
          moment.frames += report.framesDecoded ?? 0;
          moment.keysAsked += report.pliCount ?? 0;
          if (report.estimatedPlayoutTimestamp) moment.late = moment.at + NTP_MS - report.estimatedPlayoutTimestamp;
        } else if (report.type === 'inbound-rtp') {
          moment.soundPackets += report.packetsReceived;
          moment.energy += report.totalAudioEnergy ?? 0;
          moment.samples += report.totalSamplesReceived ?? 0;
          moment.concealed += report.concealedSamples ?? 0;
        } else if (report.type === 'outbound-rtp' && report.kind === 'video') {
          moment.keysAskedOfUs += report.pliCount ?? 0;
          moment.keysSent += report.keyFramesEncoded ?? 0;
          moment.sentAgain += report.retransmittedPacketsSent ?? 0;
          moment.pictureSent += report.packetsSent - (report.retransmittedPacketsSent ?? 0);
        }
      }
      return moment;
    };

    const moments = [await look()];
    const end = performance.now() + ms;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      moments.push(await look());
    }
    return moments;
  }, ms);
}

/**
 * The newest connection of a page now.
 * @param {Page} page
 */
export async function moment(page) {
  return grown(await measure(page, 0)).last;
}

/**
 * Where a time began and where it ended.
 * @param {readonly Moment[]} moments
 */
export function grown(moments) {
  const [first, last] = [moments[0], moments.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing was measured');
  return { first, last, seconds: (last.at - first.at) / 1000 };
}

/**
 * The longest time, in milliseconds, in which a counter did not grow.
 * @param {readonly Moment[]} moments
 * @param {'frames' | 'soundPackets' | 'energy'} counter
 */
export function longestStop(moments, counter) {
  let longest = 0;
  let grew = grown(moments).first;
  for (const moment of moments) {
    if (moment[counter] > grew[counter]) grew = moment;
    longest = Math.max(longest, moment.at - grew.at);
  }
  return longest;
}

/**
 * Frames a second.
 * @param {readonly Moment[]} moments
 */
export function frameRate(moments) {
  const { first, last, seconds } = grown(moments);
  return (last.frames - first.frames) / seconds;
}

/**
 * The share of sound that was made up.
 * @param {readonly Moment[]} moments
 */
export function concealedShare(moments) {
  const { first, last } = grown(moments);
  return (last.concealed - first.concealed) / Math.max(1, last.samples - first.samples);
}
