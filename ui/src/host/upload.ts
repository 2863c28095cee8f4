/** One file's bytes to the node that served the page. */

import { HandOverError, type Watch, whyLost } from './handOver';

interface UploadParts {
  readonly url: string;
  readonly token: string;
  readonly content: Blob;
  readonly watch: Watch;
  readonly Request: typeof XMLHttpRequest;
}

const TAKEN = 204;
const DISK_FULL = 507;

export async function upload(parts: UploadParts): Promise<void> {
  const status = await post(parts);
  if (status === TAKEN) return;
  if (status === DISK_FULL) throw new HandOverError('disk_full');
  throw new HandOverError(status === null ? await whyLost(parts.content) : 'failed');
}

/** The node's answer; `null` without one. Not `fetch`, which does not tell how far it is. */
function post({ url, token, content, watch, Request }: UploadParts): Promise<number | null> {
  const { signal, onBytes } = watch;
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve(null);
      return;
    }
    const request = new Request();
    const stop = () => request.abort();
    request.open('POST', url);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.upload.onprogress = ({ loaded }) => onBytes?.(loaded);
    request.onloadend = () => {
      signal?.removeEventListener('abort', stop);
      resolve(request.status === 0 ? null : request.status);
    };
    signal?.addEventListener('abort', stop);
    request.send(content);
  });
}
