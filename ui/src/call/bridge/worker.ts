/**
 * The page's half of the engine, all that runs all the time: pictures and sound between devices, codecs and the other
 * half. In a worker, because the page's own timers stand still while its window is hidden.
 */

import type { MediaDoor } from '../../host/mediaSocket';
import type { Report } from './report';
import { Session } from './session';
import type { FromWorker, ToWorker } from './threads';
import { tryCodecs } from './trying';

/** What of a worker's scope is used; the page's types are loaded, and they know no workers. */
interface Scope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as Scope;
let session: Session | null = null;

scope.onmessage = ({ data: message }) => {
  switch (message.is) {
    case 'probe':
      void tryCodecs(globalThis).then((probed) => scope.postMessage({ is: 'probed', probed }, []));
      return;
    case 'open':
      session?.close();
      session = open(message.door, message.session);
      return;
    case 'say':
      session?.say(message.word);
      return;
    case 'track':
      // A track that nobody reads would keep the camera's light on.
      if (session === null) message.track?.stop();
      else session.show(message.track, message.content);
      return;
    case 'frame':
      if (session === null) message.frame.close();
      else session.showFrame(message.frame, message.content);
      return;
    case 'shown':
      session?.shown();
      return;
    case 'voice':
      if (session === null) message.port.close();
      else session.speak(message.port);
      return;
    case 'close':
      session?.close();
      session = null;
      return;
  }
};

/** What cannot be opened is lost. */
function open(door: MediaDoor, number: number): Session | null {
  const tell: Report = (said, transfer = []) => scope.postMessage({ ...said, session: number }, transfer);
  try {
    return new Session(door, tell);
  } catch (error) {
    console.error('dogeller: pictures and sound cannot be carried', error);
    tell({ is: 'lost' });
    return null;
  }
}
