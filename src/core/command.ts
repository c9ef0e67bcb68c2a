import * as v from 'valibot';
import { mapStoreError } from '../db/open.ts';
import { type Action, may, type Subject } from '../domain/access.ts';
import { Fault, type FaultData, type Outcome } from '../domain/faults.ts';
import type { Actor } from '../domain/workspace.ts';
import { readActor } from './actor.ts';
import type { Context } from './context.ts';
import { loadCustomConnectors } from './custom-connectors.ts';
import { record } from './record.ts';

/** What a command or query sees: the host's context and who acts, read anew for each call. */
export type Call = Context & {
  /** Throws `core.no-workspace` before the first workspace. */
  readonly acting: () => Actor;
  /** Throws `access.refused` with the rule and who may. */
  readonly require: (action: Action, subject?: Subject) => void;
};

type Definition<S extends v.GenericSchema, T> = {
  /** The action of the access table; null for what is needed before anybody acts. */
  readonly allow: Action | null;
  /** It needs to change nothing that is stored, so it may run over what a newer program wrote. */
  readonly isReading?: true;
  readonly input: S;
  readonly run: (call: Call, input: v.InferOutput<S>) => Promise<T>;
};

/** A command as a record: its export name is its API name. */
export const command = <S extends v.GenericSchema, T>(definition: Definition<S, T>): Definition<S, T> => definition;

/** Any command, for those who call it by name. */
export type AnyCommand = {
  readonly allow: Action | null;
  readonly isReading?: true;
  readonly input: v.GenericSchema;
  readonly run: (call: Call, input: never) => Promise<unknown>;
};

const parse = <S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> => {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Fault('core.input-invalid', v.getDotPath(issue) ?? issue.message);
};

/** The call's own view of the context; `null` acts before there is a workspace. */
export const callFor = (ctx: Context, actor: Actor | null): Call => {
  const acting = (): Actor => {
    if (actor === null) throw new Fault('core.no-workspace');
    return actor;
  };
  return {
    ...ctx,
    acting,
    require: (action, subject) => {
      const decision = may(acting(), action, subject);
      if (!decision.allowed) throw new Fault('access.refused', decision.says);
    },
  };
};

/** Foreign errors become faults here at the latest; what nobody mapped is `core.internal`, told to the console without its data. */
export const toFault = (error: unknown): Fault => {
  const mapped = mapStoreError(error);
  if (mapped instanceof Fault) return mapped;
  console.error('latchkey: unexpected', error instanceof Error ? error.name : typeof error);
  return new Fault('core.internal');
};

const recordRefusal = async (ctx: Context, actor: Actor | null, name: string, fault: FaultData): Promise<void> => {
  // Where the store itself does not work, its audit does not either.
  const isStoreDown = ['store.unavailable', 'store.full', 'store.newer'].includes(fault.code);
  if (actor === null || fault.code === 'core.internal' || isStoreDown) return;
  await record(ctx, {
    event: {
      name: 'command.refused',
      workspaceId: actor.workspace.id,
      actor: actor.member.id,
      subject: null,
      fields: { name, code: fault.code },
    },
  });
};

/** Runs one command: validate, allow, run. Nothing but an Outcome leaves, and a refusal is in the audit. */
export const execute = async <S extends v.GenericSchema, T>(
  ctx: Context,
  name: string,
  definition: Definition<S, T>,
  input: unknown,
): Promise<Outcome<T>> => {
  let actor: Actor | null = null;
  try {
    [actor] = await Promise.all([readActor(ctx), loadCustomConnectors(ctx)]);
    const call = callFor(ctx, actor);
    const parsed = parse(definition.input, input);
    if (definition.allow !== null) call.require(definition.allow);
    if (ctx.isReadOnly && definition.isReading !== true) throw new Fault('store.newer');
    return { ok: true, value: await definition.run(call, parsed) };
  } catch (error) {
    const fault = toFault(error).toData();
    // The refusal itself is the answer; a store that cannot take the audit line must not hide it.
    await recordRefusal(ctx, actor, name, fault).catch(() => undefined);
    return { ok: false, fault };
  }
};

type QueryDefinition<S extends v.GenericSchema, T> = {
  readonly args: S;
  readonly read: (call: Call, args: v.InferOutput<S>) => Promise<T>;
};

/** A query as a record: reads only, never `secrets`, and checks access as commands do. */
export const query = <S extends v.GenericSchema, T>(definition: QueryDefinition<S, T>): QueryDefinition<S, T> => definition;

/** Reads one query; throws a fault. Tables are asked for through the call, so that it can be watched. */
export const readQuery = async <S extends v.GenericSchema, T>(
  ctx: Context,
  definition: QueryDefinition<S, T>,
  args: unknown,
): Promise<T> => {
  const [actor] = await Promise.all([readActor(ctx), loadCustomConnectors(ctx)]);
  return definition.read(callFor(ctx, actor), parse(definition.args, args));
};

/** Any query, for those who call it by name. */
export type AnyQuery = { readonly args: v.GenericSchema; readonly read: (call: Call, args: never) => Promise<unknown> };
