/** Which engine this page has: the webview's own, the one in two halves, or none. Found by trying, not by asking. */

import type { MediaOffer } from '../host/host';
import type { MediaWorker } from './bridge/bridgeEngine';
import type { Ability, Missing, Probed, ToWorker } from './bridge/threads';
import { hasWebEngine } from './webEngine';

export type Chosen =
  | { readonly is: 'web' }
  | { readonly is: 'bridge'; readonly offer: MediaOffer; readonly can: Ability; readonly worker: MediaWorker }
  /** `missing` is what a person could do something about. */
  | { readonly is: 'none'; readonly missing: Missing | null };

interface ChoosingParts {
  readonly page: typeof globalThis;
  readonly media: () => Promise<MediaOffer | null>;
  readonly makeWorker: () => MediaWorker;
  /** Outlives a page that was ended by what it tried. */
  readonly store: Pick<Storage, 'getItem' | 'setItem'>;
}

/** How often in a row a page may end while it tries before it is not tried any more. */
const ENDS = 2;
/** A worker that does not even answer. */
const SILENT_MS = 8000;
const KEY = 'dogeller.trying';

export async function chooseEngine({ page, media, makeWorker, store }: ChoosingParts): Promise<Chosen> {
  if (hasWebEngine(page)) return { is: 'web' };
  const offer = await media().catch(() => null);
  if (offer === null) return { is: 'none', missing: null };
  const ends = Number(store.getItem(KEY) ?? 0);
  if (ends >= ENDS) return { is: 'none', missing: 'crashed' };
  store.setItem(KEY, String(ends + 1));
  startGStreamer(page.document);
  const worker = makeWorker();
  const probed = await tryOut(worker);
  store.setItem(KEY, '0');
  if ('missing' in probed) return { is: 'none', missing: probed.missing };
  return { is: 'bridge', offer, can: probed.can, worker };
}

/** WebKitGTK ends the page when an encoder is the first that needs GStreamer (2.50, measured); a media element starts it. */
function startGStreamer(page: Document): void {
  page.createElement('video').canPlayType('video/webm;codecs=vp8');
}

function tryOut(worker: MediaWorker): Promise<Probed> {
  return new Promise((resolve) => {
    const silent = () => resolve({ missing: 'webcodecs' });
    const timer = setTimeout(silent, SILENT_MS);
    // A script that does not even load need not be waited for.
    worker.onerror = silent;
    worker.onmessage = ({ data }) => {
      if (data.is !== 'probed') return;
      clearTimeout(timer);
      resolve(data.probed);
    };
    const probe: ToWorker = { is: 'probe' };
    worker.postMessage(probe);
  });
}
