import type { Connection } from '../../domain/connection.ts';
import { revocationIn } from '../../domain/feed.ts';
import type { Installation } from '../../domain/installation.ts';
import { readActor } from '../actor.ts';
import type { Call } from '../command.ts';
import { downloadId } from '../downloads.ts';
import { feedsOf } from '../feeds.ts';
import { currentOf, updatesFor } from '../offers.ts';
import { componentsUsing } from '../references.ts';
import { connectionRows, permission } from '../slots.ts';
import type { AttentionRow, ConnectionRow, SlotView, UpdateOffer, UpdateRow } from '../views.ts';

const needsOf = ({ status, authorizationId }: SlotView): AttentionRow['needs'] => {
  if (status.isConnected && status.reason === null) return 'nothing';
  return authorizationId === null ? 'authorize' : 'reconnect';
};

const rowsOf = (row: ConnectionRow, own: string): AttentionRow[] =>
  row.slots
    .filter(({ holder }) => holder === 'shared' || holder === own)
    .map((slot) => ({
      connectionId: row.id,
      displayName: row.displayName,
      linkName: row.linkName,
      ownerName: row.owner?.name ?? 'System connection',
      environment: slot.commandEnvironment,
      status: slot.status,
      account: slot.account,
      needs: needsOf(slot),
      authorize: slot.authorize,
      test: slot.test,
      who: slot.who,
    }));

/** How many waiting rows a screen shows, and the badge counts to. */
export const ATTENTION_LIMIT = 20;

/** What waits for the acting member, or for somebody else where they may see it; it costs what is shown. */
const readAttention = async (call: Call): Promise<AttentionRow[]> => {
  const { workspace, member } = call.acting();
  const keys = [
    [workspace.id, 'shared'],
    [workspace.id, member.id],
  ];
  const needs = await call.db.needs
    .where('[workspaceId+holder]')
    .anyOf(keys)
    .limit(ATTENTION_LIMIT + 1)
    .toArray();
  const ids = [...new Set(needs.map(({ connectionId }) => connectionId))];
  const found = (await call.db.connections.bulkGet(ids)).filter((row) => row !== undefined);
  const waiting = new Set(needs.map(({ connectionId, scope }) => `${connectionId} ${scope}`));
  const rows = await connectionRows(call, found);
  return rows.flatMap((row) => {
    const slots = row.slots.filter(({ environment }) => waiting.has(`${row.id} ${environment}`));
    return rowsOf({ ...row, slots }, member.id);
  });
};

/** The first of what can be tested or copied: used, and nothing missing. */
export const readServing = async (call: Call): Promise<AttentionRow[]> => {
  const { workspace, member } = call.acting();
  const first = await call.db.connections
    .where('byName')
    .startsWith(`${workspace.id} `)
    .limit(2 * ATTENTION_LIMIT)
    .toArray();
  const used: Connection[] = [];
  for (const connection of first) if ((await componentsUsing(call, connection)).length > 0) used.push(connection);
  const rows = await connectionRows(call, used);
  return rows.flatMap((row) => rowsOf(row, member.id)).filter(({ needs }) => needs === 'nothing');
};

const updateRow = async (call: Call, installation: Installation, update: UpdateOffer, host: string): Promise<UpdateRow> => {
  const { id, definition, version, revocations } = installation;
  const current = currentOf(installation);
  const download = await call.db.downloads.get(downloadId(update.feedId, update.applicationId));
  const isCompared = download?.version === update.version && download.against === current.bundleHash;
  return {
    installationId: id,
    name: definition.name,
    version: update.version,
    installed: current.version,
    host,
    isStopped: revocationIn(revocations, version)?.level === 'block',
    asksAgain: isCompared ? download.asksAgain : null,
    href: `#/installed/${id}/upgrade?to=${update.version}`,
  };
};

/** Updates that wait for the acting member: for nobody but who may take them (R11). What runs no more comes first. */
const readUpdates = async (call: Call): Promise<UpdateRow[]> => {
  if (!permission(call, 'application.install').allowed) return [];
  const { workspace } = call.acting();
  const feeds = await feedsOf(call, workspace.id);
  if (feeds.length === 0) return [];
  const installed = await call.db.installations.where('workspaceId').equals(workspace.id).toArray();
  const rows: UpdateRow[] = [];
  for (const installation of installed.sort((a, b) => a.definition.name.localeCompare(b.definition.name))) {
    const { update, feeds: speaking } = await updatesFor(feeds, installation, call.now());
    const host = speaking.find(({ id }) => id === update?.feedId)?.host;
    if (update !== null && host !== undefined) rows.push(await updateRow(call, installation, update, host));
  }
  return [...rows.filter(({ isStopped }) => isStopped), ...rows.filter(({ isStopped }) => !isStopped)];
};

export type Waiting = { readonly attention: readonly AttentionRow[]; readonly updates: readonly UpdateRow[] };

/** All that waits for the acting member; nothing while nobody acts. */
export const readWaiting = async (call: Call): Promise<Waiting> =>
  (await readActor(call)) === null
    ? { attention: [], updates: [] }
    : { attention: await readAttention(call), updates: await readUpdates(call) };
