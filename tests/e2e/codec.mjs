// @ts-check
/** A browser that speaks one codec only, as some do: Chromium itself prefers VP8. */

/** @typedef {import('playwright-core').Page} Page */

/**
 * From the next call on the page knows one codec for pictures, whoever offers, until it is loaded again or told another.
 * @param {Page} page
 * @param {'VP8' | 'H264' | 'AV1'} codec
 */
export async function speakOnly(page, codec) {
  await page.reload();
  await page.evaluate((codec) => {
    const all = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
    // Repairs are a codec too.
    const known = all.filter(({ mimeType }) => mimeType === `video/${codec}` || mimeType === 'video/rtx');
    const { addTransceiver, setRemoteDescription } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.addTransceiver = function (...parts) {
      const line = addTransceiver.apply(this, parts);
      if (line.receiver.track.kind === 'video') line.setCodecPreferences(known);
      return line;
    };
    // What it does not know it does not read in an offer either. (Chromium told so after the offer would answer with the codec
    // and send another.)
    RTCPeerConnection.prototype.setRemoteDescription = async function (description) {
      const { type, sdp = '' } = description;
      const offered = type === 'offer' && sdp.includes(` ${codec}/90000`);
      await Reflect.apply(setRemoteDescription, this, [offered ? { type, sdp: without(sdp) } : description]);
      if (type !== 'offer' || offered) return;
      // Nothing in common: the answer rejects the line.
      for (const line of this.getTransceivers()) {
        if (line.receiver.track.kind === 'video') line.setCodecPreferences(known);
      }
    };

    /** @param {string} sdp */
    function without(sdp) {
      const named = [...sdp.matchAll(/^a=rtpmap:(\d+) ([\w.-]+)\/90000\r$/gm)];
      const repairs = new Map([...sdp.matchAll(/^a=fmtp:(\d+) apt=(\d+)\r$/gm)].map(([, repair, of]) => [of, repair]));
      const others = named.filter(([, , name]) => name !== codec && name !== 'rtx').map(([, type = '']) => type);
      const unknown = new Set(others.flatMap((type) => [type, repairs.get(type) ?? type]));
      const kept = sdp.split('\r\n').filter((line) => !unknown.has(/^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /.exec(line)?.[1] ?? ''));
      return kept.map((line) => (line.startsWith('m=video') ? line.split(' ').filter((type) => !unknown.has(type)).join(' ') : line)).join('\r\n');
    }
  }, codec);
}
