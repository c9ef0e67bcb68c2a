import * as v from 'valibot';
import { connectorToShow } from '../../connectors/catalogue.ts';
import type { Action } from '../../domain/access.ts';
import type { Authorization } from '../../domain/authorization.ts';
import type { Connection } from '../../domain/connection.ts';
import { isBeyondModel, typesFor } from '../../domain/connection-type.ts';
import { type Connector, isOauth } from '../../domain/connector.ts';
import { ENVIRONMENTS } from '../../domain/environment.ts';
import { Fault, type FaultData, faultRemedy, faultText } from '../../domain/faults.ts';
import { hostPatterns, reachOf } from '../../domain/host-patterns.ts';
import { isInstallationId } from '../../domain/ids.ts';
import { type DefinitionAction, definitionRefusal } from '../../domain/lifecycle.ts';
import { truthOf } from '../../domain/truth.ts';
import { kindByName } from '../../runtime/index.ts';
import { type Call, query } from '../command.ts';
import { idInput } from '../inputs.ts';
import { loadConnection } from '../owners.ts';
import { componentsUsing } from '../references.ts';
import { reusableFor } from '../reuse.ts';
import { connectionRows, ownerNames, permission } from '../slots.ts';
import { isTypeLimitLifted } from '../type-limit.ts';
import type { ConnectionView, OwnerView, Permission, ReferenceView, SlotView } from '../views.ts';

/** The access table's answer, then the definition's state: what forbids it and what would make it possible. */
const stepPermission = (
  call: Call,
  found: Connection,
  references: readonly string[],
  action: Action,
  step: DefinitionAction,
): Permission => {
  const byRole = permission(call, action, { type: found.type });
  const refusal = byRole.allowed ? definitionRefusal(found, references, step) : null;
  return refusal === null ? byRole : { allowed: false, says: `${faultText(refusal)} ${faultRemedy(refusal)}` };
};

/** Changing the type also needs that nobody has authorized it (R25). */
const typePermission = (call: Call, found: Connection, references: readonly string[], rows: readonly Authorization[]): Permission => {
  const step = stepPermission(call, found, references, 'connection.change-type', 'change-type');
  const granted = rows.find(({ grant }) => grant !== null);
  if (!step.allowed || granted === undefined) return step;
  const fault: FaultData = { code: 'connection.authorized', detail: granted.grant?.account ?? null };
  return { allowed: false, says: `${faultText(fault)} ${faultRemedy(fault)}` };
};

/** For each slot of the acting member that is not authorized yet, the accounts that can be used again (R78). */
const reusableAccounts = async (call: Call, found: Connection, slots: readonly SlotView[]): Promise<ConnectionView['reusable']> => {
  const open = slots.filter(({ authorizationId, authorize }) => authorizationId === null && authorize.allowed);
  const offers: ConnectionView['reusable'][number][] = [];
  for (const { environment, holder } of open) {
    for (const row of await reusableFor(call, found, { connectionId: found.id, environment, holder })) {
      const other = await call.db.connections.get(row.connectionId);
      if (row.grant === null || offers.some((one) => one.environment === environment && one.account === row.grant?.account)) continue;
      offers.push({
        environment,
        authorizationId: row.id,
        account: row.grant.account,
        connectionName: other?.displayName ?? 'a connection',
        // The account that is used again lives where it lives: at the same tenant.
        hosts: hostPatterns(reachOf(connectorToShow(row.connectorId)), row.variables),
      });
    }
  }
  return offers;
};

const registrationOf = (connector: Connector): ConnectionView['registration'] => {
  if (!isOauth(connector.auth)) return 'none';
  const { needsOwnApp, registersItself } = truthOf(connector);
  if (needsOwnApp) return 'own';
  return registersItself ? 'itself' : 'connector';
};

/** One connection with everything its page shows. Throws `store.missing`, `access.refused`. */
export const connection = query({
  args: v.strictObject({ connectionId: idInput('con') }),
  read: async (call, { connectionId }): Promise<ConnectionView> => {
    const found = await loadConnection(call, connectionId);
    call.require('connection.see', { type: found.type });
    const [row] = await connectionRows(call, [found]);
    if (row === undefined) throw new Fault('store.missing', 'connection');
    const components = (await componentsUsing(call, found)).sort(
      (a, b) => ENVIRONMENTS.indexOf(a.environment) - ENVIRONMENTS.indexOf(b.environment) || a.name.localeCompare(b.name),
    );
    const owners = await ownerNames(
      call,
      components.map(({ ownerId }) => ownerId),
    );
    const seeReferences = permission(call, 'references.see', { type: found.type });
    const references = components.flatMap((component): ReferenceView[] => {
      const isInstalled = isInstallationId(component.ownerId);
      const href = isInstalled ? `#/installed/${component.ownerId}` : `#/apps/${component.ownerId}?component=${component.id}`;
      const view = {
        componentId: component.id,
        componentName: component.name,
        kindLabel: kindByName(component.kind).label,
        environment: component.environment,
        owner: {
          id: component.ownerId,
          name: owners.get(component.ownerId) ?? 'unknown',
          kind: isInstalled ? ('installation' as const) : ('application' as const),
        },
      };
      const uses = kindByName(component.kind).uses(component.config);
      const places = uses.references.filter(({ linkName }) => linkName === found.linkName);
      if (places.length === 0) return [{ ...view, line: null, task: null, certainty: null, href }];
      return places.map(({ line, task, certainty }) => ({
        ...view,
        line,
        task,
        certainty,
        href: line === null ? href : `${href}&line=${line}`,
      }));
    });
    const names = components.map(({ name }) => name);
    const connector = connectorToShow(found.connectorId);
    const applications = await call.db.applications.where('workspaceId').equals(found.workspaceId).toArray();
    const apps = await call.db.oauthApps.where('workspaceId').equals(found.workspaceId).toArray();
    const rows = await call.db.authorizations.where('connectionId').equals(connectionId).toArray();
    return {
      ...row,
      environmentPolicy: found.environmentPolicy,
      scopes: connector.scopes.map((scope) => ({ ...scope, isAsked: found.scopes.includes(scope.name) })),
      publishedIn: found.publishedIn,
      references: seeReferences.allowed ? references : [],
      createdAt: found.createdAt,
      applications: applications.map(({ id, name }): OwnerView => ({ id, name, kind: 'application' })),
      oauthAppId: found.oauthAppId,
      registration: registrationOf(connector),
      oauthApps: apps
        .filter(({ connectorId, registered }) => connectorId === found.connectorId && registered === undefined)
        .map(({ id, name }) => ({ id, name })),
      reusable: await reusableAccounts(call, found, row.slots),
      separateGrants: ENVIRONMENTS.filter((one) => rows.some(({ environment, grant }) => environment === one && grant !== null)),
      types: typesFor(connector, await isTypeLimitLifted(call)),
      isBeyondModel: isBeyondModel(found.type, connector),
      edit: permission(call, 'connection.edit', { type: found.type }),
      changeType: typePermission(call, found, names, rows),
      pause: permission(call, 'connection.pause', { type: found.type }),
      credentials: permission(call, 'credentials.manage'),
      seeReferences,
      disable: stepPermission(call, found, names, 'connection.access', 'disable'),
      duplicate: permission(call, 'connection.duplicate', { type: found.type }),
      retire: stepPermission(call, found, names, 'connection.retire', 'retire'),
      delete: stepPermission(call, found, names, 'connection.delete', 'delete'),
    };
  },
});
