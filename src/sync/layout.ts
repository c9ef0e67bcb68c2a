/** What is at a path of a feed, which says how long anybody may keep a copy of it. */
export type ObjectKind = 'immutable' | 'head';

/** Cache-Control of each kind: an edge goes on serving the last head while the store behind it is down. */
export const CACHE_CONTROL: Readonly<Record<ObjectKind, string>> = {
  immutable: 'public, max-age=31536000, immutable',
  head: 'public, max-age=60, stale-if-error=604800',
};

/** How large a thing of each kind may be; more is never read (S11). */
export const LIMITS = { head: 4_096, claim: 1_024, root: 64 * 1024, index: 1024 * 1024, hint: 4_096, bundle: 16 * 1024 * 1024 } as const;

/** The paths of a feed. Everything but the head is written once and never changes. */
export const PATHS = {
  object: (sha256: string) => `o/${sha256}`,
  root: (channel: string, version: number) => `c/${channel}/root/${version}.json`,
  claim: (channel: string, epoch: number, n: number) => `c/${channel}/claim/${epoch}-${n}`,
  head: (channel: string) => `c/${channel}/head`,
  copy: (channel: string, epoch: number, n: number) => `c/${channel}/h/${epoch}-${n}`,
  /** Names the first channel of a feed, for who was told the address only. It is a hint: trust begins at the channel. */
  hint: 'feed.json',
  /** What the store was found to do when it was set up. */
  engine: 'engine.json',
} as const;

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 section 6 in small letters and without padding: a channel's name has to stand in paths. */
export const base32 = (bytes: Uint8Array): string => {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31] ?? '';
  }
  return bits === 0 ? text : text + (ALPHABET[(held << (5 - bits)) & 31] ?? '');
};

/** Is this the form of a channel's name. */
export const isChannel = (value: string): boolean => /^[a-z2-7]{52}$/.test(value);
