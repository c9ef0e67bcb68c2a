import { CONNECTION_TYPE_NAMES, type ConnectionType } from '../../domain/connection-type.ts';
import type { EnvironmentPolicy } from '../../domain/environment.ts';
import type { OauthAppId } from '../../domain/ids.ts';

/** What was entered in the create form so far. It holds no secret, so it may survive a reload. */
export type Draft = {
  readonly displayName: string;
  readonly linkName: string;
  readonly type: ConnectionType;
  readonly scopes: readonly string[];
  readonly environmentPolicy: EnvironmentPolicy;
  readonly applicationId: string;
  /** Which OAuth app of this account authorizes it here; no part of the definition (R59). */
  readonly oauthAppId: OauthAppId | null;
};

const keyOf = (connectorId: string): string => `latchkey.draft.${connectorId}`;

const isOauthAppId = (value: unknown): value is OauthAppId => typeof value === 'string' && value.startsWith('oap_');
const isText = (value: unknown): value is string => typeof value === 'string';

export const readDraft = (connectorId: string): Partial<Draft> | null => {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(connectorId)) ?? 'null');
    if (kept === null || typeof kept !== 'object') return null;
    const { displayName, linkName, type, scopes, environmentPolicy, applicationId, oauthAppId } = kept as Record<string, unknown>;
    const knownType = CONNECTION_TYPE_NAMES.find((name) => name === type);
    return {
      ...(isText(displayName) ? { displayName } : {}),
      ...(isText(linkName) ? { linkName } : {}),
      ...(knownType === undefined ? {} : { type: knownType }),
      ...(Array.isArray(scopes) ? { scopes: scopes.filter(isText) } : {}),
      ...(environmentPolicy === 'same' || environmentPolicy === 'separate' ? { environmentPolicy } : {}),
      ...(isText(applicationId) ? { applicationId } : {}),
      ...(isOauthAppId(oauthAppId) ? { oauthAppId } : {}),
    };
  } catch {
    // A draft that cannot be read is no draft.
    return null;
  }
};

export const writeDraft = (connectorId: string, draft: Draft): void => sessionStorage.setItem(keyOf(connectorId), JSON.stringify(draft));
export const clearDraft = (connectorId: string): void => sessionStorage.removeItem(keyOf(connectorId));
