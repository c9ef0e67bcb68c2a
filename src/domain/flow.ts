import type { Holder } from './authorization.ts';
import type { Environment, EnvironmentScope } from './environment.ts';
import type { FaultData } from './faults.ts';
import type { ConnectionId, FlowId, MemberId, WorkspaceId } from './ids.ts';

/** Who shows the provider's page: a window of the web app, the extension's identity window, or another device (RFC 8628). */
export type FlowMode = 'window' | 'identity' | 'device';
/** parked: the answer is back, and the vault must be unlocked before it can be stored. */
export type FlowState = 'waiting' | 'parked' | 'exchanging' | 'done' | 'failed';

/** One authorization that is being asked for. State, nonce and verifier are sealed apart and used once (S22). */
export type Flow = {
  readonly id: FlowId;
  readonly workspaceId: WorkspaceId;
  readonly connectionId: ConnectionId;
  readonly environment: Environment;
  readonly scope: EnvironmentScope;
  readonly holder: Holder;
  readonly memberId: MemberId;
  readonly mode: FlowMode;
  /** What a person enters on another device; absent where they do not. */
  readonly device?: {
    readonly userCode: string;
    readonly page: string;
    readonly pageWithCode: string | null;
    /** Seconds between two questions as the service wants them by now, and when the next is due in epoch milliseconds; absent before the first. */
    readonly asking?: { readonly interval: number; readonly nextAt: number };
  };
  /** Switching puts another account behind the connection (R77). */
  readonly purpose: 'authorize' | 'switch';
  readonly state: FlowState;
  readonly fault: FaultData | null;
  readonly startedAt: number;
  readonly expiresAt: number;
  /** SHA-256 of the `state` parameter: finds the flow of an answer without storing the value. */
  readonly stateHash: string;
  readonly revision: number;
};

/** Ten minutes (S22); Zoho's own dialog gives 90 seconds (R66). */
export const FLOW_LIFE_MS = 10 * 60_000;

/** How long an answer waits for the vault to be unlocked. */
export const PARKED_LIFE_MS = 5 * 60_000;

export const isOpen = (flow: Pick<Flow, 'state' | 'expiresAt'>, now: number): boolean =>
  (flow.state === 'waiting' || flow.state === 'parked' || flow.state === 'exchanging') && flow.expiresAt > now;
