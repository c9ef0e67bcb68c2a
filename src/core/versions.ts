import type { VerifiedBundle } from '../bundle/verify.ts';
import { Fault } from '../domain/faults.ts';
import { revocationIn } from '../domain/feed.ts';
import type { InstallationId } from '../domain/ids.ts';
import type { Installation, StoredVersion } from '../domain/installation.ts';
import type { Call } from './command.ts';

/** What a bundle makes of an installation's own fields. */
export const versionOf = ({ payload, hash }: VerifiedBundle) => {
  const { id: _, version, ...definition } = payload.application;
  return { version, definition, bundleHash: hash };
};

/** The version that production leaves; its bundle is kept, so that one can go back to it (S47). */
export const storedVersionOf = ({ version, definition, bundleHash }: Installation): StoredVersion => ({ version, definition, bundleHash });

/** The installation of this id in the acting workspace. Throws `store.missing`. */
export const loadInstallation = async (call: Call, id: InstallationId): Promise<Installation> => {
  const found = await call.db.installations.get(id);
  if (found === undefined || found.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'installation');
  return found;
};

/** Throws `install.revoked` where the publisher stopped this version (S51). */
export const requireNotStopped = ({ revocations }: Installation, version: string): void => {
  const said = revocationIn(revocations, version);
  if (said?.level === 'block') throw new Fault('install.revoked', `${version}, ${said.why}`);
};
