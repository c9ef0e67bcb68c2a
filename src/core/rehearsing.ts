import * as v from 'valibot';
import { connectorById } from '../connectors/catalogue.ts';
import type { Form, FormRecord } from '../domain/application.ts';
import type { Grant } from '../domain/authorization.ts';
import type { Component } from '../domain/component.ts';
import { askedScopes, type Connection } from '../domain/connection.ts';
import { isOauth } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { isInstallationId } from '../domain/ids.ts';
import { slotFor } from '../domain/resolve.ts';
import type { Secret } from '../domain/secret.ts';
import { kindByName } from '../runtime/index.ts';
import type { Call } from './command.ts';
import { keyNames, sealKeys } from './credential.ts';
import { grantedRow } from './granting.ts';
import { outboxRows, processEntry } from './outbox.ts';
import { record } from './record.ts';
import type { Rehearsed } from './rehearsal-network.ts';
import { runOnce } from './running.ts';
import { sealTokens } from './sealed-tokens.ts';
import { exampleVariables, serviceFor } from './services.ts';
import { needSystemConnection } from './system-connections.ts';
import type { RehearsedRequest, RehearsedRun, RunView } from './views.ts';

/** A value that a person could have typed, so that a request can be shown whole. */
const SAMPLES = { text: (label: string) => label, number: () => '1', date: () => '2026-01-01' } as const;

/** Nobody's, and never anybody's: it is kept for stories (555-0100 to 555-0199). */
const NOBODYS_PHONE = '+14155550100';

const recipientsSchema = v.object({ recipients: v.array(v.object({ field: v.optional(v.string()) })) });

/** The fields whose values are phone numbers, because the component sends messages to them. */
const phoneFields = ({ config }: Component): ReadonlySet<string | undefined> => {
  const parsed = v.safeParse(recipientsSchema, config);
  return new Set(parsed.success ? parsed.output.recipients.map(({ field }) => field) : []);
};

const entryWith = (call: Call, { ownerId, environment }: Component, form: string, values: FormRecord['values']): FormRecord => ({
  id: call.newId('rec'),
  ownerId,
  environment,
  form,
  values,
  createdAt: call.now(),
  updatedAt: call.now(),
  revision: 0,
});

/** A made-up entry of the form that starts a component, or null where only a person does. */
export const sampleEntry = (call: Call, component: Component, forms: readonly Form[]): FormRecord | null => {
  const start = kindByName(component.kind).starts(component.config);
  const form = forms.find(({ linkName }) => linkName === start?.form);
  if (form === undefined) return null;
  const phones = phoneFields(component);
  const values = form.fields.map(({ name, label, type, choices }): [string, string] => {
    if (phones.has(name)) return [name, NOBODYS_PHONE];
    return [name, type === 'choice' ? (choices[0] ?? '') : SAMPLES[type](label)];
  });
  return entryWith(call, component, form.linkName, Object.fromEntries(values));
};

/** The stored entry of this id, or one of these values, or null without any. Throws `store.missing`. */
export const entryOf = async (
  call: Call,
  component: Component,
  recordId: FormRecord['id'] | null,
  values: FormRecord['values'] | null,
): Promise<FormRecord | null> => {
  if (recordId === null)
    return values === null ? null : entryWith(call, component, kindByName(component.kind).starts(component.config)?.form ?? '', values);
  const stored = await call.db.records.get(recordId);
  if (stored?.ownerId !== component.ownerId || stored.environment !== component.environment) throw new Fault('store.missing', 'entry');
  return { ...stored, revision: 0 };
};

/** Puts a component, what it belongs to, and the connections that it may use into a throw-away workspace: definitions, nothing that authorizes. */
export const copyInto = async (there: Call, call: Call, component: Component): Promise<void> => {
  const { workspace, member } = call.acting();
  const { ownerId } = component;
  const connections = await call.db.connections.where('workspaceId').equals(workspace.id).toArray();
  const [application, installation] = isInstallationId(ownerId)
    ? [undefined, await call.db.installations.get(ownerId)]
    : [await call.db.applications.get(ownerId), undefined];
  const fresh = <R extends { readonly revision: number }>(rows: readonly (R | undefined)[]): R[] =>
    rows.filter((row) => row !== undefined).map((row) => ({ ...row, revision: 0 }));
  await record(there, {
    put: {
      workspaces: fresh([workspace]),
      members: fresh([member]),
      applications: fresh([application]),
      installations: fresh([installation]),
      connections: fresh(connections.filter((one) => one.ownerId === ownerId || one.ownerId === null)).map((one) => ({
        ...one,
        pausedBy: null,
      })),
      components: fresh([component]),
    },
    event: null,
  });
};

const authorizeMadeUp = async (
  call: Call,
  connection: Connection,
  environment: Component['environment'],
  secret: Secret,
): Promise<Rehearsed> => {
  const connector = connectorById(connection.connectorId);
  const variables = await exampleVariables(call, connector);
  const slot = slotFor(connection, environment, call.acting());
  const scopes = askedScopes(connection, slot.environment);
  const grant: Grant = {
    account: 'Made up',
    subject: 'made-up',
    issuer: 'made-up',
    clientId: 'made-up',
    madeIn: environment,
    scopes,
    grantedBy: call.acting().member.id,
    grantedAt: call.now(),
    renewedAt: null,
    expiresAt: null,
    canRenew: false,
  };
  const row = await grantedRow(call, connection, slot, grant, variables);
  const sealed = isOauth(connector.auth)
    ? await sealTokens(await call.vault.sealer(), row.id, { accessToken: secret, refreshToken: null })
    : await sealKeys(call, row.id, Object.fromEntries(keyNames(connector.auth).map(({ name }) => [name, secret.reveal()])));
  await record(call, { put: { authorizations: [row], secrets: [sealed] }, event: null });
  return { service: serviceFor(connection, variables), scopes };
};

/**
 * Authorizes, with `secret` and for the acting member, every connection that these components of a throw-away workspace speak through; system
 * connections come into being as a run would make them. Gives the services behind them.
 */
export const authorizeAll = async (call: Call, components: readonly Component[], secret: Secret): Promise<Rehearsed[]> => {
  for (const { kind, config } of components)
    for (const need of kindByName(kind).uses(config).services) await needSystemConnection(call, need);
  const services: Rehearsed[] = [];
  for (const connection of await call.db.connections.toArray())
    services.push(await authorizeMadeUp(call, connection, components[0]?.environment ?? 'production', secret));
  return services;
};

const shown = ({ label, isOk, fault, result, script }: RunView, requests: readonly RehearsedRequest[]): RehearsedRun => ({
  label,
  isOk,
  fault,
  result,
  script,
  requests,
});

/**
 * Runs a component of a throw-away workspace as it runs anywhere: through the outbox for an entry, or as a person starts it. `taken` gives the
 * requests of each run.
 */
export const rehearseWork = async (
  call: Call,
  component: Component,
  entry: FormRecord | null,
  taken: () => readonly RehearsedRequest[],
): Promise<RehearsedRun[]> => {
  if (entry === null) return [shown(await runOnce(call, component, null), taken())];
  const rows = outboxRows(call, component, { entry, isVisitor: false });
  await record(call, { put: { records: [entry], outbox: rows }, event: null });
  const runs: RehearsedRun[] = [];
  for (const { id } of rows) {
    const run = await processEntry(call, id);
    if (run !== null) runs.push(shown(run, taken()));
  }
  return runs;
};
