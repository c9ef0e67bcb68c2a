import type { OauthAppId, WorkspaceId } from './ids.ts';

/** How a private key signs (RFC 7518 section 3.1). */
export const SIGNING_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** What may be known of a private key. */
export type KeyFacts = {
  readonly algorithm: SigningAlgorithm;
  readonly keyId: string | null;
  /** Whom its assertions speak for, where it is somebody else than the issuer. */
  readonly subject: string | null;
};

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
  /** Set where what is sealed is a private key that signs, and no secret; `clientId` is then its issuer. */
  readonly key?: KeyFacts;
  /** Set where Latchkey registered itself (RFC 7591): nobody chooses it, it serves wherever the server and the redirect address are these. */
  readonly registered?: OwnRegistration;
  readonly createdAt: number;
  readonly revision: number;
};
