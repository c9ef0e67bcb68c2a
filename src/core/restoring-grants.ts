import type { Backup, BackupRow } from '../backup/format/v1.ts';
import { readCustom } from '../connectors/custom.ts';
import { endedByChange } from '../domain/authorization.ts';
import { isOtherConnection } from '../domain/connection.ts';
import type { Connector } from '../domain/connector.ts';
import { type Moved, movedBetween } from '../domain/connector-change.ts';
import { isCustomId } from '../domain/custom.ts';
import type { Contents } from './contents.ts';
import { hostsOf } from './summaries.ts';
import type { RestoredConnector } from './views.ts';

type Row = BackupRow<'authorizations'>;
type App = BackupRow<'oauthApps'>;

/** The place of an authorization, which only one can have. */
export const slotOf = ({ connectionId, environment, holder }: Row): string => `${connectionId} ${environment} ${holder}`;

/** Does the backup bring this secret. */
export const sealedIn = ({ secrets }: Backup, wanted: 'tokens' | 'oauth-app'): ((id: string) => boolean) => {
  const ids = new Set((secrets ?? []).filter(({ purpose }) => purpose === wanted).map(({ id }) => id));
  return (id) => ids.has(id);
};

type Records = Pick<Contents, 'connectors'>;

/** The connector that a record stands for; null where there is none or it does not pass the checks. */
const customIn = ({ connectors }: Records, id: string): Connector | null => {
  const row = connectors.find((one) => one.id === id);
  return row === undefined ? null : readCustom(row.record).connector;
};

/** What becomes of where a connector's credentials go; a built-in one is the same here and there. */
const moveOf = (local: Records, rows: Records, id: string): Moved =>
  isCustomId(id) ? movedBetween(customIn(local, id), customIn(rows, id)) : { parts: [], movesSecrets: false };

/** The custom connectors that a restore brings or changes, with the hosts that what is made from them speaks to from then on. */
export const restoredConnectors = (local: Contents, rows: Contents, isChanged: (id: string) => boolean): RestoredConnector[] =>
  rows.connectors.flatMap(({ id, record }) => {
    const { connector } = readCustom(record);
    if (connector === null || !isChanged(id)) return [];
    const before = customIn(local, id);
    return [{ name: connector.name, hosts: hostsOf(connector, ''), hostsBefore: before === null ? null : hostsOf(before, '') }];
  });

export type Granted = { readonly rows: Row[]; readonly kept: ReadonlySet<string> };

/**
 * Which authorizations stand after the restore, and which of them are the grants that were here. Such a one stays: its service may have
 * given newer tokens since the backup was made, and the older ones would end it (RFC 9700 section 4.14.2). But it stays only at the
 * connection that it was granted for and where that speaks to the same addresses: a file says nothing of where a token goes (S23).
 */
export const authorizationsAfter = (local: Contents, backup: Backup): Granted => {
  const { rows, secrets } = backup;
  const here = new Map(local.connections.map((row) => [row.id, row]));
  const connections = new Map(rows.connections.map((row) => [row.id, row]));
  const members = new Set<string>(['shared', ...rows.members.map(({ id }) => id)]);
  const brought = new Set(rows.authorizations.map(slotOf));
  const isSame = (row: Row): boolean => {
    const [was, is] = [here.get(row.connectionId), connections.get(row.connectionId)];
    if (was === undefined || is === undefined || !members.has(row.holder)) return false;
    return !isOtherConnection(was, is) && row.connectorId === is.connectorId;
  };
  const isAtHome = ({ connectorId }: Row): boolean => moveOf(local, rows, connectorId).parts.length === 0;
  const staying = local.authorizations.filter(isSame).filter((row) => {
    const givesWay = secrets !== null && brought.has(slotOf(row));
    return !givesWay || (row.grant !== null && isAtHome(row));
  });
  const kept = new Set<string>(staying.filter((row) => row.grant !== null && isAtHome(row)).map(({ id }) => id));
  const slots = new Set(staying.map(slotOf));
  const hasTokens = sealedIn(backup, 'tokens');
  return {
    kept,
    rows: [
      ...staying.map((row) => (row.grant === null || kept.has(row.id) ? row : endedByChange(row))),
      ...rows.authorizations
        .filter((row) => !slots.has(slotOf(row)))
        // Its tokens could not be read when the backup was made: it has to be given again.
        .map((row) => (hasTokens(row.id) ? row : { ...row, state: 'not-connected' as const, reason: null, grant: null, lastTest: null })),
    ],
  };
};

const facts = ({ connectorId, clientId, key, registered }: App): string =>
  JSON.stringify([connectorId, clientId, key?.algorithm, key?.keyId, key?.subject, registered?.issuer]);

/** The OAuth apps whose client secret is here and stays: those that are the same app at the same addresses (S23). */
export const secretsKept = (local: Contents, { rows }: Backup): ReadonlySet<string> => {
  const after = new Map(rows.oauthApps.map((app) => [app.id, app]));
  const staying = local.oauthApps.filter((app) => {
    const is = after.get(app.id);
    if (!app.hasSecret || is === undefined || facts(app) !== facts(is)) return false;
    return !moveOf(local, rows, app.connectorId).movesSecrets;
  });
  return new Set(staying.map(({ id }) => id));
};
