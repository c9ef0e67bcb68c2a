import * as v from 'valibot';
import { connectorById } from '../../connectors/catalogue.ts';
import type { Action } from '../../domain/access.ts';
import type { Connection } from '../../domain/connection.ts';
import { Fault, faultRemedy, faultText } from '../../domain/faults.ts';
import { isInstallationId } from '../../domain/ids.ts';
import { type DefinitionAction, definitionRefusal } from '../../domain/lifecycle.ts';
import { kindByName } from '../../runtime/index.ts';
import { type Call, query } from '../command.ts';
import { idInput, nothing } from '../inputs.ts';
import { loadConnection } from '../owners.ts';
import { componentsUsing } from '../references.ts';
import { connectionRows, ownerNames, permission } from '../slots.ts';
import type { ConnectionView, OwnerView, Permission, ReferenceView } from '../views.ts';

/** The connections of the acting workspace that the acting member may see. */
export const connections = query({
  args: nothing,
  read: async (call) => {
    const rows = await call.db.connections.where('workspaceId').equals(call.acting().workspace.id).toArray();
    return connectionRows(call, rows);
  },
});

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

/** One connection with everything its page shows. Throws `store.missing`, `access.refused`. */
export const connection = query({
  args: v.strictObject({ connectionId: idInput('con') }),
  read: async (call, { connectionId }): Promise<ConnectionView> => {
    const found = await loadConnection(call, connectionId);
    call.require('connection.see', { type: found.type });
    const [row] = await connectionRows(call, [found]);
    if (row === undefined) throw new Fault('store.missing', 'connection');
    const components = await componentsUsing(call, found);
    const owners = await ownerNames(call);
    const references = components.map(
      (component): ReferenceView => ({
        componentId: component.id,
        componentName: component.name,
        kindLabel: kindByName(component.kind).label,
        owner: {
          id: component.ownerId,
          name: owners.get(component.ownerId) ?? 'unknown',
          kind: isInstallationId(component.ownerId) ? 'installation' : 'application',
        },
      }),
    );
    const names = references.map(({ componentName }) => componentName);
    const connector = connectorById(found.connectorId);
    const applications = await call.db.applications.where('workspaceId').equals(found.workspaceId).toArray();
    return {
      ...row,
      environmentPolicy: found.environmentPolicy,
      scopes: connector.scopes.map((scope) => ({ ...scope, isAsked: found.scopes.includes(scope.name) })),
      publishedIn: found.publishedIn,
      references,
      createdAt: found.createdAt,
      applications: applications.map(({ id, name }): OwnerView => ({ id, name, kind: 'application' })),
      edit: permission(call, 'connection.edit', { type: found.type }),
      disable: stepPermission(call, found, names, 'connection.access', 'disable'),
      duplicate: permission(call, 'connection.duplicate', { type: found.type }),
      retire: stepPermission(call, found, names, 'connection.retire', 'retire'),
      delete: stepPermission(call, found, names, 'connection.delete', 'delete'),
    };
  },
});
