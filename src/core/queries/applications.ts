import * as v from 'valibot';
import { fingerprintOf } from '../../bundle/author-key.ts';
import { findSecrets } from '../../bundle/secrets.ts';
import { type Application, suggestVersion, VERSION_PATTERN } from '../../domain/application.ts';
import { contentsOf } from '../../domain/bundle.ts';
import type { Component } from '../../domain/component.ts';
import type { Connection } from '../../domain/connection.ts';
import { ENVIRONMENTS_OF_SIDE } from '../../domain/environment.ts';
import type { Problem } from '../../domain/faults.ts';
import { allKinds, kindByName } from '../../runtime/index.ts';
import { readAuthorKey } from '../author-key.ts';
import { type Call, query } from '../command.ts';
import { idInput, nothing } from '../inputs.ts';
import { loadApplication } from '../owners.ts';
import { bundleFileName, readinessOf, systemRequirements } from '../publishing.ts';
import { readSandboxOrigin } from '../services.ts';
import { connectionRows } from '../slots.ts';
import { summarizeComponent, summarizeConnection } from '../summaries.ts';
import type { ApplicationRow, ApplicationView, ComponentView, PublishReview, ReleaseView } from '../views.ts';

const applicationRow = async (call: Call, { id, name, linkName, latestVersion }: Application): Promise<ApplicationRow> => ({
  id,
  name,
  linkName,
  latestVersion,
  components: await call.db.components.where('ownerId').equals(id).count(),
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
});

const releasesOf = async (call: Call, applicationId: Application['id']): Promise<ReleaseView[]> => {
  const rows = await call.db.releases.where('applicationId').equals(applicationId).toArray();
  const members = new Map((await call.db.members.toArray()).map(({ id, name }) => [id, name]));
  return rows
    .sort((a, b) => b.publishedAt - a.publishedAt)
    .map(({ id, version, publishedAt, publishedBy, bytes, fileName }) => ({
      id,
      version,
      at: publishedAt,
      byName: members.get(publishedBy) ?? 'a former member',
      bytes: bytes.byteLength,
      fileName,
    }));
};

/** One application with everything its page shows. */
export const application = query({
  args: v.strictObject({ applicationId: idInput('app') }),
  read: async (call, { applicationId }): Promise<ApplicationView> => {
    call.require('application.build');
    const found = await loadApplication(call, applicationId);
    const components = await call.db.components.where('ownerId').equals(applicationId).toArray();
    const connections = await call.db.connections.where('ownerId').equals(applicationId).toArray();
    return {
      ...(await applicationRow(call, found)),
      forms: found.forms,
      pages: found.pages,
      componentList: components.map((component) => componentView(component, connections)),
      connectionList: await connectionRows(call, connections),
      releases: await releasesOf(call, applicationId),
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
  args: v.strictObject({ applicationId: idInput('app'), version: v.nullable(v.string()) }),
  read: async (call, { applicationId, version }): Promise<PublishReview> => {
    call.require('application.publish');
    const found = await loadApplication(call, applicationId);
    const suggestedVersion = suggestVersion(found.latestVersion);
    const chosen = version !== null && VERSION_PATTERN.test(version) ? version : suggestedVersion;
    const ready = await readinessOf(call, applicationId, chosen);
    const contents = contentsOf(found, chosen, ready.connections, ready.components, systemRequirements(ready.components));
    const search = findSecrets(contents);
    const secrets = search.found.map(
      ({ path, kind }): Problem => ({ code: 'publish.secret-found', detail: `${path}: ${kind}`, isBlocking: true, where: null }),
    );
    const problems = [...ready.problems, ...secrets];
    const key = await readAuthorKey(call, found.workspaceId);
    const origin = await readSandboxOrigin(call);
    return {
      application: { id: found.id, name: found.name },
      version: chosen,
      suggestedVersion,
      latestVersion: found.latestVersion,
      fileName: bundleFileName(found, chosen),
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
      fingerprint: key === null ? null : fingerprintOf(key.keyId),
    };
  },
});
