import type { ApplicationDefinition, Staged } from './application.ts';
import { isNewerVersion } from './application.ts';
import type { ConnectionDefinition } from './connection.ts';
import type { FaultCode } from './faults.ts';
import type { Revocation } from './feed.ts';
import type { ApplicationId, InstallationId, MemberId, WorkspaceId } from './ids.ts';
import { isSameName } from './text.ts';

/** A version whose bundle is kept. */
export type StoredVersion = Staged & { readonly bundleHash: string };

/** Values of the account that deployment settings gave beforehand, by link name and variable. */
export type Presets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** An application of somebody else's, installed in this account. */
export type Installation = {
  readonly id: InstallationId;
  readonly workspaceId: WorkspaceId;
  /** The author's id of the application; with the author key it names it for good (S16). */
  readonly applicationId: ApplicationId;
  /** RFC 7638 thumbprint of the author's key. */
  readonly authorKeyId: string;
  readonly authorName: string;
  readonly version: string;
  readonly definition: ApplicationDefinition;
  /** SHA-256 of the bundle's bytes. */
  readonly bundleHash: string;
  /** The version in this client's stage; null where stage was not added. Updates go there first (R115). */
  readonly staged: StoredVersion | null;
  /** The other one of the two newest versions that ran in production; one can go back to it (S47). Null after a first installation. */
  readonly previous: StoredVersion | null;
  /** What a followed feed says against versions of it (S51). */
  readonly revocations: readonly Revocation[];
  /**
   * Channels that versions of it were taken from, or that led its author's older key to a newer one: they speak for it although its key never
   * signed them. A row of an earlier program has none.
   */
  readonly channels?: readonly string[];
  /** A row of an earlier program has none. */
  readonly presets?: Presets;
  readonly installedAt: number;
  readonly installedBy: MemberId;
  readonly revision: number;
};

/** Every bundle that an installation keeps. */
export const bundlesOf = ({
  bundleHash,
  staged,
  previous,
}: Pick<Installation, 'bundleHash'> & { readonly [K in 'staged' | 'previous']: Pick<StoredVersion, 'bundleHash'> | null }): string[] => [
  ...new Set([bundleHash, staged?.bundleHash, previous?.bundleHash].filter((hash) => hash !== undefined)),
];

export type Incoming = {
  readonly applicationId: ApplicationId;
  readonly authorKeyId: string;
  readonly name: string;
  readonly version: string;
  readonly hash: string;
};

type Compared = Pick<Installation, 'applicationId' | 'authorKeyId' | 'version' | 'bundleHash' | 'staged' | 'definition'>;

/** Is it the same application of the same author. */
export const isSameApplication = (
  incoming: Pick<Incoming, 'applicationId' | 'authorKeyId'>,
  installed: Pick<Installation, 'applicationId' | 'authorKeyId'>,
  kin: ReadonlySet<string>,
): boolean =>
  installed.applicationId === incoming.applicationId && (installed.authorKeyId === incoming.authorKeyId || kin.has(installed.authorKeyId));

/**
 * Why a verified bundle may not be installed over what is there, or null (S16, S46, S47). `kin` are keys of the same author, as a followed
 * channel proved (S50).
 */
export const installRefusal = (
  incoming: Incoming,
  installed: readonly Compared[],
  kin: ReadonlySet<string> = new Set(),
): { code: FaultCode; detail: string } | null => {
  const same = installed.find((one) => isSameApplication(incoming, one, kin));
  if (same !== undefined) {
    // An update goes to stage first where stage is on, so that one is what it is compared with (R115).
    const { version, bundleHash } = same.staged ?? same;
    if (version === incoming.version)
      return { code: bundleHash === incoming.hash ? 'install.already' : 'install.version-differs', detail: incoming.version };
    return isNewerVersion(incoming.version, version) ? null : { code: 'install.older', detail: version };
  }
  const clash = installed.find((one) => one.applicationId === incoming.applicationId || isSameName(one.definition.name, incoming.name));
  return clash === undefined ? null : { code: 'install.other-author', detail: clash.definition.name };
};

export type ConnectionChange =
  | { readonly change: 'added'; readonly definition: ConnectionDefinition }
  | { readonly change: 'kept'; readonly definition: ConnectionDefinition; readonly newScopes: readonly string[] }
  | { readonly change: 'removed'; readonly linkName: string };

/** What an update does to each connection, matched by link name (R116, R117). */
export const compareConnections = (before: readonly ConnectionDefinition[], after: readonly ConnectionDefinition[]): ConnectionChange[] => {
  const old = new Map(before.map((definition) => [definition.linkName, definition]));
  const fresh = new Set(after.map(({ linkName }) => linkName));
  return [
    ...after.map((definition): ConnectionChange => {
      const was = old.get(definition.linkName);
      if (was === undefined) return { change: 'added', definition };
      return { change: 'kept', definition, newScopes: definition.scopes.filter((scope) => !was.scopes.includes(scope)) };
    }),
    ...before.filter(({ linkName }) => !fresh.has(linkName)).map(({ linkName }): ConnectionChange => ({ change: 'removed', linkName })),
  ];
};
