import type { Environment } from './environment.ts';
import type { FaultCode, FaultData } from './faults.ts';
import type { ComponentId, MemberId, OutboxId, OwnerId, RecordId, WorkspaceId } from './ids.ts';
import type { StateTable } from './transition.ts';

/**
 * waiting: goes out by itself at `nextAt`. sending: a request may be under way. held: somebody has to do something first.
 * unknown: it may have arrived or not, and the service could not tell a repetition from a second one, so only a person sends it again.
 */
export type OutboxState = 'waiting' | 'sending' | 'held' | 'unknown' | 'gone';
export type OutboxAction = 'send' | 'succeed' | 'defer' | 'hold' | 'lose' | 'retry' | 'dismiss';

export const OUTBOX: StateTable<OutboxState, OutboxAction> = {
  waiting: { send: 'sending', retry: 'waiting', hold: 'held', dismiss: 'gone' },
  sending: { succeed: 'gone', defer: 'waiting', hold: 'held', lose: 'unknown' },
  held: { retry: 'waiting', dismiss: 'gone' },
  unknown: { retry: 'waiting', dismiss: 'gone' },
  gone: {},
};

/** What a component has to do at a service, kept until it is done: it survives closing the browser and being offline. */
export type OutboxEntry = {
  readonly id: OutboxId;
  readonly workspaceId: WorkspaceId;
  readonly ownerId: OwnerId;
  readonly componentId: ComponentId;
  readonly environment: Environment;
  /** Who started it; for a visitor of a public form, who acted on this device. */
  readonly memberId: MemberId;
  readonly isVisitor: boolean;
  readonly recordId: RecordId | null;
  /** Whom it is about, where one component pushes several: a recipient. */
  readonly label: string;
  readonly job:
    | {
        readonly do: 'push';
        readonly target: { readonly linkName?: string; readonly service?: string; readonly operationId: string };
        readonly values: Readonly<Record<string, string>>;
        /** Why it cannot go out at all, found before anything was tried. */
        readonly refused: FaultData | null;
      }
    | { readonly do: 'script'; readonly entry: { readonly form: string; readonly values: Readonly<Record<string, string>> } | null };
  /** The same for every try, so that a service that knows keys does nothing twice. */
  readonly key: string;
  readonly state: Exclude<OutboxState, 'gone'>;
  readonly tries: number;
  /** Epoch milliseconds; when it is tried next, if it waits. */
  readonly nextAt: number;
  readonly fault: FaultData | null;
  readonly createdAt: number;
  readonly revision: number;
};

/** How one try ended, where it did not succeed. */
export type Failure = {
  readonly fault: FaultData;
  /** Did the service's own request leave, so that it may have been done. */
  readonly isSent: boolean;
  readonly status: number | null;
  /** Milliseconds that the service asked to wait. */
  readonly retryAfter: number | null;
};

/** Faults that pass by themselves: the network, a service that is down or busy. */
const PASSING: ReadonlySet<FaultCode> = new Set([
  'oauth.offline',
  'oauth.provider-down',
  'oauth.sandbox-down',
  'run.unreachable',
  'run.busy',
  'core.unavailable',
  'store.conflict',
]);

/**
 * Faults of this device that a person ends elsewhere: what is held for one of them goes on by itself. What waits for an authorization does
 * not (R101): who gives it has not asked for what others had tried before.
 */
const ENDED_ELSEWHERE: ReadonlySet<FaultCode> = new Set(['vault.locked', 'run.no-script-host']);

export const goesOnByItself = (code: FaultCode): boolean => ENDED_ELSEWHERE.has(code);

const MOST_TRIES = 8;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;

/** Exponential with full jitter, or what the service asked for, at most an hour (S32). `random` is from 0 to 1. */
export const waitFor = (tries: number, retryAfter: number | null, random: number): number => {
  if (retryAfter !== null) return Math.min(Math.max(retryAfter, 1_000), LONGEST_WAIT_MS);
  const ceiling = Math.min(FIRST_WAIT_MS * 2 ** Math.max(tries - 1, 0), LONGEST_WAIT_MS);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
};

const isRefusal = (status: number | null): boolean => status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;

/** The service says that it did nothing: asked to wait, or not there for now. */
const wasTurnedAway = ({ status, retryAfter }: Failure): boolean => status === 429 || (status === 503 && retryAfter !== null);

/**
 * What becomes of an entry after a try that failed. What may have been done is repeated by itself only where the service tells a
 * repetition from a second request.
 */
export const afterFailure = (
  { tries }: Pick<OutboxEntry, 'tries'>,
  failure: Failure,
  isRepeatable: boolean,
  random: number,
): { readonly action: 'defer' | 'hold' | 'lose'; readonly wait: number } => {
  const { fault, isSent, status, retryAfter } = failure;
  const isPassing = PASSING.has(fault.code) || (status !== null && status >= 500) || status === 408;
  if (isRefusal(status) || !isPassing) return { action: 'hold', wait: 0 };
  if (isSent && !isRepeatable && !wasTurnedAway(failure)) return { action: 'lose', wait: 0 };
  // Nobody's network comes back because it was tried eight times.
  if (tries >= MOST_TRIES && fault.code !== 'oauth.offline') return { action: 'hold', wait: 0 };
  return { action: 'defer', wait: waitFor(tries, retryAfter, random) };
};

/** `Retry-After` in either form (RFC 9110 section 10.2.3), as milliseconds from `now`; null where it says nothing. */
export const retryAfterOf = (value: string | null, now: number): number | null => {
  if (value === null) return null;
  if (/^\d{1,7}$/.test(value.trim())) return Number(value) * 1_000;
  const at = /^[A-Za-z]{3,9},? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(at - now, 0);
};
