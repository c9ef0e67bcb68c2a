import type { Component, ComponentDefinition } from '../domain/component.ts';
import type { Environment } from '../domain/environment.ts';
import type { ApplicationId, OwnerId, WorkspaceId } from '../domain/ids.ts';
import { bundlesOf, type Installation } from '../domain/installation.ts';
import { kindByName } from '../runtime/index.ts';
import type { Call } from './command.ts';
import type { Context } from './context.ts';

/** Where a component runs. */
export type Place = { readonly workspaceId: WorkspaceId; readonly ownerId: OwnerId; readonly environment: Environment };

/** A component's row from its definition, over the row it takes the place of; `known` are the application's link names. Throws `component.config-wrong`. */
export const componentRow = (
  call: Call,
  place: Place,
  definition: ComponentDefinition,
  before: Component | undefined,
  known: readonly string[],
): Component => {
  const kind = kindByName(definition.kind);
  const config = kind.check(definition.config);
  const uses = kind.uses(config, known);
  const { workspaceId, ownerId, environment } = place;
  const { linkName, name } = definition;
  return {
    id: before?.id ?? call.newId('cmp'),
    workspaceId,
    ownerId,
    environment,
    linkName,
    name,
    kind: kind.name,
    config,
    references: [...new Set(uses.references.map(({ linkName }) => linkName))],
    services: uses.services.map(({ service }) => service),
    dynamicReferences: uses.dynamic,
    createdAt: before?.createdAt ?? call.now(),
    updatedAt: call.now(),
    revision: before?.revision ?? 0,
  };
};

/** The components of one owner in one environment. */
export const componentsIn = (call: Call, ownerId: OwnerId, environment: Environment): Promise<Component[]> =>
  call.db.components.where('[ownerId+environment]').equals([ownerId, environment]).toArray();

/** What takes the place of an environment's components: the same link name keeps its id and with it its runs. */
export const replacedComponents = async (
  call: Call,
  place: Place,
  definitions: readonly ComponentDefinition[],
  known: readonly string[],
): Promise<{ put: Component[]; remove: Component['id'][] }> => {
  const old = await componentsIn(call, place.ownerId, place.environment);
  const put = definitions.map((definition) =>
    componentRow(
      call,
      place,
      definition,
      old.find(({ linkName }) => linkName === definition.linkName),
      known,
    ),
  );
  const stays = new Set(put.map(({ id }) => id));
  return { put, remove: old.filter(({ id }) => !stays.has(id)).map(({ id }) => id) };
};

/** Nobody changes an application while it is being published, and nobody publishes it while it is being changed (R92). */
export const whileUnlocked = <T>(call: Call, applicationId: ApplicationId, act: () => Promise<T>): Promise<T> =>
  call.lock(`application:${applicationId}`, act);

/**
 * Which of these bundles no installation has but those that `isGoing` says, and no download: two accounts may have installed the same file,
 * or one of them may be about to.
 */
export const unusedBundles = async (
  ctx: Context,
  hashes: readonly string[],
  isGoing: (installation: Installation) => boolean,
): Promise<string[]> => {
  const staying = await ctx.db.installations.filter((installation) => !isGoing(installation)).toArray();
  const downloads = await ctx.db.downloads.toArray();
  const used = new Set([...staying.flatMap(bundlesOf), ...downloads.map(({ hash }) => hash)]);
  return hashes.filter((hash) => !used.has(hash));
};
