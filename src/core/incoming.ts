import { fingerprintOf } from '../bundle/author-key.ts';
import { type VerifiedBundle, verifyBundle } from '../bundle/verify.ts';
import { builtInConnector } from '../connectors/catalogue.ts';
import { type Action, may } from '../domain/access.ts';
import { isNewerVersion } from '../domain/application.ts';
import { isOtherConnection } from '../domain/connection.ts';
import type { Problem } from '../domain/faults.ts';
import { Fault } from '../domain/faults.ts';
import { type Revocation, revocationIn } from '../domain/feed.ts';
import type { FeedId } from '../domain/ids.ts';
import { compareConnections, type Installation, installRefusal, isSameApplication } from '../domain/installation.ts';
import { kindByName } from '../runtime/index.ts';
import { unrunnableIn } from '../runtime/runnable.ts';
import type { Call } from './command.ts';
import { importLines } from './importing.ts';
import { trustId } from './marks.ts';
import { reviewFor } from './reviewing.ts';
import { type Said, saidOf } from './said.ts';
import { seesSystemConnections, summarizeService, withNeeds } from './service-needs.ts';
import { readSandboxOrigin } from './services.ts';
import { keyWords, summarizeComponent, summarizeConnection } from './summaries.ts';
import { isTypeLimitLifted } from './type-limit.ts';
import type { BundlePreview, Permission } from './views.ts';

/** A verified bundle that this Latchkey can run, and what it meets in the acting workspace. */
export type Incoming = {
  readonly bundle: VerifiedBundle;
  readonly installed: Installation | null;
  readonly isKnownAuthor: boolean;
  readonly refusal: { readonly code: Problem['code']; readonly detail: string } | null;
  /** What is said against versions of the application, and was (S51). */
  readonly revocations: readonly Revocation[];
  /** Other keys of the same author, as a followed channel proved (S50). */
  readonly kin: ReadonlySet<string>;
  /** Followed channels that speak for the application once this is installed. */
  readonly channels: readonly string[];
};

/** Verifies a bundle's text and that this Latchkey can run it in the acting workspace. Throws the `bundle.*` faults. */
export const readRunnable = async (call: Call, text: string): Promise<VerifiedBundle> => {
  const bundle = await verifyBundle(text);
  const [wrong] = unrunnableIn(bundle.payload, { find: builtInConnector, isLifted: await isTypeLimitLifted(call) });
  if (wrong !== undefined) throw new Fault(wrong.code, wrong.detail);
  return bundle;
};

/** The high-water mark outlives an uninstallation, and a new key of the same author: no older version, and no second one of a version (S47). */
const belowHighest = async (call: Call, bundle: VerifiedBundle, kin: ReadonlySet<string>): Promise<Incoming['refusal']> => {
  const { id, version } = bundle.payload.application;
  const { workspace } = call.acting();
  const rows = await call.db.trust.bulkGet([bundle.keyId, ...kin].map((keyId) => trustId(workspace.id, keyId, id)));
  for (const row of rows.filter((one) => one !== undefined)) {
    if (isNewerVersion(row.highestVersion, version)) return { code: 'install.older', detail: row.highestVersion };
    if (row.highestVersion === version && row.hash !== bundle.hash) return { code: 'install.version-differs', detail: version };
  }
  return null;
};

/**
 * Stage and production share a connection, of which stage remembers a name and scopes of its own. So a version in which a link name speaks to
 * another service, or is for other holders, cannot stand in stage beside the one that runs: its runs there would reach the service before (R25).
 */
const otherInStage = async (call: Call, installed: Installation, { payload }: VerifiedBundle): Promise<Incoming['refusal']> => {
  const rows = await call.db.connections.where('ownerId').equals(installed.id).toArray();
  const before = new Map(rows.map((row) => [row.linkName, row]));
  const other = payload.connections.find((definition) => {
    const was = before.get(definition.linkName);
    return was !== undefined && isOtherConnection(was, definition);
  });
  return other === undefined ? null : { code: 'install.stage-other', detail: other.linkName };
};

/** Why a bundle may not come in by its key: a followed channel of its author names the key no more (S50, S51). */
const withdrawn = ({ keyId }: VerifiedBundle, { withdrawnBy }: Said): Incoming['refusal'] =>
  withdrawnBy === null ? null : { code: 'install.key-withdrawn', detail: fingerprintOf(keyId) };

const saidOfBundle = (call: Call, { keyId, hash, payload }: VerifiedBundle, from: FeedId | null): Promise<Said> =>
  saidOf(call, call.acting().workspace.id, {
    keyId,
    hash,
    applicationId: payload.application.id,
    version: payload.application.version,
    from,
  });

/** Throws `install.key-withdrawn` where a bundle that was taken in earlier is signed by a key that was withdrawn since. */
export const requireKeyStands = async (call: Call, bundle: VerifiedBundle): Promise<void> => {
  const refusal = withdrawn(bundle, await saidOfBundle(call, bundle, null));
  if (refusal !== null) throw new Fault(refusal.code, refusal.detail);
};

/** Verifies a bundle's text and compares it with what is installed; `from` is the feed that it was taken from. Stores nothing. */
export const readIncoming = async (call: Call, text: string, from: FeedId | null = null): Promise<Incoming> => {
  const bundle = await readRunnable(call, text);
  const { workspace } = call.acting();
  const installations = await call.db.installations.where('workspaceId').equals(workspace.id).toArray();
  const { id: applicationId, name, version } = bundle.payload.application;
  const incoming = { applicationId, authorKeyId: bundle.keyId, name, version, hash: bundle.hash };
  const told = await saidOfBundle(call, bundle, from);
  const { kin, revocations, channels } = told;
  const installed = installations.find((one) => isSameApplication(incoming, one, kin)) ?? null;
  const known = await call.db.trust
    .where('authorKeyId')
    .anyOf([bundle.keyId, ...kin])
    .count();
  const said = revocationIn(revocations, version);
  // Before anything is installed (S51).
  const stopped = said?.level === 'block' ? ({ code: 'install.revoked', detail: `${version}, ${said.why}` } as const) : null;
  const refusal =
    withdrawn(bundle, told) ??
    installRefusal(incoming, installations, kin) ??
    stopped ??
    (await belowHighest(call, bundle, kin)) ??
    (installed?.staged ? await otherInStage(call, installed, bundle) : null);
  return { bundle, installed, isKnownAuthor: known > 0, refusal, revocations, kin, channels };
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

const problemsOf = (version: string, refusal: Incoming['refusal'], revocations: readonly Revocation[]): Problem[] => {
  if (refusal !== null) return [{ ...refusal, isBlocking: true, where: null }];
  const said = revocationIn(revocations, version);
  return said === null ? [] : [{ code: 'install.discouraged', detail: `${version}, ${said.why}`, isBlocking: false, where: null }];
};

const standingOf = (refusal: Incoming['refusal'], isKnown: boolean): BundlePreview['author']['standing'] => {
  if (refusal?.code === 'install.key-withdrawn') return 'withdrawn';
  if (refusal?.code === 'install.other-author') return 'different';
  return isKnown ? 'known' : 'first-seen';
};

export const previewOf = async (
  call: Call,
  { bundle, installed, isKnownAuthor, refusal, revocations }: Incoming,
): Promise<BundlePreview> => {
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
    author: {
      name: payload.author.name,
      fingerprint: fingerprintOf(bundle.keyId),
      key: keyWords(bundle.keyId),
      standing: standingOf(refusal, isKnownAuthor),
    },
    connections: payload.connections.map((definition) => summarizeConnection(definition, payload.components, origin)),
    systemConnections: await Promise.all(
      withNeeds(payload).requirements.systemConnections.map((one) =>
        summarizeService(call, call.acting(), origin, one, payload.components),
      ),
    ),
    components: payload.components.map((component) => ({
      name: component.name,
      kindLabel: kindByName(component.kind).label,
      summary: summarizeComponent(component, payload.connections),
    })),
    replaces: refusal === null ? (replaced?.version ?? null) : null,
    goesTo: installed?.staged ? 'stage' : 'production',
    changes: refusal === null && installed !== null ? await changesOf(call, installed, bundle) : [],
    review:
      refusal === null && installed !== null
        ? await reviewFor(call, installed, installed.staged ?? installed, payload, seesSystemConnections(call.acting()))
        : null,
    problems: problemsOf(payload.application.version, refusal, revocations),
    install: permission('application.install'),
    import: permission('application.import'),
    importLines: may(call.acting(), 'application.import').allowed ? await importLines(call, payload) : [],
  };
};
