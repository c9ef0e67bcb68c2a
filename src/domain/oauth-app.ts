import type { OauthAppId, WorkspaceId } from './ids.ts';

/** An OAuth app that the account registered at a service itself ("bring your own app", R121). Its secret is sealed apart. */
export type OauthApp = {
  readonly id: OauthAppId;
  readonly workspaceId: WorkspaceId;
  readonly connectorId: string;
  readonly name: string;
  readonly clientId: string;
  readonly hasSecret: boolean;
  readonly createdAt: number;
  readonly revision: number;
};
