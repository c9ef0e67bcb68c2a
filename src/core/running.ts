import type { Run } from '../db/tables.ts';
import { may } from '../domain/access.ts';
import type { FormRecord } from '../domain/application.ts';
import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import { CONNECTION_TYPES } from '../domain/connection-type.ts';
import { Fault, type FaultData } from '../domain/faults.ts';
import { isOpen } from '../domain/flow.ts';
import { readPath } from '../domain/json.ts';
import { requestFor } from '../domain/request.ts';
import { isUsable, slotFor, whoAuthorizes } from '../domain/resolve.ts';
import { kindByName } from '../runtime/index.ts';
import type { RunResult, Target } from '../runtime/kind.ts';
import { type Call, toFault } from './command.ts';
import { requireUnlocked } from './locking.ts';
import { findAuthorization } from './owners.ts';
import { pauseOf } from './pausing.ts';
import { record } from './record.ts';
import { send } from './send.ts';
import { serviceFor } from './services.ts';
import { findSystemConnection, needSystemConnection } from './system-connections.ts';
import type { MissingAuthorization, RunView } from './views.ts';

const SHOWN_BODY = 4_000;

/** The connection that a component speaks through, or undefined: link names resolve within their application (R96). Reads only. */
const connectionFor = (call: Call, component: Component): Promise<Connection | undefined> => {
  const target = kindByName(component.kind).target(component.config);
  return 'service' in target
    ? findSystemConnection(call, target.service)
    : call.db.connections.where('[ownerId+linkName]').equals([component.ownerId, target.linkName]).first();
};

/** The same for a run, which makes the system connection where a task first needs it (R97). */
const needConnection = async (call: Call, component: Component, target: Target): Promise<Connection> => {
  if ('service' in target) return needSystemConnection(call, target.service, target.operationId);
  const connection = await connectionFor(call, component);
  if (connection === undefined) throw new Fault('run.connection-missing', target.linkName);
  return connection;
};

/** What a component lacks before it can run for the acting member, with who can give it (R114). Reads only. */
export const missingFor = async (call: Call, component: Component): Promise<MissingAuthorization[]> => {
  const actor = call.acting();
  const { environment } = component;
  const connection = await connectionFor(call, component);
  if (connection === undefined) return [];
  const authorization = await findAuthorization(call, slotFor(connection, environment, call.acting()));
  const pause = await pauseOf(call, connection, authorization);
  if (isUsable(authorization) && pause === null) return [];
  const { environment: scope, holder } = slotFor(connection, environment, actor);
  const flows = await call.db.flows.where('connectionId').equals(connection.id).toArray();
  const flow = flows.find((one) => isOpen(one, call.now()) && one.scope === scope && one.holder === holder);
  const mayAuthorize = may(actor, 'authorization.grant', { type: connection.type, holder }).allowed;
  return [
    {
      connectionId: connection.id,
      displayName: connection.displayName,
      environment,
      who: whoAuthorizes(connection, actor, mayAuthorize),
      mayAuthorize,
      reason: pause ?? (authorization?.reason ? { code: authorization.reason, detail: null } : null),
      flow: flow === undefined ? null : { id: flow.id, state: flow.state },
    },
  ];
};

type Trace = { request: Run['request']; response: Run['response'] };

const sendFor =
  (call: Call, component: Component, starter: Run['memberId'], idempotencyKey: string | null, trace: Trace) =>
  async (target: Target, values: Readonly<Record<string, string>>): Promise<RunResult> => {
    const connection = await needConnection(call, component, target);
    const { environment } = component;
    if (starter === 'visitor' && CONNECTION_TYPES[connection.type].holder === 'member')
      throw new Fault('run.nobody-logged-in', connection.displayName);
    call.require('component.run', { type: connection.type, holder: slotFor(connection, environment, call.acting()).holder });
    const authorization = await findAuthorization(call, slotFor(connection, environment, call.acting()));
    const pause = await pauseOf(call, connection, authorization);
    if (pause !== null) throw new Fault(pause.code, pause.detail);
    if (!isUsable(authorization)) throw new Fault('run.not-connected', connection.displayName);
    await requireUnlocked(call);
    const service = serviceFor(connection, authorization.variables);
    const operation = service.connector.operations.find(({ id }) => id === target.operationId);
    if (operation === undefined) throw new Fault('component.config-wrong', target.operationId);
    const request = requestFor(operation, service.apiBase, values, idempotencyKey);
    trace.request = { method: request.method, url: request.url, body: request.body };
    const answer = await send(call, connection, service, authorization, request);
    trace.response = { status: answer.status, body: answer.body.slice(0, SHOWN_BODY) };
    if (answer.status === 429) throw new Fault('run.busy', 'status 429');
    if (answer.status >= 400) throw new Fault('run.refused', `status ${answer.status}`);
    const found = readPath(answer.json, operation.result.path);
    if (typeof found !== 'string' && typeof found !== 'number') throw new Fault('run.answer-wrong', operation.result.path);
    return { label: operation.result.label, value: String(found) };
  };

/** What a stored run looks like on a screen. */
export const runView = (run: Run, componentName: string, missing: readonly MissingAuthorization[] = []): RunView => {
  const { id, componentId, at, isOk, fault, result, request, response } = run;
  return { id, componentId, componentName, at, isOk, fault, missing, result, request, response };
};

/** A panel keeps its newest run only, for each person; a record keeps those that it started. */
const replacedRun = async (call: Call, component: Component, starter: Run['memberId'], entry: FormRecord | null) => {
  const runs = await call.db.runs
    .where('[componentId+environment+memberId]')
    .equals([component.id, component.environment, starter])
    .toArray();
  return runs.find(({ recordId }) => recordId === (entry?.id ?? null));
};

/**
 * Runs a component where it is placed, for the acting member or for a visitor, and keeps what happened. Never throws for the service's
 * sake: the run tells.
 */
export const runOnce = async (call: Call, component: Component, entry: FormRecord | null, isVisitor = false): Promise<RunView> => {
  const { workspace, member } = call.acting();
  const { environment } = component;
  const starter = isVisitor ? 'visitor' : member.id;
  const trace: Trace = { request: null, response: null };
  let result: RunResult | null = null;
  let fault: FaultData | null = null;
  // The same push of the same entry carries the same key, so that repeating it after a lost answer doubles nothing.
  const key = entry === null ? null : `${component.id}.${entry.id}.${entry.revision}`;
  try {
    result = await kindByName(component.kind).run({
      config: component.config,
      record: entry,
      send: sendFor(call, component, starter, key, trace),
    });
  } catch (error) {
    fault = toFault(error).toData();
  }
  const missing = fault === null ? [] : await missingFor(call, component);
  const before = await replacedRun(call, component, starter, entry);
  const run: Run = {
    id: before?.id ?? call.newId('run'),
    workspaceId: workspace.id,
    ownerId: component.ownerId,
    componentId: component.id,
    kind: component.kind,
    environment,
    memberId: starter,
    recordId: entry?.id ?? null,
    at: call.now(),
    isOk: fault === null,
    lastOkAt: fault === null ? call.now() : (before?.lastOkAt ?? null),
    fault,
    result,
    ...trace,
  };
  await record(call, {
    put: { runs: [run] },
    event: {
      name: 'component.ran',
      workspaceId: workspace.id,
      actor: isVisitor ? null : member.id,
      subject: component.id,
      environment,
      fields: { name: component.name, result: fault === null ? 'it worked' : fault.code },
    },
  });
  return runView(run, component.name, missing);
};
