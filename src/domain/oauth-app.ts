import type { OauthAppId, WorkspaceId } from './ids.ts';

/** Where a registration of Latchkey's own holds. */
export type OwnRegistration = {
  readonly issuer: string;
  readonly redirectUri: string;
  /** Epoch milliseconds; null where the secret never ends, or there is none. */
  readonly secretEndsAt: number | null;
};

/** An OAuth app that the account registered at a service itself ("bring your own app", R121). Its secret is sealed apart. */
export type OauthApp = {
  readonly id: OauthAppId;
  readonly workspaceId: WorkspaceId;
  readonly connectorId: string;
  readonly name: string;
  readonly clientId: string;
  readonly hasSecret: boolean;
  /** Set where Latchkey registered itself (RFC 7591): nobody chooses it, it serves wherever the server and the redirect address are these. */
  readonly registered?: OwnRegistration;
  readonly createdAt: number;
  readonly revision: number;
};
