import type { Backup, BackupRow } from '../backup/format/v1.ts';
import { type Feed, withProof } from '../domain/feed.ts';
import { hasSeenMore, isGenuineState, parseState } from '../sync/state.ts';
import { parseFeedAddress } from './feed-address.ts';
import { joined } from './feeds.ts';

type Row = BackupRow<'feeds'>;

/** Does a feed of a backup hold by itself: its address, and what was trusted of its channel. Throws `feed.address-wrong`. */
export const isGenuineFeed = async ({ address, channel, state: text }: Row): Promise<boolean> => {
  const state = parseState(text);
  return parseFeedAddress(address).address === address && state?.channel === channel && (await isGenuineState(state));
};

const isAhead = async (here: Row, brought: Row): Promise<boolean> => {
  const [ours, theirs] = [parseState(here.state), parseState(brought.state)];
  return ours !== null && theirs !== null && (await hasSeenMore(ours, theirs));
};

/**
 * One channel that is here and in the backup: what was decided is the backup's, what was trusted is whichever has seen more, and nothing
 * that was proved against it is forgotten (S47, S49).
 */
const merged = async (here: Row, brought: Row): Promise<Row> => {
  const isHereAhead = await isAhead(here, brought);
  return brought.forks.reduce<Row>((row, proof) => withProof(row, proof), {
    ...here,
    choices: brought.choices,
    state: isHereAhead ? here.state : brought.state,
    signers: joined(here.signers, brought.signers),
    authors: joined(here.authors, brought.authors),
  });
};

/** Which feeds are followed after a restore. One that is here stays followed: what it says against versions must not fall silent. */
export const feedsAfter = async (here: readonly Row[], backup: Backup): Promise<{ readonly rows: Row[]; readonly kept: number }> => {
  const rows: Row[] = [];
  let kept = 0;
  for (const row of here) {
    const brought = backup.rows.feeds.find(({ channel }) => channel === row.channel);
    rows.push(brought === undefined ? row : await merged(row, brought));
    if (brought === undefined || (await isAhead(row, brought))) kept += 1;
  }
  const known = new Set(here.map(({ channel }) => channel));
  return { rows: [...rows, ...backup.rows.feeds.filter(({ channel }) => !known.has(channel))], kept };
};

/** What a check of this device leaves at a feed. */
type OfDevice = 'lastCheckAt' | 'lastGoodAt' | 'nextCheckAt' | 'failures' | 'fault';

/** A feed's row as it is stored: over the one that is here, or as one that was never looked at on this device and is due at once. */
export const storedFeed = (row: Omit<Feed, OfDevice>, here: Feed | undefined): Feed => ({
  ...row,
  lastCheckAt: here?.lastCheckAt ?? 0,
  lastGoodAt: here?.lastGoodAt ?? parseState(row.state)?.head?.iat ?? 0,
  nextCheckAt: here?.nextCheckAt ?? 0,
  failures: here?.failures ?? 0,
  fault: here?.fault ?? null,
});
