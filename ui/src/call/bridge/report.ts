/** How a session in the media worker tells the page something. */

import type { FromSession } from './threads';

export type Report = (message: FromSession, transfer?: Transferable[]) => void;
