import type { Application, ApplicationDefinition } from './application.ts';
import type { Component, ComponentDefinition } from './component.ts';
import type { Connection, ConnectionDefinition } from './connection.ts';
import { CONNECTION_TYPES } from './connection-type.ts';
import type { ApplicationId } from './ids.ts';

/** The secret-free projection of an application that a bundle carries (R87). */
export type BundleContents = {
  readonly application: ApplicationDefinition & { readonly id: ApplicationId; readonly version: string };
  readonly connections: readonly ConnectionDefinition[];
  readonly components: readonly ComponentDefinition[];
  /** Services that need a system connection at the client, so that it can be told before installing (R90). */
  readonly requirements: { readonly systemConnections: readonly { readonly connectorId: string; readonly scopes: readonly string[] }[] };
};

const byLinkName = (a: { linkName: string }, b: { linkName: string }): number =>
  a.linkName < b.linkName ? -1 : a.linkName > b.linkName ? 1 : 0;

/** Which connections travel: of the application, not system, and referenced now, named for a dynamic place (R54) or published before (R85, R86, R88). */
export const includedConnections = (
  connections: readonly Connection[],
  components: readonly Component[],
  allowed: readonly string[] = [],
): Connection[] => {
  const referenced = new Set([...components.flatMap(({ references }) => references), ...allowed]);
  return connections
    .filter(({ type }) => CONNECTION_TYPES[type].isInBundle)
    .filter(({ linkName, publishedIn }) => referenced.has(linkName) || publishedIn.length > 0)
    .sort(byLinkName);
};

/** Takes field by field what may travel, so that a field added to a row later never travels by accident. */
export const contentsOf = (
  application: Application,
  version: string,
  connections: readonly Connection[],
  components: readonly Component[],
  systemConnections: BundleContents['requirements']['systemConnections'] = [],
  allowed: readonly string[] = [],
): BundleContents => ({
  application: {
    id: application.id,
    version,
    name: application.name,
    linkName: application.linkName,
    forms: application.forms,
    pages: application.pages,
  },
  connections: includedConnections(connections, components, allowed).map(
    ({ linkName, displayName, connectorId, type, scopes, environmentPolicy }) => ({
      linkName,
      displayName,
      connectorId,
      type,
      scopes,
      environmentPolicy,
    }),
  ),
  components: [...components].sort(byLinkName).map(({ linkName, name, kind, config }) => ({ linkName, name, kind, config })),
  requirements: { systemConnections },
});
