import * as v from 'valibot';
import { connectorById } from '../../connectors/catalogue.ts';
import { Fault } from '../../domain/faults.ts';
import { kindByName } from '../../runtime/index.ts';
import { query } from '../command.ts';
import { idInput, nothing } from '../inputs.ts';
import { loadConnection } from '../owners.ts';
import { connectionRows, permission } from '../slots.ts';
import type { ConnectionView, ReferenceView } from '../views.ts';

/** The connections of the acting workspace that the acting member may see. */
export const connections = query({
  args: nothing,
  read: async (call) => {
    const rows = await call.db.connections.where('workspaceId').equals(call.acting().workspace.id).toArray();
    return connectionRows(call, rows);
  },
});

/** One connection with everything its page shows. Throws `store.missing`, `access.refused`. */
export const connection = query({
  args: v.strictObject({ connectionId: idInput('con') }),
  read: async (call, { connectionId }): Promise<ConnectionView> => {
    const found = await loadConnection(call, connectionId);
    call.require('connection.see', { type: found.type });
    const [row] = await connectionRows(call, [found]);
    if (row === undefined) throw new Fault('store.missing', 'connection');
    const components = await call.db.components.where('references').equals(found.linkName).toArray();
    const { owner } = row;
    const references = components
      .filter(({ ownerId }) => ownerId === found.ownerId)
      .flatMap((component): ReferenceView[] =>
        owner === null
          ? []
          : [{ componentId: component.id, componentName: component.name, kindLabel: kindByName(component.kind).label, owner }],
      );
    const connector = connectorById(found.connectorId);
    const mayDelete = permission(call, 'connection.delete', { type: found.type });
    return {
      ...row,
      environmentPolicy: found.environmentPolicy,
      scopes: connector.scopes.map((scope) => ({ ...scope, isAsked: found.scopes.includes(scope.name) })),
      publishedIn: found.publishedIn,
      references,
      createdAt: found.createdAt,
      delete: mayDelete,
    };
  },
});
