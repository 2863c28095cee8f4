/** Puts the page together: the host it lives in, what the node says, the call, and what is drawn of them. */

import { effect } from '@preact/signals';
import { render } from 'preact';
import { BridgeEngine } from './call/bridge/bridgeEngine';
import { CallModel } from './call/callModel';
import { type Chosen, chooseEngine } from './call/choose';
import type { MediaEngine, Report } from './call/engine';
import { ElementRinger } from './call/ring';
import { SeenRinger, systemRings } from './call/seenRinger';
import { title } from './call/title';
import { WebEngine } from './call/webEngine';
import { BrowserHost } from './host/browser';
import type { Host } from './host/host';
import { attentionOf } from './layout/attention';
import { makeRoomForKeyboard } from './layout/keyboard';
import { refuseStrays } from './layout/strays';
import { NodeModel } from './node/nodeModel';
import { StartAtLogin } from './people/startAtLogin';
import { Updates } from './people/updates';
import { App } from './screens/App';
import { FilesModel } from './talk/filesModel';
import { TalkModel } from './talk/talkModel';
import { Thumbnails } from './talk/thumbnails';
import './styles/tokens.css';
import './styles/base.css';

async function chooseHost(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) return new (await import('./host/tauri')).TauriHost();
  return new BrowserHost(window);
}

function makeEngine(chosen: Chosen, report: Report): MediaEngine {
  if (chosen.is !== 'bridge') return new WebEngine(report);
  const { offer, can, worker } = chosen;
  return new BridgeEngine({ report, door: offer, can, worker, page: document, Context: AudioContext });
}

async function start(): Promise<void> {
  const root = document.getElementById('app');
  if (root === null) return;
  const host = await chooseHost();
  const now = () => performance.now();
  const random = () => crypto.getRandomValues(new Uint8Array(16));
  const bell = new ElementRinger(document);
  if (host.kind === 'browser') bell.probe();
  const phone = host.kind === 'window' && systemRings(navigator);
  const ringer = phone ? new SeenRinger(bell, document) : bell;
  const chosen = await chooseEngine({
    page: globalThis,
    media: () => host.media(),
    makeWorker: () => new Worker(new URL('./call/bridge/worker.ts', import.meta.url), { type: 'module' }),
    store: sessionStorage,
  });
  const node = new NodeModel(host, { engine: chosen.is !== 'none' });
  const calls = new CallModel({
    node,
    makeEngine: (report) => makeEngine(chosen, report),
    capturing: navigator,
    prepare: host.prepareCall,
    sound: host.sound,
    screen: chosen.is !== 'bridge' || chosen.offer.screen,
    missing: chosen.is === 'none' ? chosen.missing : null,
    ringer,
    store: sessionStorage,
    ears: localStorage,
    now,
  });
  const talks = new TalkModel({ node, attention: attentionOf(document), now, random });
  const files = new FilesModel({ node, handOver: (...what) => host.handOver(...what), now, random });
  const thumbnails = new Thumbnails({ node });
  refuseStrays(window);
  makeRoomForKeyboard(window);
  effect(() => {
    document.title = title(calls.call.value, talks.unread.value);
  });
  const login = new StartAtLogin(host.login);
  const updates = new Updates(host.updater);
  void updates.begin();
  const models = { node, calls, talks, files, thumbnails, login, updates };
  render(<App {...models} />, root);
}

void start();
