import type { ConnectionType } from './connection-type.ts';
import { CONNECTION_TYPES } from './connection-type.ts';
import { fillVariables } from './connector.ts';
import type { Environment, EnvironmentScope } from './environment.ts';
import type { FaultCode } from './faults.ts';
import type { AuthorizationId, ConnectionId, MemberId, WorkspaceId } from './ids.ts';
import { next, type StateTable } from './transition.ts';

/** Whose authorization it is: everyone's, or one member's. */
export type Holder = 'shared' | MemberId;

export const AUTHORIZATION_STATES = ['not-connected', 'connected', 'needs-reauthorization'] as const;
export type AuthorizationState = (typeof AUTHORIZATION_STATES)[number];
export type AuthorizationAction = 'grant' | 'grant-less' | 'refuse' | 'renew' | 'revoke';

/** RULES 2.6. *Authorizing* is shown over the state by an open flow and never stored in it (R68). */
export const AUTHORIZATION: StateTable<AuthorizationState, AuthorizationAction> = {
  'not-connected': { grant: 'connected', 'grant-less': 'needs-reauthorization', revoke: 'not-connected' },
  connected: {
    grant: 'connected',
    'grant-less': 'needs-reauthorization',
    renew: 'connected',
    refuse: 'needs-reauthorization',
    revoke: 'not-connected',
  },
  'needs-reauthorization': {
    grant: 'connected',
    'grant-less': 'needs-reauthorization',
    renew: 'needs-reauthorization',
    refuse: 'needs-reauthorization',
    revoke: 'not-connected',
  },
};

/** What the service gave, without the tokens: those are sealed in `secrets`. Times are epoch milliseconds. */
export type Grant = {
  readonly account: string;
  readonly subject: string;
  readonly issuer: string;
  /** Whose registration got it; a refresh token belongs to that one alone (R121). */
  readonly clientId: string;
  /** Where it was made; it stays there when one authorization for all becomes separate ones (R72). */
  readonly madeIn: Environment;
  readonly scopes: readonly string[];
  readonly grantedBy: MemberId;
  readonly grantedAt: number;
  readonly renewedAt: number | null;
  /** When the access token ends; null where the service did not say (not "never"). */
  readonly expiresAt: number | null;
  /** False: when the access token ends, a person must authorize again. */
  readonly canRenew: boolean;
  /**
   * Set while a refresh token that may serve once only is on its way: whoever finds it set without a renewal at work does not know whether
   * that token was used, and does not send it again (S31, RFC 9700 section 4.14.2).
   */
  readonly renewingSince?: number;
};

/** The same grant with no renewal under way. */
export const settled = ({ renewingSince: _, ...grant }: Grant): Grant => grant;

/** Is this the same grant, in the same state of being renewed; another sign-in makes another one, also for the same account. */
export const isSameGrant = (one: Grant, other: Grant): boolean =>
  one.grantedAt === other.grantedAt && one.renewedAt === other.renewedAt && one.renewingSince === other.renewingSince;

export type TestResult = {
  readonly at: number;
  readonly isOk: boolean;
  readonly status: number | null;
  readonly fault: FaultCode | null;
  readonly milliseconds: number;
};

/** A grant for one connection × environment × holder. */
export type Authorization = {
  readonly id: AuthorizationId;
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  /** The connection's connector, which never changes (R25). */
  readonly connectorId: string;
  readonly environment: EnvironmentScope;
  readonly holder: Holder;
  readonly state: AuthorizationState;
  /** Why it is not usable as it is; null when connected or never authorized. */
  readonly reason: FaultCode | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly grant: Grant | null;
  readonly lastTest: TestResult | null;
  /** When a test last succeeded here, whatever came later (R80). */
  readonly provenAt: number | null;
  /** The holder paused their own authorization; the grant is kept (A25). */
  readonly isPaused: boolean;
  readonly revision: number;
};

/** What is left of a grant whose custom connector now speaks to other addresses: nothing that was granted for the old ones (S23). */
export const endedByChange = <R extends Pick<Authorization, 'state' | 'reason' | 'grant' | 'lastTest' | 'provenAt'>>(row: R): R => ({
  ...row,
  state: next(AUTHORIZATION, row.state, 'revoke'),
  reason: 'connector.changed',
  grant: null,
  lastTest: null,
  provenAt: null,
});

/** Whose authorization a member's run or flow uses (R111, R112). */
export const holderFor = (type: ConnectionType, member: MemberId): Holder =>
  CONNECTION_TYPES[type].holder === 'shared' ? 'shared' : member;

/** A grant with the values of the account that it is for, which may stand in the names of scopes. */
type Granted = Pick<Authorization, 'grant' | 'variables'>;

/** Scopes that the connection asks for and the grant has; the service may call them by their filled-in names. */
export const heldScopes = (asked: readonly string[], { grant, variables }: Granted): string[] => {
  const held = new Set(grant?.scopes.map((scope) => fillVariables(scope, variables)));
  return asked.filter((scope) => held.has(fillVariables(scope, variables)));
};

/** Scopes that the connection asks for and the grant lacks (R79). */
export const missingScopes = (asked: readonly string[], granted: Granted): string[] => {
  const held = heldScopes(asked, granted);
  return asked.filter((scope) => !held.includes(scope));
};
