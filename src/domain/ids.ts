/** The prefix says what an id names, so that a wrong id is a type error and a pasted one is readable. */
export type WorkspaceId = `wsp_${string}`;
export type MemberId = `mem_${string}`;
export type ApplicationId = `app_${string}`;
export type ComponentId = `cmp_${string}`;
export type ConnectionId = `con_${string}`;
export type AuthorizationId = `aut_${string}`;
export type InstallationId = `ins_${string}`;
export type ReleaseId = `rel_${string}`;
export type RecordId = `rec_${string}`;
export type RunId = `run_${string}`;
export type FlowId = `flw_${string}`;
export type EventId = `evt_${string}`;
export type ClientId = `cli_${string}`;
export type DistributionId = `dst_${string}`;
export type OauthAppId = `oap_${string}`;
export type OutboxId = `out_${string}`;
export type FeedId = `fed_${string}`;

/** What an application's parts hang on: the application where it is built, the installation where it is used. */
export type OwnerId = ApplicationId | InstallationId;

export type IdPrefix =
  | 'wsp'
  | 'mem'
  | 'app'
  | 'cmp'
  | 'con'
  | 'aut'
  | 'ins'
  | 'rel'
  | 'rec'
  | 'run'
  | 'flw'
  | 'evt'
  | 'cli'
  | 'dst'
  | 'oap'
  | 'out'
  | 'fed';

/** Is `value` an id with this prefix; the part behind it is 1 to 64 of `[a-z0-9]`. */
export const isId = <P extends IdPrefix>(prefix: P, value: unknown): value is `${P}_${string}` =>
  typeof value === 'string' && value.startsWith(`${prefix}_`) && /^[a-z0-9]{1,64}$/.test(value.slice(prefix.length + 1));

/** Is this the id of an application; a page's address may hold anything. */
export const isApplicationId = (id: string | null): id is ApplicationId => id?.startsWith('app_') === true;

/** Is this owner an installation (client side) rather than an application that is being built. */
export const isInstallationId = (owner: OwnerId): owner is InstallationId => owner.startsWith('ins_');
