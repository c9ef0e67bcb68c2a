import type { JsonObject } from '../../../domain/json.ts';

/** What was entered for a component and is not saved yet. */
export type Draft = { readonly name: string; readonly kind: string; readonly config: JsonObject };

const keyOf = (applicationId: string, componentId: string): string => `latchkey.component.${applicationId}.${componentId}`;

const isDraft = (value: unknown): value is Draft =>
  value !== null &&
  typeof value === 'object' &&
  'name' in value &&
  typeof value.name === 'string' &&
  'kind' in value &&
  typeof value.kind === 'string' &&
  'config' in value &&
  value.config !== null &&
  typeof value.config === 'object' &&
  !Array.isArray(value.config);

/** It survives a reload and ends with the window, as the draft of a connection does. */
export const readDraft = (applicationId: string, componentId: string): Draft | null => {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(applicationId, componentId)) ?? 'null');
    return isDraft(kept) ? { name: kept.name, kind: kept.kind, config: kept.config } : null;
  } catch {
    // A draft that cannot be read is no draft.
    return null;
  }
};

export const writeDraft = (applicationId: string, componentId: string, draft: Draft): void => {
  try {
    sessionStorage.setItem(keyOf(applicationId, componentId), JSON.stringify(draft));
  } catch {
    // No room: what is on the screen stays there.
  }
};

export const clearDraft = (applicationId: string, componentId: string): void =>
  sessionStorage.removeItem(keyOf(applicationId, componentId));
