import { describe, expect, test } from 'vitest';
import type { Description } from '../wire.gen';
import { type Negotiable, Negotiation } from './negotiation';

/** The signalling half of a peer connection (JSEP), with a little waiting in each step so that steps can cross. */
class FakeSignaling {
  signalingState: RTCSignalingState = 'stable';
  localDescription: RTCSessionDescription | null = null;
  current = { local: '', remote: '' };
  candidates: string[] = [];
  rollbacks = 0;
  #needed = false;
  #serial = 0;
  #steps = 0;
  #chain: Promise<unknown> = Promise.resolve();
  #before = this.current;
  readonly name: string;
  readonly wait: () => Promise<void>;
  onneeded: () => void = () => undefined;

  constructor(name: string, wait: () => Promise<void>) {
    this.name = name;
    this.wait = wait;
  }

  /** Something changed that the other side has to hear of. */
  change(): void {
    this.#needed = true;
    this.#fire();
  }

  get settled(): boolean {
    return this.signalingState === 'stable' && !this.#needed;
  }

  setLocalDescription(): Promise<void> {
    return this.#step(() => {
      this.#serial += 1;
      const sdp = `${this.name}${this.#serial}`;
      if (this.signalingState === 'have-remote-offer') {
        this.#become('stable', { ...this.current, local: `answer ${sdp}` });
        this.localDescription = { type: 'answer', sdp: `answer ${sdp}` } as RTCSessionDescription;
      } else {
        this.#needed = false;
        this.#before = this.current;
        this.#become('have-local-offer', { ...this.current, local: `offer ${sdp}` });
        this.localDescription = { type: 'offer', sdp: `offer ${sdp}` } as RTCSessionDescription;
      }
    });
  }

  setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
    return this.#step(() => {
      if (type === 'offer' && this.signalingState === 'have-local-offer') {
        this.current = this.#before;
        this.#needed = true;
        this.rollbacks += 1;
        this.signalingState = 'stable';
      }
      const expected = type === 'offer' ? 'stable' : 'have-local-offer';
      if (this.signalingState !== expected) throw new DOMException(type, 'InvalidStateError');
      this.#become(type === 'offer' ? 'have-remote-offer' : 'stable', { ...this.current, remote: sdp });
    });
  }

  addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
    return this.#step(() => {
      if (candidate?.candidate === 'bad') throw new DOMException('', 'OperationError');
      this.candidates.push(candidate?.candidate ?? '');
    });
  }

  as(): Negotiable {
    return this as unknown as Negotiable;
  }

  #step(apply: () => void): Promise<void> {
    this.#steps += 1;
    const step = this.#chain.then(() => this.wait()).then(apply);
    this.#chain = step
      .catch(() => undefined)
      .then(() => {
        this.#steps -= 1;
        queueMicrotask(() => this.#fire());
      });
    return step;
  }

  #become(state: RTCSignalingState, current: { local: string; remote: string }): void {
    this.signalingState = state;
    this.current = current;
  }

  /** As browsers do: only in a stable state, and with no step still to take. */
  #fire(): void {
    if (this.#steps === 0 && this.#needed && this.signalingState === 'stable') this.onneeded();
  }
}

/** A small seeded generator: a failing seed is a regression test. */
function seeded(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const turns = async (n: number) => {
  for (let i = 0; i < n; i++) await Promise.resolve();
};

async function negotiate(seed: number): Promise<[FakeSignaling, FakeSignaling]> {
  const random = seeded(seed);
  const wait = () => turns(Math.floor(random() * 6));
  const sides: [FakeSignaling, FakeSignaling] = [new FakeSignaling('a', wait), new FakeSignaling('b', wait)];
  // One ordered way each, as links keep the order.
  const ways = [Promise.resolve(), Promise.resolve()];
  const send = (to: 0 | 1, description: Description) => {
    ways[to] = (ways[to] ?? Promise.resolve())
      .then(() => turns(Math.floor(random() * 20)))
      .then(() => void parties[to].take(description));
  };
  const party = (at: 0 | 1) =>
    new Negotiation({
      connection: sides[at].as(),
      polite: at === 0,
      say: (description) => send(at === 0 ? 1 : 0, description),
      beforeAnswer: () => undefined,
    });
  const parties: [Negotiation, Negotiation] = [party(0), party(1)];
  sides.forEach((side, at) => {
    side.onneeded = () => void parties[at as 0 | 1].offer();
  });
  for (let changes = 0; changes < 6; changes++) {
    sides[random() < 0.5 ? 0 : 1].change();
    await turns(Math.floor(random() * 40));
  }
  for (let i = 0; i < 500 && !(sides[0].settled && sides[1].settled); i++) await turns(20);
  return sides;
}

describe('offers that cross', () => {
  test('settle with both sides agreed, whatever the order', async () => {
    let rollbacks = 0;
    for (let seed = 0; seed < 400; seed++) {
      const [a, b] = await negotiate(seed);
      expect([a.settled, b.settled], `seed ${seed} settles`).toEqual([true, true]);
      expect([a.current.remote, b.current.remote], `seed ${seed} agrees`).toEqual([b.current.local, a.current.local]);
      expect(b.rollbacks, 'the impolite side never yields').toBe(0);
      rollbacks += a.rollbacks;
    }
    expect(rollbacks, 'the schedules do make offers cross').toBeGreaterThan(20);
  });
});

describe('candidates', () => {
  const build = (polite: boolean) => {
    const said: Description[] = [];
    const connection = new FakeSignaling('x', async () => undefined);
    const negotiation = new Negotiation({
      connection: connection.as(),
      polite,
      say: (description) => said.push(description),
      beforeAnswer: () => undefined,
    });
    return { connection, negotiation, said };
  };

  test('of an ignored offer are no error, others are', async () => {
    const { negotiation } = build(false);
    await expect(negotiation.takeCandidate({ line: 'bad', index: 0 })).rejects.toThrow();
    await negotiation.offer();
    await negotiation.take({ kind: 'offer', sdp: 'theirs' });
    await expect(negotiation.takeCandidate({ line: 'bad', index: 0 })).resolves.toBeUndefined();
  });

  test('the answerer adopts the lines before it answers', async () => {
    const order: string[] = [];
    const connection = new FakeSignaling('x', async () => undefined);
    const negotiation = new Negotiation({
      connection: connection.as(),
      polite: true,
      say: ({ kind }) => order.push(kind),
      beforeAnswer: () => order.push(`lines in ${connection.signalingState}`),
    });
    await negotiation.take({ kind: 'offer', sdp: 'theirs' });
    expect(order).toEqual(['lines in have-remote-offer', 'answer']);
  });
});
