import * as v from 'valibot';
import { fingerprintOf } from '../../bundle/author-key.ts';
import { findSecrets } from '../../bundle/secrets.ts';
import { type Application, suggestVersion, VERSION_PATTERN } from '../../domain/application.ts';
import type { Component } from '../../domain/component.ts';
import type { Connection } from '../../domain/connection.ts';
import { differenceOf } from '../../domain/difference.ts';
import { ENVIRONMENTS_OF_SIDE } from '../../domain/environment.ts';
import { Fault, type Problem } from '../../domain/faults.ts';
import { NOBODY } from '../../runtime/describe.ts';
import { allKinds, kindByName } from '../../runtime/index.ts';
import { readAuthorKey } from '../author-key.ts';
import { type Call, query } from '../command.ts';
import { idInput, nothing } from '../inputs.ts';
import { loadApplication } from '../owners.ts';
import { componentsIn } from '../parts.ts';
import { bundleFileName, contentsOfReady, readinessOf, releasesOf, untestedIn } from '../publishing.ts';
import { connectionsOfOwner } from '../references.ts';
import { TELLING } from '../reviewing.ts';
import { readSandboxOrigin } from '../services.ts';
import { connectionRows, permission } from '../slots.ts';
import { summarizeComponent, summarizeConnection } from '../summaries.ts';
import type { ApplicationRow, ApplicationView, ComponentView, DistributeReview, PublishReview, ReleaseView, ScriptView } from '../views.ts';

const applicationRow = async (call: Call, { id, name, linkName, latestVersion }: Application): Promise<ApplicationRow> => ({
  id,
  name,
  linkName,
  latestVersion,
  components: await call.db.components.where('[ownerId+environment]').equals([id, 'development']).count(),
  connections: await call.db.connections.where('ownerId').equals(id).count(),
});

/** The applications that are built in the acting workspace. */
export const applications = query({
  args: nothing,
  read: async (call): Promise<ApplicationRow[]> => {
    call.require('application.build');
    const rows = await call.db.applications.where('workspaceId').equals(call.acting().workspace.id).toArray();
    return Promise.all(rows.sort((a, b) => a.name.localeCompare(b.name)).map((row) => applicationRow(call, row)));
  },
});

const problemsOf = (component: Component, connections: readonly Connection[]): Problem[] =>
  component.references
    .filter((linkName) => !connections.some((connection) => connection.linkName === linkName))
    .map((detail) => ({ code: 'readiness.reference-unknown', detail, isBlocking: false, where: component.name }));

const scriptView = ({ kind, config }: Component, connections: readonly Connection[]): ScriptView | null => {
  const known = connections.map(({ linkName }) => linkName);
  const found = kindByName(kind);
  if (found.work(config, NOBODY).do !== 'script') return null;
  const { references, dynamic, needs, problems, services } = found.uses(config, known);
  return {
    references: references.map((place) => ({ ...place, isKnown: known.includes(place.linkName) })),
    dynamic,
    needs,
    problems,
    services: services.map(({ service }) => service),
  };
};

export const componentView = (component: Component, connections: readonly Connection[]): ComponentView => ({
  id: component.id,
  name: component.name,
  linkName: component.linkName,
  kind: component.kind,
  kindLabel: kindByName(component.kind).label,
  config: component.config,
  summary: summarizeComponent(component, connections),
  references: component.references,
  problems: problemsOf(component, connections),
  script: scriptView(component, connections),
});

const outcomes = async (call: Call, applicationId: Application['id']): Promise<ReleaseView[]> => {
  const releases = await releasesOf(call, applicationId);
  const distributions = await call.db.distributions.where('applicationId').equals(applicationId).toArray();
  const { workspace } = call.acting();
  const members = new Map((await call.db.members.where('workspaceId').equals(workspace.id).toArray()).map(({ id, name }) => [id, name]));
  const clients = new Map((await call.db.clients.where('workspaceId').equals(workspace.id).toArray()).map(({ id, name }) => [id, name]));
  return releases.map(({ id, version, contents, signed, publishedAt, publishedBy }, index) => ({
    id,
    version,
    at: publishedAt,
    byName: members.get(publishedBy) ?? 'a former member',
    bytes: signed?.bytes.byteLength ?? null,
    fileName: signed?.fileName ?? null,
    changes: differenceOf(releases[index + 1]?.contents ?? null, contents, TELLING),
    distributions: distributions
      .filter(({ releaseId }) => releaseId === id)
      .sort((x, y) => y.at - x.at)
      .map(({ id: distributionId, channel, at, by }) => ({
        id: distributionId,
        at,
        byName: members.get(by) ?? 'a former member',
        whom:
          channel.kind === 'marketplace'
            ? 'Marketplace'
            : channel.clientIds.map((one) => clients.get(one) ?? 'a removed client').join(', '),
      })),
  }));
};

/** One application with everything its page shows. */
export const application = query({
  args: v.strictObject({ applicationId: idInput('app') }),
  read: async (call, { applicationId }): Promise<ApplicationView> => {
    call.require('application.build');
    const found = await loadApplication(call, applicationId);
    const components = await componentsIn(call, applicationId, 'development');
    const connections = await connectionsOfOwner(call, applicationId, components);
    return {
      ...(await applicationRow(call, found)),
      stagedVersion: found.staged?.version ?? null,
      distribute: permission(call, 'application.distribute'),
      forms: found.forms,
      pages: found.pages,
      componentList: components.map((component) => componentView(component, connections)),
      connectionList: await connectionRows(call, connections),
      releases: await outcomes(call, applicationId),
      kinds: allKinds().map(({ name, label, sentence, fields }) => ({ name, label, sentence, fields })),
      environments: ENVIRONMENTS_OF_SIDE[call.acting().workspace.side],
    };
  },
});

const STAYS_HERE: readonly string[] = [
  'authorizations and the accounts behind them',
  'access and refresh tokens',
  'the author’s private key',
  'entries of forms and results of runs',
  'members and the audit',
  'system connections',
];

/** What publishing this version would do, before it does it. */
export const publishReview = query({
  args: v.strictObject({ applicationId: idInput('app'), version: v.nullable(v.string()), allowed: v.optional(v.array(v.string()), []) }),
  read: async (call, { applicationId, version, allowed }): Promise<PublishReview> => {
    call.require('application.publish');
    const found = await loadApplication(call, applicationId);
    const suggestedVersion = suggestVersion(found.latestVersion);
    const chosen = version !== null && VERSION_PATTERN.test(version) ? version : suggestedVersion;
    const ready = await readinessOf(call, applicationId, chosen, allowed);
    const contents = contentsOfReady(ready, chosen, allowed);
    const [previous] = await releasesOf(call, applicationId);
    const search = findSecrets(contents);
    const secrets = search.found.map(
      ({ where, kind }): Problem => ({ code: 'publish.secret-found', detail: `${where}: ${kind}`, isBlocking: true, where: null }),
    );
    const problems = [...ready.problems, ...secrets];
    const origin = await readSandboxOrigin(call);
    return {
      application: { id: found.id, name: found.name },
      version: chosen,
      suggestedVersion,
      latestVersion: found.latestVersion,
      problems,
      isReady: !problems.some(({ isBlocking }) => isBlocking),
      goesIn: {
        connections: contents.connections.map((definition) => summarizeConnection(definition, contents.components, origin)),
        components: contents.components.map(({ name }) => name),
        forms: found.forms.map(({ name }) => name),
        pages: found.pages.map(({ name }) => name),
      },
      staysHere: STAYS_HERE,
      becomesPermanent:
        found.latestVersion === null
          ? contents.connections.map(
              ({ displayName, linkName }) => `${displayName} keeps the link name ${linkName} and stays with ${found.name}`,
            )
          : [],
      proof: { values: search.values, kinds: search.kinds, found: search.found.length },
      changes: differenceOf(previous?.contents ?? null, contents, TELLING),
      dynamic: ready.components.flatMap((one) => one.dynamicReferences.map((where) => `${one.name}: ${where}`)),
      candidates: ready.connections.map(({ linkName }) => linkName),
    };
  },
});

/** What handing out a version would do, before it does it (R12, R80, R93). */
export const distributeReview = query({
  args: v.strictObject({ releaseId: idInput('rel') }),
  read: async (call, { releaseId }): Promise<DistributeReview> => {
    call.require('application.publish');
    const release = await call.db.releases.get(releaseId);
    const { workspace } = call.acting();
    if (release === undefined || release.workspaceId !== workspace.id) throw new Fault('store.missing', 'version');
    const key = await readAuthorKey(call, workspace.id);
    const clients = await call.db.clients.where('workspaceId').equals(workspace.id).toArray();
    const earlier = await call.db.distributions.where('applicationId').equals(release.applicationId).toArray();
    const had = new Set(earlier.flatMap(({ channel }) => (channel.kind === 'private' ? channel.clientIds : [])));
    return {
      releaseId,
      applicationId: release.applicationId,
      name: release.contents.application.name,
      version: release.version,
      fileName: bundleFileName(release.contents.application, release.version),
      untested: await untestedIn(call, release),
      distribute: permission(call, 'application.distribute'),
      manageClients: permission(call, 'client.manage'),
      fingerprint: key === null ? null : fingerprintOf(key.keyId),
      clients: clients
        .filter(({ removedAt }) => removedAt === null)
        .sort((a, b) => a.name.localeCompare(b.name))
        .map(({ id, name }) => ({ id, name, hasEarlier: had.has(id) })),
    };
  },
});
