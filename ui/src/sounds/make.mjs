// Makes the two sounds of a call, so that nobody else's recording is needed: `npm run sounds`.
// Both loop: the silence at their end is part of them.
import { writeFileSync } from 'node:fs';

const RATE = 12_000;

/** A struck wooden bar: a tone, its tenth harmonic for a moment, and a soft end. */
function bar(samples, at, hertz, loud) {
  const from = Math.round(at * RATE);
  const length = Math.round(0.9 * RATE);
  for (let i = 0; i < length && from + i < samples.length; i++) {
    const t = i / RATE;
    const strike = Math.min(1, t / 0.004);
    const tone = Math.sin(2 * Math.PI * hertz * t) * Math.exp(-4.5 * t);
    const knock = 0.22 * Math.sin(2 * Math.PI * hertz * 3.93 * t) * Math.exp(-22 * t);
    samples[from + i] += loud * strike * (tone + knock);
  }
}

/** A held tone that swells in and out. */
function hum(samples, at, seconds, hertz, loud) {
  const from = Math.round(at * RATE);
  const length = Math.round(seconds * RATE);
  for (let i = 0; i < length; i++) {
    const t = i / RATE;
    const swell = Math.min(1, t / 0.05, (seconds - t) / 0.08);
    samples[from + i] += loud * swell * Math.sin(2 * Math.PI * hertz * t);
  }
}

function wav(samples) {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20); // PCM
  bytes.writeUInt16LE(1, 22); // one channel
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => {
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_000), 44 + i * 2);
  });
  return bytes;
}

function make(name, seconds, play) {
  const samples = new Float64Array(Math.round(seconds * RATE));
  play(samples);
  writeFileSync(new URL(name, import.meta.url), wav(samples));
}

const E5 = 659.3;
const G5 = 784.0;
const C6 = 1046.5;

make('ring.wav', 2.6, (samples) => {
  [E5, G5, C6, G5, C6].forEach((hertz, i) => {
    bar(samples, i * 0.16, hertz, 0.55);
  });
});

make('ringback.wav', 3.2, (samples) => {
  hum(samples, 0.1, 0.9, 440, 0.1);
  hum(samples, 0.1, 0.9, 554.4, 0.06);
});
