/** Puts the page together: the host it lives in, what the node says, the call, and what is drawn of them. */

import { effect } from '@preact/signals';
import { render } from 'preact';
import { CallModel } from './call/callModel';
import { ElementRinger } from './call/ring';
import { title } from './call/title';
import { hasWebEngine, WebEngine } from './call/webEngine';
import { BrowserHost } from './host/browser';
import type { Host } from './host/host';
import { NodeModel } from './node/nodeModel';
import { App } from './screens/App';
import './styles/tokens.css';
import './styles/base.css';

async function chooseHost(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) return new (await import('./host/tauri')).TauriHost();
  return new BrowserHost(window);
}

async function start(): Promise<void> {
  const root = document.getElementById('app');
  if (root === null) return;
  const host = await chooseHost();
  const ringer = new ElementRinger(document);
  if (host.kind === 'browser') ringer.probe();
  const node = new NodeModel(host, { engine: hasWebEngine(globalThis) });
  const calls = new CallModel({
    node,
    makeEngine: (report) => new WebEngine(report),
    capturing: navigator,
    ringer,
    store: sessionStorage,
    now: () => performance.now(),
  });
  effect(() => {
    document.title = title(calls.call.value);
  });
  render(<App node={node} calls={calls} />, root);
}

void start();
