// @ts-check
/** What a page really receives and sends: colours of decoded pictures, pitches of decoded sound, counters of packets. */

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').Locator} Locator */
/** @typedef {import('./watch.mjs').WatchedWindow} WatchedWindow */

/**
 * The state of the newest connection this page made.
 * @param {Page} page
 */
export function connectionState(page) {
  return page.evaluate(() => {
    const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    return connections.at(-1)?.connectionState ?? null;
  });
}

/**
 * How many connections of this page are not closed.
 * @param {Page} page
 */
export function openConnections(page) {
  return page.evaluate(() => {
    const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    return connections.filter(({ connectionState }) => connectionState !== 'closed').length;
  });
}

/**
 * Media bytes sent and received, on all connections of this page that are not closed.
 * @param {Page} page
 */
export function traffic(page) {
  return page.evaluate(async () => {
    const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    const sum = { sent: 0, soundSent: 0, pictureSent: 0, received: 0 };
    for (const connection of connections) {
      if (connection.connectionState === 'closed') continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'outbound-rtp') {
          sum.sent += report.bytesSent;
          if (report.kind === 'audio') sum.soundSent += report.bytesSent;
          else sum.pictureSent += report.bytesSent;
        }
        if (report.type === 'inbound-rtp') sum.received += report.bytesReceived;
      }
    }
    return sum;
  });
}

/**
 * Counts the frames that this page shows of others from now on: what is decoded and never shown is nothing to anybody.
 * @param {Page} page
 * @returns {Promise<() => Promise<number>>} how many there are so far
 */
export async function newFrames(page) {
  const before = await page.evaluateHandle(() => {
    const before = new WeakMap();
    for (const video of document.querySelectorAll('video')) before.set(video, video.getVideoPlaybackQuality().totalVideoFrames);
    return before;
  });
  return () => before.evaluate((before) => {
    let more = 0;
    for (const video of document.querySelectorAll('video')) {
      if (video.ariaLabel === 'Your video') continue;
      // One that is given another stream counts from 0 again.
      more += Math.max(0, video.getVideoPlaybackQuality().totalVideoFrames - (before.get(video) ?? 0));
    }
    return more;
  });
}

/**
 * What the newest connection of this page sends and receives its sound and picture in, such as `VP8`; those that nothing
 * came in yet are not named.
 * @param {Page} page
 */
export function codecs(page) {
  return page.evaluate(async () => {
    const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    const reports = await connections.at(-1)?.getStats();
    /** @type {Record<'inbound-rtp' | 'outbound-rtp', Partial<Record<'audio' | 'video', string>>>} */
    const named = { 'inbound-rtp': {}, 'outbound-rtp': {} };
    for (const report of reports?.values() ?? []) {
      if (report.type !== 'inbound-rtp' && report.type !== 'outbound-rtp') continue;
      const codec = reports?.get(report.codecId)?.mimeType.split('/')[1];
      if (codec !== undefined) named[/** @type {keyof typeof named} */ (report.type)][/** @type {'audio'} */ (report.kind)] = codec;
    }
    return { received: named['inbound-rtp'], sent: named['outbound-rtp'] };
  });
}

/**
 * All connections of this page and its pictures, in short: what there is to know when something does not come.
 * @param {Page} page
 */
export function account(page) {
  return page.evaluate(async () => {
    const { connections, opened } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    const shown = [...document.querySelectorAll('video')].map(({ ariaLabel, videoWidth, paused, srcObject }) => {
      const tracks = srcObject instanceof MediaStream ? srcObject.getTracks() : [];
      return { ariaLabel, videoWidth, paused, tracks: tracks.map((t) => `${t.kind} ${t.readyState}${t.muted ? ' muted' : ''}`) };
    });
    const open = connections.filter(({ connectionState }) => connectionState !== 'closed');
    const calls = open.map(async (connection) => {
      const media = [...(await connection.getStats()).values()].filter(({ type }) => /^(in|out)bound-rtp$/.test(type));
      const { connectionState, iceConnectionState, signalingState } = connection;
      return {
        states: [connectionState, iceConnectionState, signalingState],
        senders: connection.getSenders().map(({ track }) => (track === null ? null : `${track.kind} ${track.readyState}`)),
        media: media.map((r) => ({
          is: `${r.kind} ${r.type}`,
          packets: r.packetsReceived ?? r.packetsSent,
          frames: r.framesDecoded ?? r.framesEncoded,
          keyFrames: r.keyFramesDecoded ?? r.keyFramesEncoded,
          wanted: r.pliCount,
          target: r.targetBitrate,
        })),
      };
    });
    return { calls: await Promise.all(calls), made: connections.length, shown, devices: opened.map((t) => `${t.kind} ${t.readyState}`) };
  });
}

/**
 * The newest connection of this page looks for a new path, as after a gap.
 * @param {Page} page
 */
export function seekPath(page) {
  return page.evaluate(() => {
    const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    connections.at(-1)?.restartIce();
  });
}

/**
 * Watches the offers of the newest connection of this page.
 * @param {Page} page
 * @returns {Promise<() => Promise<boolean>>} whether it took one of its own back for one of the other side
 */
export async function watchOffers(page) {
  const states = await page.evaluateHandle(() => {
    const { connections } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    const connection = connections.at(-1);
    /** @type {string[]} */
    const states = [];
    connection?.addEventListener('signalingstatechange', () => states.push(connection.signalingState));
    return states;
  });
  // To take it back makes the state stable in between, and nobody is told of that.
  return async () => /have-local-offer (stable )?have-remote-offer/.test((await states.jsonValue()).join(' '));
}

/**
 * Every device this page asked for since it was loaded.
 * @param {Page} page
 */
export function devicesAsked(page) {
  return page.evaluate(() => /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch.asked);
}

/**
 * The devices of this page that are running now: whose light is on.
 * @param {Page} page
 */
export function devicesRunning(page) {
  return page.evaluate(() => {
    const { opened } = /** @type {WatchedWindow} */ (/** @type {unknown} */ (window)).__watch;
    return opened.filter(({ readyState }) => readyState === 'live').map(({ kind }) => kind);
  });
}

/**
 * The mean colour of what a video element shows now; `null` while it shows nothing.
 * @param {Locator} video
 * @returns {Promise<[number, number, number] | null>}
 */
export function colourOf(video) {
  return video.evaluate((element) => {
    if (!(element instanceof HTMLVideoElement) || element.videoWidth === 0) return null;
    const canvas = document.createElement('canvas');
    canvas.width = 32;
    canvas.height = 24;
    const context = canvas.getContext('2d');
    if (context === null) return null;
    context.drawImage(element, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const sum = [0, 0, 0];
    for (let at = 0; at < data.length; at += 4) for (const c of [0, 1, 2]) sum[c] = (sum[c] ?? 0) + (data[at + c] ?? 0);
    const pixels = data.length / 4;
    return [Math.round((sum[0] ?? 0) / pixels), Math.round((sum[1] ?? 0) / pixels), Math.round((sum[2] ?? 0) / pixels)];
  });
}

/**
 * What can be heard from a media element: the strongest pitch in hertz at its loudest moment, and how loud that was in
 * decibels (0 is the most there is). Listens for a second, or until it heard `wanted`. An element that is muted or paused
 * is silent.
 * @param {Locator} video
 * @param {{ tone: number, drift: number, loudness: number }} [wanted]
 * @returns {Promise<{ tone: number, loudness: number }>}
 */
export function soundOf(video, wanted) {
  return video.evaluate(async (element, wanted) => {
    let loudest = { tone: 0, loudness: -200 };
    if (!(element instanceof HTMLVideoElement) || element.muted || element.paused || element.volume === 0) return loudest;
    if (!(element.srcObject instanceof MediaStream) || element.srcObject.getAudioTracks().length === 0) return loudest;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(new MediaStream(element.srcObject.getAudioTracks())).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    const end = performance.now() + 1000;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      analyser.getFloatFrequencyData(bins);
      const loudness = Math.max(...bins);
      if (!Number.isFinite(loudness)) continue;
      const now = { tone: (bins.indexOf(loudness) * context.sampleRate) / analyser.fftSize, loudness };
      if (loudness > loudest.loudness) loudest = now;
      if (wanted === undefined || loudness < wanted.loudness || Math.abs(now.tone - wanted.tone) > wanted.drift) continue;
      loudest = now;
      break;
    }
    await context.close();
    return loudest;
  }, wanted);
}
