import { isOtherConnection } from '../domain/connection.ts';
import { type DifferenceLine, differenceOf, type Telling } from '../domain/difference.ts';
import type { FaultData } from '../domain/faults.ts';
import { compareConnections, installRefusal } from '../domain/installation.ts';
import { isSameName } from '../domain/text.ts';
import type { Payload } from './format/v1.ts';
import type { VerifiedBundle } from './verify.ts';

/** Who has to authorize again, because a connection is new, asks for more, speaks to another service, or is for other holders. */
export type Consent = {
  readonly linkName: string;
  readonly why: 'new' | 'more-scopes' | 'other-connector' | 'other-type';
  readonly scopes: readonly string[];
};

type BundleDifference = {
  readonly application: string;
  readonly from: string;
  readonly to: string;
  readonly changes: readonly DifferenceLine[];
  readonly consent: readonly Consent[];
  /** Why the second is no update of the first. */
  readonly refusal: FaultData | null;
};

const consentOf = (before: Payload, after: Payload): Consent[] => {
  const old = new Map(before.connections.map((connection) => [connection.linkName, connection]));
  return compareConnections(before.connections, after.connections).flatMap((change): Consent[] => {
    if (change.change === 'removed') return [];
    const { linkName, connectorId, scopes } = change.definition;
    const was = old.get(linkName);
    if (was === undefined) return [{ linkName, why: 'new', scopes }];
    if (isOtherConnection(was, change.definition))
      return [{ linkName, why: was.connectorId === connectorId ? 'other-type' : 'other-connector', scopes }];
    return change.change === 'added' || change.newScopes.length === 0 ? [] : [{ linkName, why: 'more-scopes', scopes: change.newScopes }];
  });
};

const refusalOf = (before: VerifiedBundle, after: VerifiedBundle): FaultData | null => {
  const { id, name, version } = after.payload.application;
  const was = before.payload.application;
  if (was.id !== id && !isSameName(was.name, name)) return { code: 'diff.other-application', detail: was.name };
  if (before.hash === after.hash) return null;
  const installed = {
    applicationId: was.id,
    authorKeyId: before.keyId,
    version: was.version,
    bundleHash: before.hash,
    staged: null,
    definition: was,
  };
  return installRefusal({ applicationId: id, authorKeyId: after.keyId, name, version, hash: after.hash }, [installed]);
};

/** What the second bundle changes against the first, and whether it is an update of it at all. `telling` knows the services and kinds. */
export const diffBundles = (before: VerifiedBundle, after: VerifiedBundle, telling: Telling): BundleDifference => ({
  application: after.payload.application.name,
  from: before.payload.application.version,
  to: after.payload.application.version,
  changes: differenceOf(before.payload, after.payload, telling),
  consent: consentOf(before.payload, after.payload),
  refusal: refusalOf(before, after),
});
