import * as v from 'valibot';
import { openDb } from '../../db/open.ts';
import type { Form } from '../../domain/application.ts';
import { kindByName } from '../../runtime/index.ts';
import { readActor } from '../actor.ts';
import { type Call, callFor, command } from '../command.ts';
import type { Context } from '../context.ts';
import { readRunnable } from '../incoming.ts';
import { bundleTextInput } from '../inputs.ts';
import { componentsIn } from '../parts.ts';
import { dryRun } from '../queries/outbox.ts';
import { readSandboxOrigin } from '../services.ts';
import { summarizeComponent } from '../summaries.ts';
import { turn } from '../switches.ts';
import { isTypeLimitLifted } from '../type-limit.ts';
import type { Rehearsal } from '../views.ts';
import { installBundle } from './install.ts';
import { createWorkspace } from './session.ts';

/** A value that a person could have typed, so that a request can be shown whole. */
const sampleValues = (form: Form | undefined): Record<string, string> => {
  const values = { text: (label: string) => label, number: () => '1', date: () => '2026-01-01', choice: () => '' };
  return Object.fromEntries(
    (form?.fields ?? []).map(({ name, label, type, choices }) => [name, type === 'choice' ? (choices[0] ?? '') : values[type](label)]),
  );
};

const formOf = (config: Readonly<Record<string, unknown>>, forms: readonly Form[]): Form | undefined =>
  forms.find(({ linkName }) => linkName === config['form']);

/** A database that nothing else knows, which is deleted whatever happens; one that a crash left behind is deleted first. */
const withThrowAway = async <T>(call: Call, act: (ctx: Context) => Promise<T>): Promise<T> => {
  const name = `${call.db.name}-rehearsal`;
  return call.lock(`rehearsal:${call.db.name}`, async () => {
    const left = await openDb(name);
    await left.delete();
    const db = await openDb(name);
    try {
      return await act({ ...call, db, sandboxOrigin: await readSandboxOrigin(call), requests: [], wake: () => undefined });
    } finally {
      await db.delete();
    }
  });
};

/**
 * Installs a bundle into a throw-away workspace of a database of its own, and gives the requests that each of its components would make
 * there, for made-up values: at this device's sandbox where the bundle uses it. Nothing is sent, and nothing is left. Throws the `bundle.*` faults.
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
      const components = await componentsIn(there, installationId, 'production');
      const rows = components.map(async (component) => {
        const values = sampleValues(formOf(component.config, payload.application.forms));
        const { requests, isScript } = await dryRun.read(there, { componentId: component.id, recordId: null, values });
        return {
          name: component.name,
          kindLabel: kindByName(component.kind).label,
          summary: summarizeComponent(component, payload.connections),
          requests,
          isScript,
        };
      });
      return { connections: await ctx.db.connections.count(), components: await Promise.all(rows) };
    });
  },
});
