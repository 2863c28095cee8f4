/** How far one's own message has come. */

import type { Marks } from '../wire.gen';

export type Progress = 'queued' | 'sent' | 'delivered' | 'read';

export function progressOf(n: number, marks: Marks): Progress {
  if (n <= marks.read) return 'read';
  if (n <= marks.delivered) return 'delivered';
  return n <= marks.sent ? 'sent' : 'queued';
}
