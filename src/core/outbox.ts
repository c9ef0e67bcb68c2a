import type { FormRecord } from '../domain/application.ts';
import type { Component } from '../domain/component.ts';
import { Fault, type FaultData } from '../domain/faults.ts';
import { readPath, textOf } from '../domain/json.ts';
import { afterFailure, goesOnByItself, OUTBOX, type OutboxEntry, retryAfterOf } from '../domain/outbox.ts';
import { isRepeatable } from '../domain/request.ts';
import { next } from '../domain/transition.ts';
import { kindByName } from '../runtime/index.ts';
import type { Push, Target } from '../runtime/kind.ts';
import { emptyTrace, type Trace } from './calling.ts';
import { type Call, callFor, toFault } from './command.ts';
import type { Context } from './context.ts';
import { runOperation } from './operations.ts';
import { record } from './record.ts';
import { type Ended, keepRun, missingFor, runView } from './running.ts';
import { runScript } from './scripting.ts';
import { operationFor } from './targets.ts';
import type { RunView } from './views.ts';

/** Whoever sends an entry holds this lock; an entry that is being sent whose lock is free has lost its sender. */
const entryLock = (id: OutboxEntry['id']): string => `outbox:${id}`;

type Started = { readonly entry: FormRecord | null; readonly isVisitor: boolean };

const rowOf = (
  call: Call,
  component: Component,
  { entry, isVisitor }: Started,
  label: string,
  index: number,
): Omit<OutboxEntry, 'job'> => ({
  id: call.newId('out'),
  workspaceId: component.workspaceId,
  ownerId: component.ownerId,
  componentId: component.id,
  environment: component.environment,
  memberId: call.acting().member.id,
  isVisitor,
  recordId: entry?.id ?? null,
  label,
  // The same push of the same entry carries the same key, so that repeating it after a lost answer doubles nothing.
  key:
    entry === null
      ? `${component.id}.${call.newId('out')}`
      : `${component.id}.${entry.id}.${entry.revision}${index === 0 ? '' : `.${index}`}`,
  state: 'waiting',
  tries: 0,
  nextAt: call.now(),
  fault: null,
  createdAt: call.now(),
  revision: 0,
});

const pushRow = (base: Omit<OutboxEntry, 'job'>, { target, values, fault }: Push): OutboxEntry => ({
  ...base,
  job: { do: 'push', target, values, refused: fault },
});

/** What a component has to do for an entry, as rows of the outbox: stored together with the entry, so that neither is without the other. */
export const outboxRows = (call: Call, component: Component, started: Started): OutboxEntry[] => {
  const { entry } = started;
  const work = kindByName(component.kind).work(component.config, entry);
  if (work.do === 'push') return work.pushes.map((push, index) => pushRow(rowOf(call, component, started, push.label, index), push));
  const script = { do: 'script', entry: entry === null ? null : { form: entry.form, values: entry.values } } as const;
  return [{ ...rowOf(call, component, started, '', 0), job: script }];
};

const targetOf = ({ linkName, service, operationId }: Extract<OutboxEntry['job'], { do: 'push' }>['target']): Target =>
  linkName === undefined ? { service: service ?? '', operationId } : { linkName, operationId };

const attempt = async (call: Call, entry: OutboxEntry, component: Component, trace: Trace): Promise<Ended> => {
  const { job, isVisitor, key } = entry;
  try {
    if (job.do === 'script') {
      const work = kindByName(component.kind).work(component.config, null);
      if (work.do !== 'script') throw new Fault('component.config-wrong', 'script');
      const { result, fault, log } = await runScript(call, component, work, job.entry?.values ?? null, isVisitor, trace);
      return { result, fault: fault?.toData() ?? null, script: log, trace };
    }
    if (job.refused !== null) throw new Fault(job.refused.code, job.refused.detail);
    const { operation, answer } = await runOperation(
      call,
      component,
      { target: targetOf(job.target), values: job.values, key, isVisitor },
      trace,
    );
    const found = textOf(readPath(answer.json, operation.result.path));
    return {
      result: { label: operation.result.label, value: found === '' ? 'done' : found, table: null },
      fault: null,
      script: null,
      trace,
    };
  } catch (error) {
    return { result: null, fault: toFault(error).toData(), script: null, trace };
  }
};

/** A script that has asked a service for something is never begun anew by itself: what it did would be done again. */
const faultOf = ({ job }: OutboxEntry, fault: FaultData, { isSent }: Trace): FaultData =>
  job.do === 'script' && isSent && goesOnByItself(fault.code) ? { code: 'run.script-failed', detail: fault.detail ?? fault.code } : fault;

const isHarmlessTwice = async (call: Call, { job }: OutboxEntry, component: Component): Promise<boolean> => {
  if (job.do === 'script') return false;
  const operation = await operationFor(call, component, targetOf(job.target));
  return operation !== undefined && isRepeatable(operation);
};

const settle = async (call: Call, sending: OutboxEntry, component: Component, ended: Ended): Promise<RunView> => {
  const of = { component, recordId: sending.recordId, label: sending.label, isVisitor: sending.isVisitor };
  if (ended.fault === null) {
    const run = await keepRun(call, of, ended, { remove: { outbox: [sending.id] } });
    return runView(run, component.name);
  }
  const { trace } = ended;
  const failure = {
    fault: faultOf(sending, ended.fault, trace),
    isSent: trace.isSent,
    status: trace.status,
    retryAfter: retryAfterOf(trace.retryAfter, call.now()),
  };
  const random = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
  const { action, wait } = afterFailure(sending, failure, await isHarmlessTwice(call, sending, component), random);
  const state = next(OUTBOX, 'sending', action);
  if (state === 'gone') throw new Fault('core.internal');
  const fault: FaultData = action === 'lose' ? { code: 'run.unknown-outcome', detail: failure.fault.code } : failure.fault;
  const after: OutboxEntry = { ...sending, state, fault, nextAt: action === 'defer' ? call.now() + wait : 0 };
  const run = await keepRun(call, of, { ...ended, fault }, { put: { outbox: [after] } });
  return runView(run, component.name, await missingFor(call, component), after);
};

/** Who it was that started an entry: what it does is done as them, or not at all. */
const callOf = async (ctx: Context, { workspaceId, memberId }: OutboxEntry): Promise<Call | null> => {
  const [workspace, member] = await Promise.all([ctx.db.workspaces.get(workspaceId), ctx.db.members.get(memberId)]);
  return workspace === undefined || member === undefined || member.leftAt !== null ? null : callFor(ctx, { workspace, member });
};

const hold = (ctx: Context, entry: OutboxEntry, fault: FaultData): Promise<void> =>
  record(ctx, { put: { outbox: [{ ...entry, state: 'held', fault, nextAt: 0 }] }, event: null });

/** Sends one entry if it waits, and says how that ended; null where there was nothing to do. The step before it is stored before anything leaves. */
export const processEntry = (ctx: Context, id: OutboxEntry['id']): Promise<RunView | null> =>
  ctx.lock(entryLock(id), async () => {
    const entry = await ctx.db.outbox.get(id);
    if (entry?.state !== 'waiting') return null;
    const call = await callOf(ctx, entry);
    const component = await ctx.db.components.get(entry.componentId);
    if (call === null || component === undefined) {
      await hold(ctx, entry, { code: 'store.missing', detail: call === null ? 'the member who started it' : 'the component' });
      return null;
    }
    const sending: OutboxEntry = { ...entry, state: 'sending', tries: entry.tries + 1, nextAt: 0 };
    await record(ctx, { put: { outbox: [sending] }, event: null });
    const stored: OutboxEntry = { ...sending, revision: sending.revision + 1 };
    return settle(call, stored, component, await attempt(call, stored, component, emptyTrace()));
  });

/** Sends everything that is due, oldest first. Gives when the next one is, or null where none waits. */
export const drainOutbox = (ctx: Context): Promise<number | null> =>
  ctx.lock('outbox', async () => {
    const due = await ctx.db.outbox.where('[state+nextAt]').between(['waiting', 0], ['waiting', ctx.now()], true, true).toArray();
    for (const { id } of due.sort((a, b) => a.createdAt - b.createdAt)) await processEntry(ctx, id);
    const later = await ctx.db.outbox.where('[state+nextAt]').between(['waiting', 0], ['waiting', Number.MAX_SAFE_INTEGER]).first();
    return later?.nextAt ?? null;
  });

/**
 * Looks after entries whose sender died in the middle: one that the service tells from a second one goes out again, any other is said to be
 * of unknown outcome. Called when a host starts; harmless while another host is at work, because that one holds the entry's lock.
 */
export const recoverOutbox = async (ctx: Context): Promise<void> => {
  const cut = await ctx.db.outbox.where('[state+nextAt]').between(['sending', 0], ['sending', Number.MAX_SAFE_INTEGER]).toArray();
  for (const { id } of cut) {
    if (!(await ctx.isFree(entryLock(id)))) continue;
    await ctx.lock(entryLock(id), async () => {
      const entry = await ctx.db.outbox.get(id);
      if (entry?.state !== 'sending') return;
      const call = await callOf(ctx, entry);
      const component = await ctx.db.components.get(entry.componentId);
      const isHarmless = call !== null && component !== undefined && (await isHarmlessTwice(call, entry, component));
      const lost: FaultData = { code: 'run.unknown-outcome', detail: 'core.unavailable' };
      const after: OutboxEntry = isHarmless
        ? { ...entry, state: next(OUTBOX, 'sending', 'defer') as 'waiting', nextAt: ctx.now() }
        : { ...entry, state: next(OUTBOX, 'sending', 'lose') as 'unknown', fault: lost };
      if (isHarmless || call === null || component === undefined) await record(ctx, { put: { outbox: [after] }, event: null });
      else
        await keepRun(
          call,
          { component, recordId: entry.recordId, label: entry.label, isVisitor: entry.isVisitor },
          { result: null, fault: lost, script: null, trace: emptyTrace() },
          { put: { outbox: [after] } },
        );
    });
  }
};
