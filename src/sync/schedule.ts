import type { Apps } from './apps.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Each check moves by up to a tenth of the interval, so that clients that met once part again. */
const JITTER = 0.1;
const FIRST_RETRY = 60_000;
const MOST_DOUBLINGS = 12;

/** A number from 0 to 1 that is always the same for one text and evenly spread over texts (FNV-1a, then the finalizer of murmur3). */
const spread = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};

/** When in each interval this client checks: its own moment, which nobody else knows or chooses. */
export const phaseOf = (clientId: string, interval: number): number => Math.floor(spread(clientId) * interval);

/** A day; six hours while a version was stopped in the last week, so that the next stop arrives sooner too. */
export const intervalFor = (lastBlockAt: number | null, now: number): number =>
  lastBlockAt !== null && now - lastBlockAt < 7 * DAY ? 6 * HOUR : DAY;

/** Does this list stop a version that the one before did not. */
export const hasNewBlock = (before: Apps, after: Apps): boolean =>
  Object.entries(after).some(([id, { revoked }]) =>
    revoked.some(
      ({ v, level }) =>
        level === 'block' && !(Object.hasOwn(before, id) && before[id]?.revoked.some((one) => one.v === v && one.level === 'block')),
    ),
  );

export type Moment = { readonly clientId: string; readonly now: number; readonly interval: number; readonly random: number };

/** The next check: the client's own phase in the next interval, a little earlier or later. `random` is from 0 to 1. */
export const nextCheck = ({ clientId, now, interval, random }: Moment): number => {
  const phase = phaseOf(clientId, interval);
  // Half an interval from now at least, or the one that was just done would come again.
  const next = Math.ceil((now + interval / 2 - phase) / interval) * interval + phase;
  return Math.max(now + interval / 4, Math.round(next + (2 * random - 1) * JITTER * interval));
};

/** After a failure: full jitter under a limit that doubles, up to a day; never before the server's own wait is over. */
export const retryAt = (now: number, failures: number, waitMs: number | null, random: number): number => {
  const limit = Math.min(DAY, FIRST_RETRY * 2 ** Math.min(failures, MOST_DOUBLINGS));
  return now + Math.round(Math.max(limit * random, Math.min(waitMs ?? 0, 7 * DAY)));
};
