import type { Run, RunResult, ScriptLog } from '../db/tables.ts';
import { may } from '../domain/access.ts';
import type { FormRecord } from '../domain/application.ts';
import type { Component } from '../domain/component.ts';
import type { Connection } from '../domain/connection.ts';
import type { FaultData } from '../domain/faults.ts';
import { isOpen } from '../domain/flow.ts';
import type { OutboxEntry } from '../domain/outbox.ts';
import { isUsable, slotFor, whoAuthorizes } from '../domain/resolve.ts';
import { kindByName } from '../runtime/index.ts';
import { emptyTrace, type Trace } from './calling.ts';
import { type Call, toFault } from './command.ts';
import { runOperation } from './operations.ts';
import { findAuthorization } from './owners.ts';
import { pauseOf } from './pausing.ts';
import { type Change, record } from './record.ts';
import { reasonOf } from './regrade.ts';
import { runScript } from './scripting.ts';
import { showAnswer } from './showing.ts';
import { authorizeWay } from './slots.ts';
import { deviceOf } from './summaries.ts';
import { findSystemConnection } from './system-connections.ts';
import type { MissingAuthorization, RunView } from './views.ts';

/** The connections that a component speaks through, as far as they exist: link names resolve within their application (R96). Reads only. */
const connectionsFor = async (call: Call, { ownerId, references, services }: Component): Promise<Connection[]> => {
  const keys = references.map((linkName): [string, string] => [ownerId, linkName]);
  const named = keys.length === 0 ? [] : await call.db.connections.where('[ownerId+linkName]').anyOf(keys).toArray();
  const system = await Promise.all(services.map((service) => findSystemConnection(call, service)));
  return [...named, ...system.filter((one) => one !== undefined)];
};

const lackOf = async (call: Call, { environment }: Component, connection: Connection): Promise<MissingAuthorization[]> => {
  const actor = call.acting();
  const slot = slotFor(connection, environment, actor);
  const authorization = await findAuthorization(call, slot);
  const pause = await pauseOf(call, connection, authorization);
  if (isUsable(authorization) && pause === null) return [];
  const flows = await call.db.flows.where('connectionId').equals(connection.id).toArray();
  const flow = flows.find((one) => isOpen(one, call.now()) && one.scope === slot.environment && one.holder === slot.holder);
  const mayAuthorize = may(actor, 'authorization.grant', { type: connection.type, holder: slot.holder }).allowed;
  return [
    {
      connectionId: connection.id,
      displayName: connection.displayName,
      environment,
      who: whoAuthorizes(connection, actor, mayAuthorize),
      mayAuthorize,
      reason: pause ?? reasonOf(connection, authorization),
      flow: flow === undefined ? null : { id: flow.id, state: flow.state, device: deviceOf(flow) },
      way: authorizeWay(call, connection, authorization),
    },
  ];
};

/** What a component lacks before it can run for the acting member, with who can give it (R114). Reads only. */
export const missingFor = async (call: Call, component: Component): Promise<MissingAuthorization[]> => {
  const lacks: MissingAuthorization[] = [];
  for (const connection of await connectionsFor(call, component)) lacks.push(...(await lackOf(call, component, connection)));
  return lacks;
};

/** What a stored run looks like on a screen; `waiting` is its entry in the outbox, where it has one. */
export const runView = (
  run: Run,
  componentName: string,
  missing: readonly MissingAuthorization[] = [],
  waiting: Pick<OutboxEntry, 'id' | 'state' | 'nextAt' | 'tries'> | null = null,
): RunView => {
  const { id, componentId, kind, at, isOk, fault, result, request, response, label, lastGood, script } = run;
  return {
    id,
    componentId,
    componentName,
    kind,
    at,
    isOk,
    fault,
    missing,
    result,
    request,
    response,
    label,
    lastGood,
    script,
    outbox: waiting === null ? null : { id: waiting.id, state: waiting.state, nextAt: waiting.nextAt, tries: waiting.tries },
  };
};

/** What is known of a run when it is over. */
export type Ended = {
  readonly result: RunResult | null;
  readonly fault: FaultData | null;
  readonly script: ScriptLog | null;
  readonly trace: Trace;
};

export type RunOf = {
  readonly component: Component;
  readonly recordId: FormRecord['id'] | null;
  readonly label: string;
  readonly isVisitor: boolean;
};

/** A panel keeps its newest run only, for each person; a record keeps those that it started, one for each recipient. */
const replacedRun = async (call: Call, { component, recordId, label, isVisitor }: RunOf): Promise<Run | undefined> => {
  const runs = await call.db.runs
    .where('[componentId+environment+memberId]')
    .equals([component.id, component.environment, isVisitor ? 'visitor' : call.acting().member.id])
    .toArray();
  return runs.find((run) => run.recordId === recordId && run.label === label);
};

/** Stores how a run ended, with whatever changes beside it, in one transaction. */
export const keepRun = async (
  call: Call,
  of: RunOf,
  { result, fault, script, trace }: Ended,
  beside: Omit<Change, 'event'> = {},
): Promise<Run> => {
  const { component, recordId, label, isVisitor } = of;
  const { workspace, member } = call.acting();
  const before = await replacedRun(call, of);
  const isOk = fault === null;
  const at = call.now();
  const run: Run = {
    id: before?.id ?? call.newId('run'),
    workspaceId: workspace.id,
    ownerId: component.ownerId,
    componentId: component.id,
    kind: component.kind,
    environment: component.environment,
    memberId: isVisitor ? 'visitor' : member.id,
    recordId,
    label,
    at,
    isOk,
    lastOkAt: isOk ? at : (before?.lastOkAt ?? null),
    lastGood: isOk && result !== null ? { at, result } : (before?.lastGood ?? null),
    fault,
    result,
    script,
    request: trace.request,
    response: trace.response,
  };
  await record(call, {
    ...beside,
    put: { ...beside.put, runs: [run] },
    event: {
      name: 'component.ran',
      workspaceId: workspace.id,
      actor: isVisitor ? null : member.id,
      subject: component.id,
      environment: component.environment,
      fields: { name: component.name, result: isOk ? 'it worked' : fault.code },
    },
  });
  return run;
};

/**
 * Reads what a component shows, or runs its script, for the acting member, and keeps what happened. Never throws for the service's sake: the
 * run tells. What pushes goes through the outbox instead.
 */
export const runOnce = async (call: Call, component: Component, entry: FormRecord | null): Promise<RunView> => {
  const trace = emptyTrace();
  let ended: Ended;
  try {
    const work = kindByName(component.kind).work(component.config, entry);
    if (work.do === 'script') {
      const { result, fault, log } = await runScript(call, component, work, entry?.values ?? null, false, trace);
      ended = { result, fault: fault?.toData() ?? null, script: log, trace };
    } else if (work.do === 'read') {
      const { operation, answer } = await runOperation(call, component, { ...work, key: null, isVisitor: false }, trace);
      ended = { result: showAnswer(operation, answer.json, work.show), fault: null, script: null, trace };
    } else ended = { result: null, fault: { code: 'run.input-missing', detail: 'an entry of the form' }, script: null, trace };
  } catch (error) {
    ended = { result: null, fault: toFault(error).toData(), script: null, trace };
  }
  const run = await keepRun(call, { component, recordId: entry?.id ?? null, label: '', isVisitor: false }, ended);
  return runView(run, component.name, ended.fault === null ? [] : await missingFor(call, component));
};
