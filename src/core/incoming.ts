import { fingerprintOf } from '../bundle/author-key.ts';
import { type VerifiedBundle, verifyBundle } from '../bundle/verify.ts';
import { connectorById, hasConnector } from '../connectors/catalogue.ts';
import { type Action, may } from '../domain/access.ts';
import { typesFor } from '../domain/connection-type.ts';
import { isCustomId } from '../domain/custom.ts';
import type { Problem } from '../domain/faults.ts';
import { Fault } from '../domain/faults.ts';
import { compareConnections, type Installation, installRefusal } from '../domain/installation.ts';
import type { JsonObject } from '../domain/json.ts';
import { kindByName } from '../runtime/index.ts';
import type { Uses } from '../runtime/kind.ts';
import type { Call } from './command.ts';
import { readSandboxOrigin } from './services.ts';
import { summarizeComponent, summarizeConnection } from './summaries.ts';
import type { BundlePreview, Permission } from './views.ts';

/** A verified bundle that this Latchkey can run, and what it meets in the acting workspace. */
export type Incoming = {
  readonly bundle: VerifiedBundle;
  readonly installed: Installation | null;
  readonly isKnownAuthor: boolean;
  readonly refusal: { readonly code: Problem['code']; readonly detail: string } | null;
};

/** What a component of a bundle uses. Its author has to mend it, so the fault is the bundle's. */
const usesIn = (kindName: string, config: JsonObject, linkName: string): Uses => {
  try {
    const kind = kindByName(kindName);
    return kind.uses(kind.check(config));
  } catch (error) {
    throw error instanceof Fault ? new Fault('bundle.field-wrong', `${linkName}: ${error.detail ?? 'configuration'}`) : error;
  }
};

/** What the schema cannot know: connectors, types and kinds that exist here. Throws one fault. */
const requireRunnable = ({ payload }: VerifiedBundle): void => {
  const names = new Set(payload.connections.map(({ linkName }) => linkName));
  for (const { connectorId, type, scopes, linkName } of payload.connections) {
    if (isCustomId(connectorId)) throw new Fault('bundle.custom-connector', connectorId);
    if (!hasConnector(connectorId)) throw new Fault('bundle.connector-unknown', connectorId);
    const connector = connectorById(connectorId);
    if (!typesFor(connector).includes(type)) throw new Fault('bundle.field-wrong', `${linkName}: ${connector.name} cannot be ${type}`);
    const unknown = scopes.find((scope) => !connector.scopes.some(({ name }) => name === scope));
    if (unknown !== undefined) throw new Fault('bundle.field-wrong', `${linkName}: scope ${unknown}`);
  }
  for (const { kind: name, config, linkName } of payload.components) {
    const { services, references } = usesIn(name, config, linkName);
    const foreign = services.find(({ service }) => isCustomId(service) || !hasConnector(service));
    if (foreign !== undefined) throw new Fault('bundle.connector-unknown', foreign.service);
    // What is only likely, or stands in a part that cannot run, need not be there.
    const missing = references.find((one) => one.certainty === null && !names.has(one.linkName));
    if (missing !== undefined) throw new Fault('bundle.field-wrong', `${linkName}: connection ${missing.linkName}`);
  }
};

/** Verifies a bundle's text and that this Latchkey can run it. Throws the `bundle.*` faults. */
export const readRunnable = async (text: string): Promise<VerifiedBundle> => {
  const bundle = await verifyBundle(text);
  requireRunnable(bundle);
  return bundle;
};

export const trustId = (call: Call, bundle: VerifiedBundle): string =>
  `${call.acting().workspace.id}/${bundle.keyId}/${bundle.payload.application.id}`;

/** Verifies a bundle's text and compares it with what is installed. Stores nothing. */
export const readIncoming = async (call: Call, text: string): Promise<Incoming> => {
  const bundle = await readRunnable(text);
  const { workspace } = call.acting();
  const installations = await call.db.installations.where('workspaceId').equals(workspace.id).toArray();
  const { id: applicationId, name, version } = bundle.payload.application;
  const incoming = { applicationId, authorKeyId: bundle.keyId, name, version, hash: bundle.hash };
  const installed = installations.find((one) => one.applicationId === applicationId && one.authorKeyId === bundle.keyId) ?? null;
  const known = await call.db.trust.where('authorKeyId').equals(bundle.keyId).count();
  return { bundle, installed, isKnownAuthor: known > 0, refusal: installRefusal(incoming, installations) };
};

/** What an update changes for this client: what is new, and who has to consent again (R116). */
const changesOf = async (call: Call, installed: Installation, { payload }: VerifiedBundle): Promise<string[]> => {
  const rows = await call.db.connections.where('ownerId').equals(installed.id).toArray();
  const before = rows.map((row) => (installed.staged !== null && row.staged !== null ? { ...row, ...row.staged } : row));
  return compareConnections(before, payload.connections).flatMap((change) => {
    if (change.change === 'added') return [`${change.definition.displayName} is new and not connected`];
    if (change.change === 'removed') return [`${change.linkName} is no longer used; its authorization stays until you remove it`];
    return change.newScopes.length === 0
      ? []
      : [`${change.definition.displayName} asks for more and must be authorized again: ${change.newScopes.join(', ')}`];
  });
};

export const previewOf = async (call: Call, { bundle, installed, isKnownAuthor, refusal }: Incoming): Promise<BundlePreview> => {
  const { payload } = bundle;
  const origin = await readSandboxOrigin(call);
  const permission = (action: Action): Permission => {
    const decision = may(call.acting(), action);
    return decision.allowed ? { allowed: true, says: null } : { allowed: false, says: decision.says };
  };
  const replaced = installed?.staged ?? installed;
  return {
    hash: bundle.hash,
    bytes: bundle.bytes.byteLength,
    name: payload.application.name,
    version: payload.application.version,
    author: { name: payload.author.name, fingerprint: fingerprintOf(bundle.keyId), standing: isKnownAuthor ? 'known' : 'first-seen' },
    connections: payload.connections.map((definition) => summarizeConnection(definition, payload.components, origin)),
    systemConnections: payload.requirements.systemConnections.map(({ connectorId, scopes }) => ({
      name: hasConnector(connectorId) ? connectorById(connectorId).name : connectorId,
      scopes,
    })),
    components: payload.components.map((component) => ({
      name: component.name,
      kindLabel: kindByName(component.kind).label,
      summary: summarizeComponent(component, payload.connections),
    })),
    replaces: refusal === null ? (replaced?.version ?? null) : null,
    goesTo: installed?.staged ? 'stage' : 'production',
    changes: refusal === null && installed !== null ? await changesOf(call, installed, bundle) : [],
    problems: refusal === null ? [] : [{ ...refusal, isBlocking: true, where: null }],
    install: permission('application.install'),
    import: permission('application.import'),
  };
};
