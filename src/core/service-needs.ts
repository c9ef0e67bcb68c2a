import { connectorById, hasConnector } from '../connectors/catalogue.ts';
import { may } from '../domain/access.ts';
import { missingScopes } from '../domain/authorization.ts';
import type { BundleContents } from '../domain/bundle.ts';
import type { ComponentDefinition } from '../domain/component.ts';
import { normalizeScopes } from '../domain/connection.ts';
import { CONNECTION_TYPES } from '../domain/connection-type.ts';
import { isSandbox } from '../domain/connector.ts';
import type { Environment } from '../domain/environment.ts';
import type { WorkspaceId } from '../domain/ids.ts';
import { isUsable, pausedBy } from '../domain/resolve.ts';
import { identityWords } from '../domain/scope-words.ts';
import type { Actor } from '../domain/workspace.ts';
import { kindByName } from '../runtime/index.ts';
import type { Context } from './context.ts';
import { hostsOf, scopesInWords } from './summaries.ts';
import { scopesOfNeed, systemConnectionOf } from './system-connections.ts';
import type { ServiceStanding, ServiceSummary } from './views.ts';

type Requirement = BundleContents['requirements']['systemConnections'][number];
type Part = Pick<ComponentDefinition, 'kind' | 'config'>;

const servicesOf = ({ kind, config }: Part) => kindByName(kind).uses(config).services;

const united = (all: readonly Requirement[]): Requirement[] => {
  const scopes = new Map<string, readonly string[]>();
  for (const one of all) scopes.set(one.connectorId, normalizeScopes([...(scopes.get(one.connectorId) ?? []), ...one.scopes]));
  return [...scopes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([connectorId, needed]) => ({ connectorId, scopes: needed }));
};

/** Services whose system connection a client will need, so that it can be told before installing (R90); never the connections themselves (R86). */
export const systemRequirements = (components: readonly Part[]): Requirement[] =>
  united(components.flatMap(servicesOf).map((need) => ({ connectorId: need.service, scopes: scopesOfNeed(need) })));

/** The contents with what their components need among what they say that they need: nothing that runs is left out of what is asked (R90). */
export const withNeeds = <C extends Pick<BundleContents, 'components' | 'requirements'>>(contents: C): C => ({
  ...contents,
  requirements: { systemConnections: united([...contents.requirements.systemConnections, ...systemRequirements(contents.components)]) },
});

/** May this member know how the account's system connections stand (R10). */
export const seesSystemConnections = (actor: Actor): boolean => may(actor, 'connection.see', { type: 'system' }).allowed;

/** How the account's system connection to a service stands to a need of it, in an environment (R98, R101, R103, R108). */
export const standingOf = async (
  ctx: Pick<Context, 'db'>,
  where: { readonly workspaceId: WorkspaceId; readonly environment: Environment },
  { connectorId, scopes }: Requirement,
): Promise<ServiceStanding> => {
  const { authorizedBy } = CONNECTION_TYPES.system;
  const found = await systemConnectionOf(ctx, where.workspaceId, connectorId);
  if (found === undefined)
    return { state: 'absent', added: [], says: `is made when a task first needs it; then ${authorizedBy} authorizes it` };
  const rows = await ctx.db.authorizations.where('connectionId').equals(found.id).toArray();
  const authorization = rows.find(({ environment }) => environment === where.environment);
  const added = missingScopes(scopes, authorization ?? { grant: null, variables: {} }).filter((scope) => !found.scopes.includes(scope));
  const name = found.displayName;
  if (!isUsable(authorization) || pausedBy(found, authorization) !== null)
    return { state: 'waiting', added, says: `uses ${name}, once ${authorizedBy} has authorized it` };
  if (missingScopes(scopes, authorization).length === 0)
    return { state: 'connected', added: [], says: `uses ${name}, which is connected now, at once` };
  return {
    state: 'widened',
    added,
    says: `adds scopes to ${name}, which asks again for them; what it has now it uses at once`,
  };
};

/** What nobody who may not see system connections is told more of (R10). */
const UNSEEN: ServiceStanding = { state: 'unseen', added: [], says: 'is used, or made, when a task first needs it' };

/** One service that components of a bundle need without naming a connection, as its card reads. */
export const summarizeService = async (
  ctx: Pick<Context, 'db'>,
  actor: Actor,
  sandboxOrigin: string,
  requirement: Requirement,
  components: readonly ComponentDefinition[],
): Promise<ServiceSummary> => {
  const { connectorId, scopes } = requirement;
  const connector = hasConnector(connectorId) ? connectorById(connectorId) : null;
  const environment = actor.workspace.side === 'developer' ? 'development' : 'production';
  return {
    connectorId,
    name: connector?.name ?? connectorId,
    isSandbox: connector !== null && isSandbox(connector),
    scopes: scopesInWords(connectorId, scopes),
    identity: connector === null ? [] : identityWords(connector),
    hosts: connector === null ? [] : hostsOf(connector, sandboxOrigin),
    usedBy: components.filter((one) => servicesOf(one).some(({ service }) => service === connectorId)).map(({ name }) => name),
    standing: seesSystemConnections(actor) ? await standingOf(ctx, { workspaceId: actor.workspace.id, environment }, requirement) : UNSEEN,
  };
};
