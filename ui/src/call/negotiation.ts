/**
 * Perfect negotiation (W3C WebRTC, section 10.7): either side may offer at any time, and offers that cross are settled
 * without either side knowing. The polite side takes its own offer back; the impolite side ignores the other's. Polite is
 * who made the first offer: see docs/decisions/0009-who-yields.md.
 */

import type { Candidate, Description } from '../wire.gen';

/** What of a peer connection negotiation touches. */
export type Negotiable = Pick<
  RTCPeerConnection,
  'signalingState' | 'localDescription' | 'setLocalDescription' | 'setRemoteDescription' | 'addIceCandidate'
>;

interface NegotiationParts {
  readonly connection: Negotiable;
  readonly polite: boolean;
  readonly say: (description: Description) => void;
  /** Called with the first offer applied and before it is answered: the answerer adopts the lines offered. */
  readonly beforeAnswer: () => void;
}

export class Negotiation {
  readonly #parts: NegotiationParts;
  #makingOffer = false;
  #ignoreOffer = false;
  #srdAnswerPending = false;

  constructor(parts: NegotiationParts) {
    this.#parts = parts;
  }

  /** The connection says that negotiation is needed. */
  async offer(): Promise<void> {
    this.#makingOffer = true;
    try {
      await this.#parts.connection.setLocalDescription();
      this.#sayLocal();
    } finally {
      this.#makingOffer = false;
    }
  }

  /** A description of the other side. */
  async take({ kind, sdp }: Description): Promise<void> {
    const { connection, polite, beforeAnswer } = this.#parts;
    // An answer that is just being applied makes the state stable in a moment: an offer after it does not collide.
    const stable = connection.signalingState === 'stable' || this.#srdAnswerPending;
    const collides = kind === 'offer' && (this.#makingOffer || !stable);
    this.#ignoreOffer = collides && !polite;
    if (this.#ignoreOffer) return;

    this.#srdAnswerPending = kind === 'answer';
    try {
      // For the polite side this takes its own offer back, if there is one.
      await connection.setRemoteDescription({ type: kind, sdp });
    } finally {
      this.#srdAnswerPending = false;
    }
    if (kind === 'offer') {
      beforeAnswer();
      await connection.setLocalDescription();
      this.#sayLocal();
    }
  }

  /** A candidate of the other side. */
  async takeCandidate({ line, index }: Candidate): Promise<void> {
    try {
      await this.#parts.connection.addIceCandidate({ candidate: line, sdpMLineIndex: index });
    } catch (error) {
      // Candidates of an offer that was ignored belong to nothing here.
      if (!this.#ignoreOffer) throw error;
    }
  }

  #sayLocal(): void {
    const local = this.#parts.connection.localDescription;
    if (local !== null && (local.type === 'offer' || local.type === 'answer')) {
      this.#parts.say({ kind: local.type, sdp: local.sdp });
    }
  }
}
