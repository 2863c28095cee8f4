/** One `RTCPeerConnection`: one attempt of one call, from its making to its end. */

import type { Candidate, Command, Description } from '../wire.gen';
import type { Report, Sending, Start } from './engine';
import { Negotiation } from './negotiation';
import { PathWatch } from './pathWatch';
import { reconcile } from './reconcile';
import { warn } from './warn';

/** The most characters of a frame that came over the data channel; the node's own bound is in bytes and checked there. */
export const FRAME_CHARS = 100 * 1024;

/** How long a farewell on the data channel may take. */
const FAREWELL_MS = 300;
/** The farewell has left the page's buffer; this much later it has left the machine. */
const FLUSH_MS = 50;

interface ConnectionParts {
  readonly start: Start;
  readonly report: Report;
  readonly onRemote: (stream: MediaStream) => void;
  /** No device was open when this was made: the browser may have hidden this machine's addresses. */
  readonly blind: boolean;
}

interface Senders {
  readonly microphone: RTCRtpSender;
  readonly picture: RTCRtpSender;
}

export class Connection {
  readonly call: string;
  readonly attempt: number;
  readonly #parts: ConnectionParts;
  readonly #pc: RTCPeerConnection;
  readonly #negotiation: Negotiation;
  readonly #path: PathWatch;
  readonly #attach: (sending: Sending | null) => Promise<void>;
  /** Both tracks go in one stream, or the other side could not keep lips and words together. */
  readonly #stream = new MediaStream();
  #channel: RTCDataChannel | null = null;
  #senders: Senders | null = null;
  #sending: Sending | null = null;
  #gathered = 0;
  #renewWhenGathered = false;
  #renewed = false;
  #closed = false;

  /** Throws when the browser cannot make a connection at all. */
  constructor(parts: ConnectionParts) {
    const { call, attempt, offerer } = parts.start;
    this.call = call;
    this.attempt = attempt;
    this.#parts = parts;
    this.#pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
    this.#path = new PathWatch({
      tell: (path) => this.#report({ type: 'path', call, attempt, path }),
      restart: () => this.#pc.restartIce(),
    });
    this.#negotiation = new Negotiation({
      connection: this.#pc,
      polite: offerer,
      say: (description) => this.#report({ type: 'description', call, attempt, description }),
      beforeAnswer: () => this.#adoptLines(),
    });
    this.#attach = reconcile((sending: Sending | null) => this.#replaceTracks(sending));
    this.#listen();
    if (offerer) this.#offerLines();
  }

  take(description: Description): void {
    this.#negotiation.take(description).catch(warn('a description was not taken'));
  }

  takeCandidate(candidate: Candidate): void {
    this.#negotiation.takeCandidate(candidate).catch(warn('a candidate was not taken'));
  }

  relay(frame: string): void {
    if (this.#channel?.readyState === 'open') this.#channel.send(frame);
  }

  send(sending: Sending | null): void {
    this.#sending = sending;
    if (this.#senders !== null && !this.#closed) void this.#attach(sending);
  }

  /**
   * A device was opened after this connection was made. If it found no address of its own, none will come any more
   * (Chromium gathers once, by the permission of that time): both sides then make a new connection.
   */
  devicesOpened(): void {
    if (!this.#parts.blind || this.#renewed) return;
    this.#renewWhenGathered = true;
    this.#renewIfNothingGathered();
  }

  /** Ends it, after what was relayed is out. */
  async end(): Promise<void> {
    this.#silence();
    const deadline = performance.now() + FAREWELL_MS;
    const channel = this.#channel;
    while (channel !== null && channel.bufferedAmount > 0 && performance.now() < deadline) await passed(10);
    if (channel?.readyState === 'open') await passed(FLUSH_MS);
    this.#pc.close();
  }

  /** Ends it at once. */
  close(): void {
    this.#silence();
    this.#pc.close();
  }

  #silence(): void {
    this.#closed = true;
    this.#path.stop();
    if (this.#senders !== null) void this.#attach(null);
  }

  #report(command: Command): void {
    if (!this.#closed) this.#parts.report(command);
  }

  #listen(): void {
    const pc = this.#pc;
    const { call, attempt } = this;
    pc.onnegotiationneeded = () => {
      this.#negotiation.offer().catch(warn('no offer could be made'));
    };
    pc.onicecandidate = ({ candidate }) => {
      // The empty line comes with `null` too, in every browser.
      if (candidate !== null && candidate.candidate === '') return;
      if (candidate !== null) this.#gathered += 1;
      const line = candidate?.candidate ?? '';
      this.#report({ type: 'candidate', call, attempt, candidate: { line, index: candidate?.sdpMLineIndex ?? 0 } });
    };
    pc.onicegatheringstatechange = () => this.#renewIfNothingGathered();
    pc.onconnectionstatechange = () => {
      if (!this.#closed) this.#path.become(pc.connectionState);
    };
    pc.ontrack = ({ streams: [stream] }) => {
      if (stream !== undefined && !this.#closed) this.#parts.onRemote(stream);
    };
  }

  /** Sound first, then picture, both without a track, so that nothing is sent and nothing need be agreed again later. */
  #offerLines(): void {
    const streams = [this.#stream];
    const sound = this.#pc.addTransceiver('audio', { direction: 'sendrecv', streams });
    const picture = this.#pc.addTransceiver('video', { direction: 'sendrecv', streams });
    this.#openChannel();
    this.#ready({ microphone: sound.sender, picture: picture.sender });
  }

  #adoptLines(): void {
    if (this.#senders !== null) return;
    const lines = this.#pc.getTransceivers();
    const sound = lines.find(({ receiver }) => receiver.track.kind === 'audio');
    const picture = lines.find(({ receiver }) => receiver.track.kind === 'video');
    if (sound === undefined || picture === undefined) throw new Error('the offer has no line for sound or picture');
    for (const line of [sound, picture]) {
      line.direction = 'sendrecv';
      line.sender.setStreams(this.#stream);
    }
    this.#openChannel();
    this.#ready({ microphone: sound.sender, picture: picture.sender });
  }

  #openChannel(): void {
    const channel = this.#pc.createDataChannel('dogeller', { negotiated: true, id: 0 });
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string' || data.length > FRAME_CHARS) return;
      this.#report({ type: 'relayed', call: this.call, frame: data });
    };
    this.#channel = channel;
  }

  #ready(senders: Senders): void {
    this.#senders = senders;
    this.send(this.#sending);
  }

  async #replaceTracks(sending: Sending | null): Promise<void> {
    const senders = this.#senders;
    if (senders === null || this.#pc.connectionState === 'closed') return;
    const change = (sender: RTCRtpSender, track: MediaStreamTrack | null) =>
      sender.track === track ? undefined : sender.replaceTrack(track);
    await Promise.all([
      change(senders.microphone, sending?.microphone ?? null),
      change(senders.picture, sending?.picture ?? null),
    ]);
  }

  #renewIfNothingGathered(): void {
    if (!this.#renewWhenGathered || this.#pc.iceGatheringState !== 'complete') return;
    if (this.#gathered > 0 || this.#path.wasUp) return;
    this.#renewed = true;
    this.#renewWhenGathered = false;
    this.#report({ type: 'renew', call: this.call, attempt: this.attempt });
  }
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
