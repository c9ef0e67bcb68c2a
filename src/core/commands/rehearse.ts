import * as v from 'valibot';
import { openDb } from '../../db/open.ts';
import type { FormRecord } from '../../domain/application.ts';
import type { Component } from '../../domain/component.ts';
import { Fault } from '../../domain/faults.ts';
import { Secret } from '../../domain/secret.ts';
import { NOBODY } from '../../runtime/describe.ts';
import { kindByName } from '../../runtime/index.ts';
import { createVault } from '../../vault/seal.ts';
import { readActor } from '../actor.ts';
import { type Call, callFor, command } from '../command.ts';
import type { Context } from '../context.ts';
import { readRunnable } from '../incoming.ts';
import { bundleTextInput, idInput } from '../inputs.ts';
import { parkedInMemory } from '../parked.ts';
import { componentsIn } from '../parts.ts';
import { rehearsalNetwork } from '../rehearsal-network.ts';
import { authorizeAll, copyInto, entryOf, rehearseWork, sampleEntry } from '../rehearsing.ts';
import { readSandboxOrigin } from '../services.ts';
import { summarizeComponent } from '../summaries.ts';
import { turn } from '../switches.ts';
import { isTypeLimitLifted } from '../type-limit.ts';
import type { Rehearsal, RehearsedRun } from '../views.ts';
import { installBundle } from './install.ts';
import { createWorkspace } from './session.ts';

/** Nobody sets a passphrase for what is deleted in a moment. */
const noPassphrase = (): Promise<never> => Promise.reject(new Fault('core.internal'));

/**
 * A database that nothing else knows, which is deleted whatever happens; one that a crash left behind is deleted first. Whatever `act` does has
 * no network, no key of this device's and no memory of what was asked or published.
 */
const withThrowAway = async <T>(call: Call, act: (ctx: Context) => Promise<T>): Promise<T> => {
  const name = `${call.db.name}-rehearsal`;
  return call.lock(`rehearsal:${call.db.name}`, async () => {
    const left = await openDb(name);
    await left.delete();
    const db = await openDb(name);
    try {
      return await act({
        ...call,
        db,
        vault: createVault(db, noPassphrase),
        fetch: () => Promise.reject(new TypeError('a rehearsal has no network')),
        sandboxOrigin: await readSandboxOrigin(call),
        requests: [],
        requestsChanged: () => undefined,
        metadata: new Map(),
        parked: parkedInMemory(),
        isOnline: () => true,
        openPage: null,
        wake: () => undefined,
      });
    } finally {
      await db.delete();
    }
  });
};

const scriptOf = ({ kind, config }: Component): string | null => {
  const work = kindByName(kind).work(config, NOBODY);
  return work.do === 'script' ? work.source : null;
};

/** Runs components of a throw-away workspace, all of whose connections it authorizes with what is made up. */
const runnerFor = async (call: Call, there: Call, components: readonly Component[]) => {
  const secret = new Secret(`made-up-${crypto.randomUUID()}`);
  const network = rehearsalNetwork(call, await authorizeAll(there, components, secret), secret);
  const running: Call = { ...there, fetch: network.fetch };
  return (component: Component, entry: FormRecord | null): Promise<RehearsedRun[]> =>
    rehearseWork(running, component, entry, network.taken);
};

/**
 * Installs a bundle into a throw-away workspace of a database of its own, authorizes its connections there with what is made up, and runs each
 * of its components as it runs anywhere, for a made-up entry. What goes to the sandbox is asked there while it runs on this device, by a client
 * that is registered for this; every other answer is made up. No other request leaves, nothing of the account is read or written, and
 * nothing is left. Throws the `bundle.*` faults.
 */
export const rehearseBundle = command({
  allow: 'application.use',
  input: v.strictObject({ text: bundleTextInput }),
  run: async (call, { text }): Promise<Rehearsal> => {
    const { payload, hash } = await readRunnable(call, text);
    return withThrowAway(call, async (ctx) => {
      await createWorkspace.run(callFor(ctx, null), { side: 'client', name: 'Rehearsal', memberName: 'Rehearsal' });
      const there = callFor(ctx, await readActor(ctx));
      // What the workspace allows beyond the model holds in its rehearsal too.
      if (await isTypeLimitLifted(call)) await turn(there, 'type-limit-lifted', true);
      const { installationId } = await installBundle.run(there, { text, hash, settings: null, feedId: null });
      const connections = await ctx.db.connections.count();
      const components = await componentsIn(there, installationId, 'production');
      const places = new Map(payload.components.map(({ linkName }, index) => [linkName, index]));
      const inOrder = components.toSorted((a, b) => (places.get(a.linkName) ?? 0) - (places.get(b.linkName) ?? 0));
      const run = await runnerFor(call, there, inOrder);
      const rows: Rehearsal['components'][number][] = [];
      // One after another, so that each request is known to be of the run that made it.
      for (const component of inOrder)
        rows.push({
          name: component.name,
          kindLabel: kindByName(component.kind).label,
          summary: summarizeComponent(component, payload.connections),
          source: scriptOf(component),
          runs: await run(component, sampleEntry(there, component, payload.application.forms)),
        });
      return { connections, components: rows };
    });
  },
});

/**
 * Runs a saved component in the same way, in a throw-away copy of what it needs: for a stored entry, for values that somebody typed, or, with
 * `values` null, without any. Throws `store.missing`.
 */
export const rehearseComponent = command({
  allow: 'application.use',
  input: v.strictObject({
    componentId: idInput('cmp'),
    recordId: v.nullable(idInput('rec')),
    values: v.nullable(v.record(v.string(), v.string())),
  }),
  run: async (call, { componentId, recordId, values }): Promise<RehearsedRun[]> => {
    const component = await call.db.components.get(componentId);
    if (component === undefined || component.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'component');
    const entry = await entryOf(call, component, recordId, values);
    return withThrowAway(call, async (ctx) => {
      const there = callFor(ctx, call.acting());
      await copyInto(there, call, component);
      const run = await runnerFor(call, there, [component]);
      return run(component, entry);
    });
  },
});
