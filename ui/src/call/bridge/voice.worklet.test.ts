// @vitest-environment node
import { afterEach, expect, test, vi } from 'vitest';

interface Processor {
  readonly port: { onmessage: (event: { data: unknown }) => void };
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

/** The worklet's own scope, as far as it is used, and the processor that was registered in it. */
async function load(): Promise<Processor> {
  const made: Processor[] = [];
  vi.resetModules();
  vi.stubGlobal(
    'AudioWorkletProcessor',
    class {
      readonly port = { onmessage: null };
    },
  );
  vi.stubGlobal('registerProcessor', (name: string, Made: new () => Processor) => {
    expect(name).toBe('voice');
    made.push(new Made());
  });
  await import('./voice.worklet');
  const [processor] = made;
  if (processor === undefined) throw new Error('nothing was registered');
  return processor;
}

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
  vi.unstubAllGlobals();
});

function wire(processor: Processor) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  const heard: unknown[] = [];
  port1.onmessage = ({ data }) => heard.push(data);
  processor.port.onmessage({ data: { port: port2 } });
  return { port: port1, heard };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

function second(processor: Processor, microphone?: Float32Array): Float32Array {
  const all = new Float32Array(48_000);
  for (let at = 0; at < all.length; at += 128) {
    const out = new Float32Array(128);
    expect(processor.process([microphone === undefined ? [] : [microphone]], [[out]])).toBe(true);
    all.set(out, at);
  }
  return all;
}

test('sends what is heard with what was played, and says once a second how it went', async () => {
  const processor = await load();
  const { port, heard } = wire(processor);
  for (let n = 0; n < 4; n++) port.postMessage(new Float32Array(480).fill(0.25));
  port.postMessage('noise');
  await settle();
  const played = second(processor, new Float32Array(128).fill(0.5));
  await settle();
  const blocks = heard.filter((data) => data instanceof Float32Array);
  expect(blocks.length).toBe(100);
  expect(blocks.every((block) => block.length === 960 && block[0] === 0.5 && block[479] === 0.5)).toBe(true);
  expect(Float32Array.from(blocks.flatMap((block) => [...block.subarray(480)]))).toEqual(played);
  expect(played[1000]).toBe(0.25);
  expect(heard.filter((data) => !(data instanceof Float32Array))).toEqual([
    { fill: expect.any(Number), dropped: 480, inserted: expect.any(Number) },
  ]);
});

test('goes on without a microphone and without a port, until it is told to end', async () => {
  const processor = await load();
  for (const order of [null, 'end', {}, { end: false }, { port: 'no' }]) processor.port.onmessage({ data: order });
  second(processor);
  const { heard } = wire(processor);
  second(processor);
  await settle();
  const block = heard.find((data) => data instanceof Float32Array);
  expect(block).toEqual(new Float32Array(960));
  processor.port.onmessage({ data: { end: true } });
  expect(processor.process([[]], [[new Float32Array(128)]])).toBe(false);
});
