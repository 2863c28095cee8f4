/** Times and days as people read them. */

import { t } from '../messages';
import { sameDay } from './entries';

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const FAR_DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', year: 'numeric' });
const DAY_MS = 24 * 60 * 60 * 1000;

export function timeOf(at: number): string {
  return TIME.format(at);
}

export function dayOf(at: number, now: number): string {
  if (sameDay(at, now)) return t.today;
  if (sameDay(at, now - DAY_MS)) return t.yesterday;
  return Math.abs(now - at) < 300 * DAY_MS ? DAY.format(at) : FAR_DAY.format(at);
}
