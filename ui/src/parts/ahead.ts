/**
 * Elements that play before they are shown, while it rings: the first picture of a call is painted as soon as it is
 * there, and not only once the webview has built what plays it (`call/bridge/blank.ts`).
 */

const ahead = new WeakMap<MediaStream, HTMLVideoElement>();

/** Plays this where nobody sees it, until a picture takes it. One with sound would need a click first. */
export function playAhead(page: Document, stream: MediaStream): void {
  if (ahead.has(stream) || stream.getAudioTracks().length > 0) return;
  const video = page.createElement('video');
  video.playsInline = true;
  video.srcObject = stream;
  video.play().catch(() => undefined);
  ahead.set(stream, video);
}

/** Nobody took it. It lets go before what it plays ends, see `Picture.tsx`. */
export function letGo(stream: MediaStream): void {
  const video = takeAhead(stream);
  if (video !== null) video.srcObject = null;
}

/** The element that plays this already, which is then the taker's. */
export function takeAhead(stream: MediaStream): HTMLVideoElement | null {
  const video = ahead.get(stream) ?? null;
  ahead.delete(stream);
  return video;
}
