/** A moving picture, with or without its sound. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { takeAhead } from './ahead';

interface PictureProps {
  readonly label: string;
  readonly stream: MediaStream | null;
  readonly muted?: boolean;
  readonly class?: string | undefined;
  /** The sound goes on. */
  readonly hidden?: boolean;
  /** Whoever gave the stream may end its tracks at any moment: copies of them are shown. */
  readonly copied?: boolean;
  /** The browser plays no sound yet; the picture goes on without. */
  readonly onSilenced?: () => void;
  /** Grows by one with each reason to try the sound again. */
  readonly attempt?: number;
}

export function Picture(props: PictureProps) {
  const {
    label,
    stream,
    muted = false,
    class: look = '',
    hidden = false,
    copied = false,
    onSilenced,
    attempt = 0,
  } = props;
  const place = useRef<HTMLDivElement>(null);
  const [element, setElement] = useState<HTMLVideoElement | null>(null);

  // An element lets go of what it plays before that ends: a track that ends while WebKitGTK plays it can leave the page
  // standing still for good (2.50: its thread waits for the painting, which waits for it).
  useLayoutEffect(() => {
    const video = (stream === null ? null : takeAhead(stream)) ?? document.createElement('video');
    video.autoplay = true;
    video.playsInline = true;
    place.current?.append(video);
    setElement(video);
    const own = copied && stream !== null ? new MediaStream(stream.getTracks().map((track) => track.clone())) : null;
    if (stream !== null && video.srcObject !== stream) video.srcObject = own ?? stream;
    return () => {
      video.srcObject = null;
      video.remove();
      for (const track of own?.getTracks() ?? []) track.stop();
    };
  }, [stream, copied]);

  useLayoutEffect(() => {
    if (element === null) return;
    element.className = look;
    element.hidden = hidden;
    element.setAttribute('aria-label', label);
  }, [element, look, hidden, label]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is what asks for another try.
  useLayoutEffect(() => {
    if (element === null) return;
    element.muted = muted;
    // One that has let go is about to be replaced.
    if (stream === null || element.srcObject === null) return;
    const newer = new AbortController();
    play(element, newer.signal, onSilenced);
    return () => newer.abort();
  }, [element, stream, muted, attempt, onSilenced]);

  return <div ref={place} style="display: contents" />;
}

function play(video: HTMLVideoElement, newer: AbortSignal, onSilenced: (() => void) | undefined): void {
  video.play().catch((error: unknown) => {
    if (newer.aborted) return;
    // A stream that changed meanwhile is an AbortError, and plays by itself.
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError' || video.muted) return;
    video.muted = true;
    onSilenced?.();
    video.play().catch(() => undefined);
  });
}
