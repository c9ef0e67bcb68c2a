import type { Component } from '../domain/component.ts';
import { Fault } from '../domain/faults.ts';
import { revocationIn } from '../domain/feed.ts';
import { isInstallationId } from '../domain/ids.ts';
import type { Context } from './context.ts';

/** A version that its publisher stopped runs no more; entries and authorizations stay (S51). Throws `run.version-revoked`. */
export const requireNotRevoked = async (
  ctx: Context,
  { ownerId, environment }: Pick<Component, 'ownerId' | 'environment'>,
): Promise<void> => {
  if (!isInstallationId(ownerId)) return;
  const installation = await ctx.db.installations.get(ownerId);
  if (installation === undefined) return;
  const version = environment === 'stage' ? installation.staged?.version : installation.version;
  const said = version === undefined ? null : revocationIn(installation.revocations, version);
  if (said?.level === 'block') throw new Fault('run.version-revoked', `${installation.definition.name} ${said.v}, ${said.why}`);
};
