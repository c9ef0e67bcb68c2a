import { Fault } from '../domain/faults.ts';
import { parseHint } from '../sync/channel.ts';
import { isChannel, LIMITS, PATHS } from '../sync/layout.ts';
import { type Read, SMALL } from '../sync/reader.ts';
import { decode } from '../sync/store.ts';

export type FeedAddress = { readonly address: string; readonly channel: string | null };

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Is it on this device: then it needs no network, and no encryption on the way. */
export const isOnThisDevice = ({ hostname }: URL): boolean => LOOPBACK.has(hostname);

/** Where a feed is read, and the channel if the address names one: `…/c/<channel>` does. Throws `feed.address-wrong`. */
export const parseFeedAddress = (given: string): FeedAddress => {
  const text = given.trim();
  const wrong = new Fault('feed.address-wrong', text.length > 60 ? `${text.slice(0, 60)}…` : text);
  if (!URL.canParse(text)) throw wrong;
  const url = new URL(text);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isOnThisDevice(url));
  // A name or a password in an address would be stored and shown.
  if (!isSafe || url.username !== '' || url.password !== '') throw wrong;
  const [, before, channel] = /^(.*?)\/?c\/([a-z2-7]{52})(?:\/head)?\/?$/.exec(url.pathname) ?? [];
  const path = before ?? url.pathname.replace(/\/(feed\.json)?$/, '');
  return { address: `${url.origin}${path}/`, channel: channel !== undefined && isChannel(channel) ? channel : null };
};

/** The channel that the feed names itself. It is a hint: what is pinned is what was verified by its own name. Throws `feed.missing`, `feed.not-a-feed`. */
export const hintedChannel = async (read: Read): Promise<string> => {
  const answer = await read(PATHS.hint, { limit: LIMITS.hint, patience: SMALL, etag: null });
  if (answer.kind !== 'found') throw new Fault(answer.kind === 'busy' ? 'feed.busy' : 'feed.missing');
  const hinted = parseHint(decode(answer.bytes) ?? '');
  if (hinted === null) throw new Fault('feed.not-a-feed');
  return hinted;
};
