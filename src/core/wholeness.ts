import { base64url } from 'jose';
import type { BackedUp, Backup, BackupRow } from '../backup/format/v1.ts';
import { keyIdOf } from '../bundle/author-key.ts';
import { hashText, verifyBundle } from '../bundle/verify.ts';
import { hasConnector } from '../connectors/catalogue.ts';
import { parseCustom } from '../connectors/custom.ts';
import { isCustomId } from '../domain/custom.ts';
import { Fault } from '../domain/faults.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { bundlesOf } from '../domain/installation.ts';
import { BACKED_UP, type Contents, keyOf, type Place } from './contents.ts';
import { trustId } from './marks.ts';
import { isGenuineFeed } from './restoring-feeds.ts';
import { slotOf } from './restoring-grants.ts';

/** A row that cannot stand in a backup: because of itself, or of another that is not there. */
export type Unsound = Place & { readonly fault: Fault };

const unreadable = (what: string): Fault => new Fault('backup.unreadable', what);

const decoder = new TextDecoder('utf-8', { fatal: true });

/** A bundle in a backup is looked at like any other: its signature, its schema, its name. */
const requireBundle = async ({ hash, bytes }: BackupRow<'bundles'>): Promise<void> => {
  if ((await verifyBundle(decoder.decode(base64url.decode(bytes)))).hash !== hash) throw unreadable('bundles: the wrong one');
};

const requireSigned = async ({ signed }: BackupRow<'releases'>): Promise<void> => {
  if (signed !== null && (await hashText(decoder.decode(base64url.decode(signed.bytes)))) !== signed.hash)
    throw unreadable('releases: another file');
};

/** What was made elsewhere is held to what holds here. */
const requireConnector = async ({ id, record }: BackupRow<'connectors'>): Promise<void> => {
  if (parseCustom(record).id !== id) throw unreadable('connectors: another id');
};

const requireFeed = async (feed: BackupRow<'feeds'>): Promise<void> => {
  if (!(await isGenuineFeed(feed))) throw unreadable('feeds: not what was signed');
};

const found = async <N extends BackedUp>(
  name: N,
  rows: readonly BackupRow<N>[],
  require: (row: BackupRow<N>) => Promise<void>,
): Promise<Unsound[]> => {
  const unsound: Unsound[] = [];
  for (const row of rows) {
    try {
      await require(row);
    } catch (error) {
      // Bytes that are no text are no fault of the program either.
      unsound.push({ name, key: keyOf(name, row), fault: error instanceof Fault ? error : unreadable(name) });
    }
  }
  return unsound;
};

/** What says by itself that it is not what it should be. */
const unsoundAlone = async (rows: Contents): Promise<Unsound[]> => [
  ...(await found('connectors', rows.connectors, requireConnector)),
  ...(await found('feeds', rows.feeds, requireFeed)),
  ...(await found('bundles', rows.bundles, requireBundle)),
  ...(await found('releases', rows.releases, requireSigned)),
];

/** The rows that these tests are not good for, each with what is wrong. */
const failing = <N extends BackedUp>(
  name: N,
  rows: readonly BackupRow<N>[],
  isGood: (row: BackupRow<N>) => boolean,
  fault: (row: BackupRow<N>) => Fault,
): Unsound[] => rows.filter((row) => !isGood(row)).map((row) => ({ name, key: keyOf(name, row), fault: fault(row) }));

/** Each after the first of those that share what only one may have. */
const doubled = <N extends BackedUp>(name: N, rows: readonly BackupRow<N>[], uniqueOf: (row: BackupRow<N>) => string): Unsound[] => {
  const seen = new Set<string>();
  const isFirst = (row: BackupRow<N>): boolean => seen.size < seen.add(uniqueOf(row)).size;
  return failing(name, rows, isFirst, () => unreadable(`${name}: the same twice`));
};

/** Rows point only at rows of the same backup, and everything is of one workspace. */
const unsoundTogether = (workspaceId: WorkspaceId, rows: Contents): Unsound[] => {
  const owners = new Set<string | null>([null, ...rows.applications.map(({ id }) => id), ...rows.installations.map(({ id }) => id)]);
  const made = new Set(rows.connectors.map(({ id }) => id));
  const connections = new Set(rows.connections.map(({ id }) => id));
  const hashes = new Set(rows.bundles.map(({ hash }) => hash));
  const hasHere = (connectorId: string): boolean => (isCustomId(connectorId) ? made.has(connectorId) : hasConnector(connectorId));
  const ofOne = <N extends BackedUp>(name: N): Unsound[] => [
    ...doubled(name, rows[name], (row) => keyOf(name, row)),
    ...failing(
      name,
      rows[name],
      (row) => !('workspaceId' in row) || row.workspaceId === workspaceId,
      () => unreadable(`${name}: another workspace`),
    ),
  ];
  const owned = <N extends 'connections' | 'components' | 'records' | 'runs'>(name: N): Unsound[] =>
    failing(
      name,
      rows[name],
      ({ ownerId }) => owners.has(ownerId),
      () => unreadable(`${name}: without their application`),
    );
  return [
    ...BACKED_UP.flatMap((name) => ofOne(name)),
    ...(['connections', 'components', 'records', 'runs'] as const).flatMap((name) => owned(name)),
    ...failing(
      'connections',
      rows.connections,
      ({ connectorId }) => hasHere(connectorId),
      ({ connectorId }) => new Fault('bundle.connector-unknown', connectorId),
    ),
    ...failing(
      'authorizations',
      rows.authorizations,
      ({ connectionId }) => connections.has(connectionId),
      () => unreadable('authorizations: without their connection'),
    ),
    ...doubled('authorizations', rows.authorizations, slotOf),
    ...doubled('applications', rows.applications, ({ linkName }) => linkName),
    ...doubled('connections', rows.connections, ({ ownerId, linkName, id }) => (ownerId === null ? id : `${ownerId} ${linkName}`)),
    ...failing(
      'trust',
      rows.trust,
      ({ id, authorKeyId, applicationId }) => id === trustId(workspaceId, authorKeyId, applicationId),
      () => unreadable('trust: another name'),
    ),
    ...doubled('feeds', rows.feeds, ({ channel }) => channel),
    ...failing(
      'installations',
      rows.installations,
      (installation) => bundlesOf(installation).every((hash) => hashes.has(hash)),
      () => unreadable('installations: without their bundle'),
    ),
  ];
};

const hasOneSuperAdmin = ({ members }: Contents): boolean =>
  members.filter(({ role, leftAt }) => role === 'super-admin' && leftAt === null).length === 1;

/** Everything of a backup holds, by itself and together. Throws `backup.unreadable` and what a connector, bundle or feed is refused with. */
export const requireWhole = async ({ workspace, rows, secrets, authorKey }: Backup): Promise<void> => {
  if (authorKey !== null && (await keyIdOf({ crv: 'Ed25519', kty: 'OKP', x: authorKey.x })) !== authorKey.keyId)
    throw unreadable('authorKey');
  if (!hasOneSuperAdmin(rows)) throw unreadable('members: one super admin');
  const [unsound] = [...unsoundTogether(workspace.id, rows), ...(await unsoundAlone(rows))];
  if (unsound !== undefined) throw unsound.fault;
  const known = new Set<string>([workspace.id, ...rows.authorizations.map(({ id }) => id), ...rows.oauthApps.map(({ id }) => id)]);
  if (secrets?.some(({ id }) => !known.has(id))) throw unreadable('secrets: without what they belong to');
};

const without = (rows: Contents, unsound: readonly Unsound[]): Contents => {
  const gone = new Set(unsound.map(({ name, key }) => `${name} ${key}`));
  const rest = BACKED_UP.map((name) => [name, rows[name].filter((row) => !gone.has(`${name} ${keyOf(name, row)}`))]);
  return Object.fromEntries(rest) as Contents;
};

/**
 * What of a workspace can be restored again, and what cannot and is left out: damaged rows, and those that are nothing without them (S55).
 * Throws `backup.row-odd` where that is the super admin, without whom nobody could have the rest.
 */
export const soundPart = async (workspaceId: WorkspaceId, all: Contents): Promise<{ rows: Contents; leftOut: readonly Unsound[] }> => {
  let rows = all;
  const leftOut: Unsound[] = [];
  const leave = (unsound: readonly Unsound[]): boolean => {
    leftOut.push(...unsound);
    rows = without(rows, unsound);
    return unsound.length > 0;
  };
  leave(await unsoundAlone(rows));
  // What goes may take others with it.
  while (leave(unsoundTogether(workspaceId, rows)));
  if (!hasOneSuperAdmin(rows)) throw new Fault('backup.row-odd', 'the super admin');
  return { rows, leftOut };
};
