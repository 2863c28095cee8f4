/** The dog that stands for a person: made from their id alone, the same on every screen. */

export interface Dog {
  readonly background: number;
  readonly coat: number;
  readonly ears: 'pointed' | 'folded' | 'round';
  readonly face: 'mask' | 'blaze' | 'patch' | 'plain';
  readonly scarf: number | null;
}

export const BACKGROUNDS = 8;
export const COATS = 6;
export const SCARVES = 5;

const EARS = ['pointed', 'folded', 'round'] as const;
const FACES = ['mask', 'blaze', 'patch', 'plain'] as const;

/** From 64 hex digits; anything else still gives a dog. */
export function dogOf(peer: string): Dog {
  const digit = (at: number) => Number.parseInt(peer.slice(at, at + 4), 16) || 0;
  const scarf = digit(16) % (SCARVES + 1);
  return {
    background: digit(0) % BACKGROUNDS,
    coat: digit(4) % COATS,
    ears: EARS[digit(8) % EARS.length] ?? 'pointed',
    face: FACES[digit(12) % FACES.length] ?? 'plain',
    scarf: scarf === SCARVES ? null : scarf,
  };
}
