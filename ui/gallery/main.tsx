/** Shows one scene: `?scene=NAME`. Without one, all by name. Not part of the page that is built. */

import { signal } from '@preact/signals-core';
import { render } from 'preact';
import { CallModel } from '../src/call/callModel';
import { FakeEngine, FakeRinger } from '../src/call/fakes';
import { FakeHost } from '../src/host/fake';
import { HandOverError } from '../src/host/handOver';
import type { Sound } from '../src/host/host';
import type { Updater } from '../src/host/updater';
import { NodeModel } from '../src/node/nodeModel';
import { StartAtLogin } from '../src/people/startAtLogin';
import { Updates } from '../src/people/updates';
import { App } from '../src/screens/App';
import { FilesModel } from '../src/talk/filesModel';
import { TalkModel } from '../src/talk/talkModel';
import { Thumbnails } from '../src/talk/thumbnails';
import type { News } from '../src/wire.gen';
import '../src/styles/tokens.css';
import '../src/styles/base.css';
import { paintedStream } from './painted';
import { SCENES, type Scene, snapshotOf } from './scenes';
import { still } from './stills';

function show(scene: Scene, root: HTMLElement): void {
  const host = new FakeHost();
  const node = new NodeModel(host, { engine: true });
  const engine = new FakeEngine();
  engine.cleansSound = scene.ownEngine ?? false;
  const ringer = new FakeRinger();
  ringer.blocked.value = scene.silent ?? false;
  const calls = new CallModel({
    node,
    makeEngine: () => engine,
    capturing: {
      userAgent: '',
      mediaDevices: {
        async getUserMedia({ audio, video } = {}) {
          const error = video ? scene.devices?.video : scene.devices?.audio;
          if (error !== undefined) throw new DOMException('', error);
          if (audio) return silence();
          const stream = paintedStream('you');
          for (const track of scene.phone ? stream.getVideoTracks() : [])
            track.getSettings = () => ({ facingMode: 'user' });
          return stream;
        },
        // The window of a phone shares no screen.
        ...(scene.heard === undefined && { getDisplayMedia: async () => paintedStream('screen') }),
      },
    },
    prepare: async (video) => scene.notGranted === undefined || (scene.notGranted === 'camera' && !video),
    sound: soundOf(scene),
    missing: scene.missing ?? null,
    ringer,
    store: { getItem: () => null, setItem: () => undefined },
    ears: { getItem: () => null, setItem: () => undefined },
    now: () => performance.now(),
  });
  if (scene.remoteSilent) keepSilent();
  if (scene.call !== undefined) {
    engine.remote.value = paintedStream(scene.call.their_devices?.picture === 'screen' ? 'screen' : 'them');
  }
  host.become(scene.state === 'connecting' ? 'connecting' : 'open');
  if (scene.state !== 'connecting') host.say({ type: 'snapshot', snapshot: snapshotOf(scene) });
  if (scene.state !== undefined) host.become(scene.state);
  if (scene.refused !== undefined) host.say({ type: 'refused', code: scene.refused });
  const now = () => performance.now();
  const random = () => crypto.getRandomValues(new Uint8Array(16));
  const talks = new TalkModel({ node, attention: signal(true), now, random });
  const files = new FilesModel({ node, handOver: (...what) => host.handOver(...what), now, random });
  const thumbnails = new Thumbnails({ node });
  for (const going of scene.going ?? []) host.say({ type: 'talk', news: { news: 'going', going } });
  if (scene.talk !== undefined) {
    const { peer, entries, more = false, typing = false, draft, refused: why } = scene.talk;
    talks.show(peer);
    const say = (news: News) => host.say({ type: 'talk', news });
    say({ news: 'entries', peer, before: null, entries: [...entries], more });
    if (typing) say({ news: 'typing', peer, typing });
    if (draft !== undefined) talks.write(draft);
    const asked = host.asked.length;
    if (why !== undefined) {
      talks.send();
      const sent = host.asked[asked];
      if (sent?.type === 'talk' && sent.ask.ask === 'write') {
        say({ news: 'not_written', peer, message: sent.ask.message, why });
      }
    }
    if (scene.talk.search !== undefined) {
      talks.lookFor(scene.talk.search);
      const hits = entries.filter(({ what }) => what.is === 'text').map((entry) => ({ peer, entry }));
      say({ news: 'hits', text: scene.talk.search, hits });
    }
    if (scene.talk.exported !== undefined) say({ news: 'exported', peer, path: scene.talk.exported });
    for (const { chosen, bytes, why } of scene.talk.sending ?? []) {
      host.takes = (_message, _path, _content, watch) => {
        if (why !== undefined) return Promise.reject(new HandOverError(why));
        // Not sooner than the next report is shown; then it stays as it is.
        setTimeout(() => watch?.onBytes?.(bytes), 120);
        return new Promise(() => undefined);
      };
      files.send(peer, chosen);
    }
    for (const { message, mine, size, still: of } of scene.talk.pictures ?? []) {
      say({ news: 'thumbnail', peer, message, mine, jpeg: still(of, size) });
    }
    if (scene.talk.pasted !== undefined) files.paste(peer, [scene.talk.pasted], Date.UTC(2026, 10, 27, 18, 30));
  }
  const login = new StartAtLogin(
    scene.ownEngine ? { starts: async () => true, start: async () => undefined } : undefined,
  );
  const updates = new Updates(updaterOf(scene));
  const models = { node, calls, talks, files, thumbnails, login, updates };
  render(<App {...models} />, root);
}

function updaterOf({ updates }: Scene): Updater | undefined {
  if (updates === undefined) return undefined;
  const { offer = null, step, fails, ...settings } = updates;
  const source = 'https://github.com/dogeller/dogeller/releases/latest/download';
  return {
    settings: async () => ({ on: false, source, fixed: false, source_fixed: false, ...settings }),
    choose: async () => undefined,
    look: async () => (fails !== undefined && offer === null ? Promise.reject(fails) : offer),
    install: async (_version, onStep) => {
      if (fails !== undefined) throw fails;
      if (step === undefined) return;
      onStep(step);
      await new Promise(() => undefined);
    },
    restart: async () => undefined,
  };
}

function soundOf({ heard }: Scene): Sound | undefined {
  if (heard === undefined) return undefined;
  const { available, route: usual } = heard;
  return { routes: async (route) => ({ route: route ?? usual, available }), onRoutes: async () => undefined };
}

function silence(): MediaStream {
  return new AudioContext().createMediaStreamDestination().stream;
}

/** As a browser that wants a click before it plays sound. */
function keepSilent(): void {
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    return this.muted ? play.call(this) : Promise.reject(new DOMException('', 'NotAllowedError'));
  };
}

const root = document.getElementById('app');
const name = new URLSearchParams(location.search).get('scene');
const scene = name === null ? undefined : SCENES[name];
if (root !== null && scene !== undefined) show(scene, root);
else if (root !== null) {
  document.body.style.overflow = 'auto';
  const links = Object.keys(SCENES).map((each) => (
    <li key={each}>
      <a href={`?scene=${each}`}>{each}</a>
    </li>
  ));
  render(<ul>{links}</ul>, root);
}
