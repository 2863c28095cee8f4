/** The whole page on a scripted host, for tests of what people and screen readers find in it. */

import { signal } from '@preact/signals-core';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { CallModel } from '../call/callModel';
import { FakeDevices, FakeEngine, FakeRinger, TestStream } from '../call/fakes';
import { FakeHost } from '../host/fake';
import type { Sound } from '../host/host';
import { NodeModel } from '../node/nodeModel';
import { sampleCall, samplePeer, sampleSnapshot, sampleTalk } from '../node/samples';
import { FilesModel } from '../talk/filesModel';
import { TalkModel } from '../talk/talkModel';
import { Thumbnails } from '../talk/thumbnails';
import type { Ask, CallView, ConversationView, Entry, News, Snapshot } from '../wire.gen';
import { App } from './App';

/** What a browser says of places and sizes, in the test's hands: here nothing has either. */
class Observer {
  static made: Observer[] = [];
  readonly #hear: (changes: readonly { readonly isIntersecting: boolean }[]) => void;
  #observes = false;

  constructor(hear: (changes: readonly { readonly isIntersecting: boolean }[]) => void) {
    this.#hear = hear;
    Observer.made.push(this);
  }

  observe(): void {
    this.#observes = true;
  }

  disconnect(): void {
    this.#observes = false;
  }

  says(isIntersecting: boolean): void {
    if (this.#observes) this.#hear([{ isIntersecting }]);
  }
}

class Sight extends Observer {}
class Size extends Observer {}

/** The newest entry is in sight, or not. */
export async function inSight(is: boolean): Promise<void> {
  for (const observer of Observer.made) if (observer instanceof Sight) observer.says(is);
  await drawn();
}

/** Something that is watched has another size. */
export function resized(): void {
  for (const observer of Observer.made) if (observer instanceof Size) observer.says(true);
}

/** The page has another width: 1280 pixels unless told. */
export async function wide(px: number): Promise<void> {
  const { happyDOM } = window as unknown as { happyDOM: { setViewport(size: { width: number }): void } };
  happyDOM.setViewport({ width: px });
  await drawn();
}

export function page(snapshot: Partial<Snapshot> = {}, devices = new FakeDevices(), sound?: Sound) {
  cleanup();
  Object.assign(globalThis, { MediaStream: TestStream, IntersectionObserver: Sight, ResizeObserver: Size });
  Observer.made = [];
  const host = new FakeHost();
  const node = new NodeModel(host, { engine: true });
  const engine = new FakeEngine();
  const ringer = new FakeRinger();
  const calls = new CallModel({
    node,
    makeEngine: () => engine,
    capturing: devices.as(),
    sound,
    ringer,
    store: { getItem: () => null, setItem: () => undefined },
    ears: { getItem: () => null, setItem: () => undefined },
    now: () => performance.now(),
  });
  host.become('open');
  host.say({ type: 'snapshot', snapshot: sampleSnapshot(snapshot) });
  const attention = signal(true);
  let count = 0;
  const now = () => performance.now();
  const random = () => new Uint8Array(16).fill(++count);
  const talks = new TalkModel({ node, attention, now, random });
  const files = new FilesModel({ node, handOver: (...what) => host.handOver(...what), now, random });
  const thumbnails = new Thumbnails({ node });
  const shown = render(<App node={node} calls={calls} talks={talks} files={files} thumbnails={thumbnails} />);
  const call = async (change: Partial<CallView> | null) => {
    host.say({ type: 'call', call: change === null ? null : sampleCall(change) });
    await drawn();
  };
  return { host, node, calls, talks, files, thumbnails, attention, engine, ringer, call, ...shown };
}

/** What changed has been drawn, and what follows from drawing it is done. */
export async function drawn(): Promise<void> {
  await act(() => new Promise<void>((resolve) => setTimeout(resolve)));
}

export const ADA = samplePeer('Ada');
export const BEN = samplePeer('Ben');
export const button = (name: string | RegExp) => screen.getByRole('button', { name });
/** Where Ada is written to. */
export const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message Ada' });

export async function type(text: string): Promise<void> {
  fireEvent.input(field(), { target: { value: text } });
  await drawn();
}

/** The page with Ada's conversation open, and these entries in it. */
export async function opened(entries: readonly Entry[], change: Partial<ConversationView> = {}, ada = ADA) {
  const it = page({ peers: [ada, BEN], conversations: [sampleTalk('Ada', change)] });
  const say = async (news: News) => {
    it.host.say({ type: 'talk', news });
    await drawn();
  };
  const asks = (): Ask[] => it.host.asked.flatMap((command) => (command.type === 'talk' ? [command.ask] : []));
  fireEvent.click(button('Ada'));
  await drawn();
  await say({ news: 'entries', peer: ADA.peer, before: null, entries: [...entries], more: false });
  return { ...it, say, asks };
}
