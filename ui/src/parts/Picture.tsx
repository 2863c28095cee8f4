/** A moving picture, with or without its sound. */

import { useLayoutEffect, useRef } from 'preact/hooks';

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
  const { label, stream, muted = false, class: look, hidden, copied = false, onSilenced, attempt = 0 } = props;
  const element = useRef<HTMLVideoElement>(null);

  // An element lets go of what it plays before that ends: a track that ends while WebKitGTK plays it can leave the page
  // standing still for good (2.50: its thread waits for the painting, which waits for it).
  useLayoutEffect(() => {
    const video = element.current;
    if (video === null || stream === null) return;
    const shown = copied ? new MediaStream(stream.getTracks().map((track) => track.clone())) : stream;
    video.srcObject = shown;
    return () => {
      video.srcObject = null;
      if (copied) for (const track of shown.getTracks()) track.stop();
    };
  }, [stream, copied]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is what asks for another try.
  useLayoutEffect(() => {
    const video = element.current;
    if (video === null) return;
    video.muted = muted;
    if (stream === null) return;
    const newer = new AbortController();
    play(video, newer.signal, onSilenced);
    return () => newer.abort();
  }, [stream, muted, attempt, onSilenced]);

  // biome-ignore lint/a11y/useMediaCaption: nobody writes captions for people who talk.
  return <video ref={element} class={look} aria-label={label} autoplay playsInline hidden={hidden} />;
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
