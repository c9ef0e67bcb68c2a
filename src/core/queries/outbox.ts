import * as v from 'valibot';
import { connectorById } from '../../connectors/catalogue.ts';
import type { FormRecord } from '../../domain/application.ts';
import type { Component } from '../../domain/component.ts';
import { type Connector, examplesOf, fillVariables } from '../../domain/connector.ts';
import { Fault } from '../../domain/faults.ts';
import type { OutboxEntry } from '../../domain/outbox.ts';
import { requestFor } from '../../domain/request.ts';
import { slotFor } from '../../domain/resolve.ts';
import { kindByName } from '../../runtime/index.ts';
import type { Push } from '../../runtime/kind.ts';
import { type Call, query, toFault } from '../command.ts';
import { idInput, nothing } from '../inputs.ts';
import { operationOf } from '../operations.ts';
import { findAuthorization } from '../owners.ts';
import { defaultVariables } from '../services.ts';
import { ownerNames, permission } from '../slots.ts';
import { findSystemConnection } from '../system-connections.ts';
import type { DryRequest, DryRun, OutboxView } from '../views.ts';

/** Nobody reads a longer list; what is older shows as soon as these are done. */
const MOST = 200;

const formHref = ({ ownerId, environment }: OutboxEntry, component: Component | undefined): string | null => {
  const form = component === undefined ? null : kindByName(component.kind).place(component.config);
  return form === null ? null : `#/live/${ownerId}/${environment}/forms/${form}`;
};

/** What waits in the acting workspace, oldest first: a member's own, and everybody's for who manages connections. */
export const outbox = query({
  args: nothing,
  read: async (call): Promise<OutboxView> => {
    const { workspace, member } = call.acting();
    const isManager = permission(call, 'outbox.manage').allowed;
    const rows = await call.db.outbox
      .where('[workspaceId+createdAt]')
      .between([workspace.id, 0], [workspace.id, Number.MAX_SAFE_INTEGER])
      .filter(({ memberId }) => isManager || memberId === member.id)
      .limit(MOST)
      .toArray();
    const names = await ownerNames(
      call,
      rows.map(({ ownerId }) => ownerId),
    );
    const components = new Map(
      (await call.db.components.bulkGet([...new Set(rows.map(({ componentId }) => componentId))])).map((one) => [one?.id, one]),
    );
    const members = new Map((await call.db.members.where('workspaceId').equals(workspace.id).toArray()).map((one) => [one.id, one.name]));
    return {
      entries: rows.map((row) => {
        const component = components.get(row.componentId);
        return {
          id: row.id,
          ownerId: row.ownerId,
          ownerName: names.get(row.ownerId) ?? 'a removed application',
          componentName: component?.name ?? 'a removed component',
          kindLabel: component === undefined ? '' : kindByName(component.kind).label,
          environment: row.environment,
          label: row.label,
          state: row.state,
          tries: row.tries,
          nextAt: row.nextAt,
          fault: row.fault,
          createdAt: row.createdAt,
          startedBy: row.isVisitor ? 'a visitor' : (members.get(row.memberId) ?? 'a former member'),
          recordId: row.recordId,
          href: formHref(row, component),
          isOwn: row.memberId === member.id,
        };
      }),
    };
  },
});

const serviceOf = async (
  call: Call,
  ownerId: FormRecord['ownerId'],
  environment: FormRecord['environment'],
  { target }: Push,
): Promise<{ connector: Connector; variables: Readonly<Record<string, string>> }> => {
  const connection =
    'service' in target
      ? await findSystemConnection(call, target.service)
      : await call.db.connections.where('[ownerId+linkName]').equals([ownerId, target.linkName]).first();
  if (connection === undefined && !('service' in target)) throw new Fault('run.connection-missing', target.linkName);
  const connector = connectorById(connection?.connectorId ?? ('service' in target ? target.service : ''));
  const authorization =
    connection === undefined ? undefined : await findAuthorization(call, slotFor(connection, environment, call.acting()));
  // Before somebody has authorized, the examples of the record stand for the account's values.
  return {
    connector,
    variables: authorization?.grant ? authorization.variables : { ...examplesOf(connector), ...(await defaultVariables(call, connector)) },
  };
};

const dryPush = async (call: Call, at: Pick<FormRecord, 'ownerId' | 'environment'>, push: Push): Promise<DryRequest> => {
  const empty = { label: push.label, request: null, idempotency: null };
  try {
    if (push.fault !== null) return { ...empty, fault: push.fault };
    const { connector, variables } = await serviceOf(call, at.ownerId, at.environment, push);
    const operation = operationOf({ connector }, push.target.operationId);
    const { method, url, headers, body } = requestFor(
      operation,
      fillVariables(connector.apiBase, variables),
      push.values,
      'one for each push',
      variables,
    );
    const idempotency = operation.idempotencyHeader ?? (operation.upsertKey === null ? null : `upsert by ${operation.upsertKey}`);
    return {
      label: push.label,
      request: { method, url, headers: { ...connector.apiHeaders, ...headers }, body },
      idempotency,
      fault: null,
    };
  } catch (error) {
    return { ...empty, fault: toFault(error).toData() };
  }
};

/** The exact requests that a component would make for an entry or for made-up values, without their authorization; nothing is sent. */
export const dryRun = query({
  args: v.strictObject({
    componentId: idInput('cmp'),
    recordId: v.nullable(idInput('rec')),
    values: v.optional(v.record(v.string(), v.string()), {}),
  }),
  read: async (call, { componentId, recordId, values }): Promise<DryRun> => {
    const component = await call.db.components.get(componentId);
    if (component === undefined || component.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'component');
    const stored = recordId === null ? undefined : await call.db.records.get(recordId);
    if (recordId !== null && (stored?.ownerId !== component.ownerId || stored.environment !== component.environment))
      throw new Fault('store.missing', 'entry');
    const { ownerId, environment } = component;
    const sample: FormRecord = { id: 'rec_0', ownerId, environment, form: '', values, createdAt: 0, updatedAt: 0, revision: 0 };
    const work = kindByName(component.kind).work(component.config, stored ?? sample);
    if (work.do === 'script') return { requests: [], isScript: true };
    const pushes = work.do === 'push' ? work.pushes : [{ target: work.target, values: work.values, label: '', fault: null }];
    return { requests: await Promise.all(pushes.map((push) => dryPush(call, component, push))), isScript: false };
  },
});
