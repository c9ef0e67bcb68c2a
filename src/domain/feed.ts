import type { FaultData } from './faults.ts';
import type { ApplicationId, FeedId, WorkspaceId } from './ids.ts';

/** What an author says against a version. warn: it still runs, and says why not to use it. block: it runs no more; its data stays (S51). */
export type Revocation = { readonly v: string; readonly level: 'warn' | 'block'; readonly why: string };

/** What this client decided about one application of a feed. */
export type FeedChoice = {
  /** Versions that were declined; they are not offered again. */
  readonly skipped: readonly string[];
  /** Stays on its version until a person changes that. */
  readonly isPinned: boolean;
};

const UNDECIDED: FeedChoice = { skipped: [], isPinned: false };

/** Two signed states that cannot both be true, kept so that the publisher can be shown them. */
export type ForkProof = { readonly at: number; readonly seen: string; readonly other: string };

/** A channel that a workspace follows: where it is read, what is trusted of it, and how the last check went. */
export type Feed = {
  readonly id: FeedId;
  readonly workspaceId: WorkspaceId;
  /** Ends in a slash. */
  readonly address: string;
  /** Pinned when it was followed; the address may change, this never does. */
  readonly channel: string;
  /** Never sent: it chooses the moment of the check and the group of a roll-out. */
  readonly clientId: string;
  /** The trusted state, whole, as the feed's own module writes it. */
  readonly state: string;
  /** Keys whose signature on a head or a root of this channel was accepted. */
  readonly signers: readonly string[];
  /** Every key that the channel ever named as an author's. */
  readonly authors: readonly string[];
  readonly choices: Readonly<Record<ApplicationId, FeedChoice>>;
  readonly forks: readonly ForkProof[];
  readonly lastCheckAt: number;
  /** When it was last reached and believed. */
  readonly lastGoodAt: number;
  readonly nextCheckAt: number;
  /** How many checks failed since then. */
  readonly failures: number;
  readonly fault: FaultData | null;
  readonly lastBlockAt: number | null;
  readonly createdAt: number;
  readonly revision: number;
};

export const choiceFor = ({ choices }: Pick<Feed, 'choices'>, id: ApplicationId): FeedChoice => choices[id] ?? UNDECIDED;

/** The feed with one more decision about an application. */
export const withChoice = (feed: Feed, id: ApplicationId, change: (before: FeedChoice) => FeedChoice): Feed => ({
  ...feed,
  choices: { ...feed.choices, [id]: change(choiceFor(feed, id)) },
});

/** Declines a version, or takes that back. */
export const withSkipped = (feed: Feed, id: ApplicationId, version: string, isSkipped: boolean): Feed =>
  withChoice(feed, id, (before) => {
    const others = before.skipped.filter((one) => one !== version);
    return { ...before, skipped: isSkipped ? [...others, version] : others };
  });

/** Proofs are few and small; a channel that forks at each check must not fill the disk. */
const MOST_PROOFS = 10;

/** The feed with this proof, once. */
export const withProof = <F extends Pick<Feed, 'forks'>>(feed: F, proof: ForkProof): F =>
  feed.forks.length >= MOST_PROOFS || feed.forks.some(({ seen, other }) => seen === proof.seen && other === proof.other)
    ? feed
    : { ...feed, forks: [...feed.forks, proof] };

/** The host that an extension asks for to read a feed, as a match pattern; none on this device, which needs no permission. */
export const feedHostPatterns = (address: string): string[] => {
  const url = URL.canParse(address.trim()) ? new URL(address.trim()) : null;
  return url?.protocol === 'https:' ? [`https://${url.host}/*`] : [];
};

/** Several people's words about versions, in the order in which they count: what is stopped by one of them is stopped. */
export const blocksFirst = (said: readonly Revocation[]): Revocation[] => [
  ...said.filter(({ level }) => level === 'block'),
  ...said.filter(({ level }) => level === 'warn'),
];

/** What is said against versions, and what was said before of those that it is silent about; once for each version. */
export const withRevocations = (said: readonly Revocation[], before: readonly Revocation[]): Revocation[] =>
  [...said, ...before].filter(({ v }, index, all) => all.findIndex((one) => one.v === v) === index);

/** What is said against this version, or null. */
export const revocationIn = (revocations: readonly Revocation[], version: string): Revocation | null =>
  revocations.find(({ v }) => v === version) ?? null;
