import * as v from 'valibot';
import { browseConnectors } from '../../connectors/browse.ts';
import { connectorById, connectorFault, connectorIndex, connectorToShow } from '../../connectors/catalogue.ts';
import { entryOf, type IndexEntry } from '../../connectors/index-entry.ts';
import { createSearches } from '../../connectors/search.ts';
import { typesFor } from '../../domain/connection-type.ts';
import { appCredential, type Connector, isOauth, isSandbox, listedVariables, typedVariables } from '../../domain/connector.ts';
import { isCustomId } from '../../domain/custom.ts';
import { faultRemedy, faultText } from '../../domain/faults.ts';
import { reachOf } from '../../domain/host-patterns.ts';
import { linkNameFrom } from '../../domain/link-name.ts';
import { recordFacts } from '../../domain/record-facts.ts';
import { registrationSteps } from '../../domain/registration.ts';
import { identityWords, sensitivityOf } from '../../domain/scope-words.ts';
import { truthOf, VERDICT_NAMES, VERDICTS, worksIn } from '../../domain/truth.ts';
import { creationRefusal, WAY_NAMES, WAYS } from '../../domain/ways.ts';
import { type Call, query } from '../command.ts';
import { keyNames } from '../credential.ts';
import {
  areCustomAllowed,
  customEntries,
  loadCustom,
  requireConnector,
  requireOwn,
  startFrom,
  usersOf,
  writtenIn,
} from '../custom-connectors.ts';
import { nothing } from '../inputs.ts';
import { readSandboxOrigin, redirectUriOf } from '../services.ts';
import { hostOf, permission } from '../slots.ts';
import { hostsOf } from '../summaries.ts';
import { isTypeLimitLifted } from '../type-limit.ts';
import type {
  CataloguePage,
  ConnectorCard,
  ConnectorDraft,
  ConnectorName,
  ConnectorView,
  CustomConnectorsView,
  Permission,
} from '../views.ts';

const cardOf = (entry: IndexEntry): ConnectorCard => {
  const { id, name, aliases, category, verdict, isRetired, isVerified, needsOwnApp, hasTest, does } = entry;
  return {
    id,
    name,
    aliases,
    category,
    method: WAYS[entry.method].label,
    verdict,
    words: VERDICTS[verdict],
    isOffered: !isRetired && WAYS[entry.method].isOffered,
    types: entry.loggedInUser ? ['admin', 'logged-in-user'] : ['admin'],
    isSandbox: entry.isSandbox,
    isRetired,
    isVerified,
    needsOwnApp,
    hasTest,
    does,
  };
};

const searchesWith = createSearches(connectorIndex);

const PAGE = 500;

/** A page of the catalogue: what a search and filters leave, by the index alone, and what each filter would leave. */
export const catalogue = query({
  args: v.strictObject({
    q: v.pipe(v.string(), v.maxLength(100)),
    filters: v.strictObject({
      category: v.exactOptional(v.string()),
      method: v.exactOptional(v.picklist(WAY_NAMES)),
      verdict: v.exactOptional(v.picklist(VERDICT_NAMES)),
      loggedInUser: v.exactOptional(v.boolean()),
      worksInPwa: v.exactOptional(v.boolean()),
      needsOwnApp: v.exactOptional(v.boolean()),
      hasTest: v.exactOptional(v.boolean()),
      isVerified: v.exactOptional(v.boolean()),
      isRetired: v.exactOptional(v.boolean()),
    }),
    offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
    limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(PAGE)),
  }),
  read: async (call, { q, filters, offset, limit }): Promise<CataloguePage> => {
    const { index, search, nearest } = searchesWith(await customEntries(call));
    const { entries, facets } = browseConnectors(index, search, q, filters);
    const likely = entries.length > 0 || q.trim() === '' ? [] : nearest()(q, 3);
    return {
      cards: entries.slice(offset, offset + limit).map(cardOf),
      total: entries.length,
      all: index.length,
      facets,
      nearest: likely.map(({ id, name }) => ({ id, name })),
    };
  },
});

/** Names to choose one of, where a list would be too much; those that no connection can be made from are left out on request. */
export const connectorNames = query({
  args: v.strictObject({ isUsable: v.boolean() }),
  read: async (_call, { isUsable }): Promise<readonly ConnectorName[]> =>
    connectorIndex()
      .filter(({ isRetired, method }) => !isUsable || (!isRetired && WAYS[method].isOffered))
      .map(({ id, name, does }) => ({ id, name, does })),
});

/** A display name and link name that nobody has: numbered after as many as the connector has already (R30, R31). */
const freeNames = async (call: Call, connector: Connector): Promise<ConnectorView['suggested']> => {
  const { id } = call.acting().workspace;
  const has = async (linkName: string): Promise<boolean> =>
    (await call.db.connections.where('[workspaceId+linkName]').equals([id, linkName]).count()) > 0;
  const isLabelTaken = async (name: string): Promise<boolean> =>
    (await call.db.connections.where('byName').startsWith(`${id} ${name.toLowerCase()} con_`).count()) > 0;
  for (let n = await call.db.connections.where('byConnector').startsWith(`${id} ${connector.id} `).count(); ; n += 1) {
    const displayName = n === 0 ? connector.name : `${connector.name} ${n + 1}`;
    const linkName = linkNameFrom(displayName, () => false);
    if (!(await has(linkName)) && !(await isLabelTaken(displayName))) return { displayName, linkName };
  }
};

const creationOf = (found: Connector): Permission => {
  const refusal = creationRefusal(found);
  return refusal === null ? { allowed: true, says: null } : { allowed: false, says: `${faultText(refusal)} ${faultRemedy(refusal)}` };
};

/** One connector, with a name and link name that are free in the acting workspace (R30, R31). */
export const connector = query({
  args: v.strictObject({ connectorId: v.string() }),
  read: async (call, { connectorId }): Promise<ConnectorView> => {
    const found = await requireConnector(call, connectorId);
    const { auth, facts } = found;
    const truth = truthOf(found);
    const { note, docsUrl, setupUrl, isVerified, checkedOn } = facts;
    return {
      ...cardOf(entryOf(found)),
      types: typesFor(found, await isTypeLimitLifted(call)),
      isTypeLimited: typesFor(found).length < 2,
      description: found.description,
      scopes: found.scopes.map((scope) => ({ ...scope, sensitivity: sensitivityOf(scope) })),
      defaultScopes: found.defaultScopes,
      identity: identityWords(found),
      variables: found.variables,
      typed: isSandbox(found) ? [] : typedVariables(found).map(({ name }) => name),
      listed: listedVariables(found).map(({ name }) => name),
      operations: found.operations,
      hosts: hostsOf(found, await readSandboxOrigin(call)),
      reach: reachOf(found),
      begins: WAYS[auth.method].begins,
      appCredential: appCredential(auth),
      keys: keyNames(auth),
      facts: { note, docsUrl, setupUrl, isVerified, checkedOn, rows: recordFacts(found) },
      truth,
      worksHere: worksIn(truth, hostOf(call)),
      sentence: WAYS[auth.method].sentence,
      alternatives: found.alternatives,
      registration: isSandbox(found) ? [] : registrationSteps(found),
      isRegistrationGeneral: found.registration.length === 0,
      redirectUri: isOauth(auth) && auth.method === 'oauth2-code' ? redirectUriOf(call, found) : null,
      test: found.test,
      creation: creationOf(found),
      suggested: await freeNames(call, found),
    };
  },
});

/** The workspace's own connectors, and whether it may have any. Throws `access.refused` (R14). */
export const customConnectors = query({
  args: nothing,
  read: async (call): Promise<CustomConnectorsView> => {
    call.require('microservices.open');
    const { id } = call.acting().workspace;
    const rows = await call.db.connectors.where('workspaceId').equals(id).toArray();
    const used = await usersOf(call, rows);
    return {
      isAllowed: await areCustomAllowed(call),
      manage: permission(call, 'microservices.open'),
      connectors: rows.map((row) => {
        const found = connectorToShow(row.id);
        const fault = connectorFault(row.id);
        return { id: row.id, name: found.name, hosts: fault === null ? hostsOf(found, '') : [], fault, usedBy: used.get(row.id) ?? [] };
      }),
    };
  },
});

/** What a custom connector's form begins with: the workspace's own as it was written, or a built-in one's record. Throws `access.refused` (R14). */
export const connectorDraft = query({
  args: v.strictObject({ connectorId: v.string() }),
  read: async (call, { connectorId }): Promise<ConnectorDraft> => {
    call.require('microservices.open');
    await requireOwn(call, connectorId);
    if (!isCustomId(connectorId)) {
      const found = connectorById(connectorId);
      return { name: found.name, record: startFrom(found), hosts: hostsOf(found, '') };
    }
    // One that no longer passes the checks is mended in this form.
    const found = connectorToShow(connectorId);
    const hosts = connectorFault(connectorId) === null ? hostsOf(found, '') : [];
    return { name: found.name, record: writtenIn(await loadCustom(call, connectorId)), hosts };
  },
});
