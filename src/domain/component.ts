import type { Environment } from './environment.ts';
import type { ComponentId, OwnerId, WorkspaceId } from './ids.ts';
import type { JsonObject } from './json.ts';

/** What travels of a component. `config` has the shape that its kind's schema demands. */
export type ComponentDefinition = {
  readonly linkName: string;
  readonly name: string;
  readonly kind: string;
  readonly config: JsonObject;
};

/** A part of an application that uses connections. */
export type Component = ComponentDefinition & {
  readonly id: ComponentId;
  readonly workspaceId: WorkspaceId;
  readonly ownerId: OwnerId;
  /** Edited in development only; publishing and installing make the copies that run elsewhere (R70, R73). */
  readonly environment: Environment;
  /** Link names that its saved definition names; computed by its kind, never typed in (R53). */
  readonly references: readonly string[];
  /** Connector ids whose system connection it needs, because it names no connection (R109, A22). */
  readonly services: readonly string[];
  /** Places that name a connection by something only a run knows (R54). */
  readonly dynamicReferences: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
};

/** Where in a component a connection is named; scripts say the line (R51). */
export type ReferencePlace = {
  readonly linkName: string;
  readonly line: number | null;
  readonly column: number | null;
  /** The task that names it, as the script writes it. */
  readonly task: string | null;
  /** How sure it is; null where it is certain. */
  readonly certainty: 'likely' | 'one of' | 'unsupported kind' | null;
};

/** One place that names a connection (R51). */
export type ComponentReference = {
  readonly linkName: string;
  readonly ownerId: OwnerId;
  readonly componentId: ComponentId;
  readonly kind: string;
  readonly componentName: string;
};

/** The places where connections can be used, and there is no other (R50), in the order in which they are offered; each has its file in `runtime/kinds/`. */
export const USES = {
  'form-integration': 'Integrations action',
  'sms-action': 'SMS action',
  'deluge-task': 'Deluge integration task',
  'deluge-invokeurl': 'Deluge invokeUrl task',
  'page-panel': 'Page panel',
} as const satisfies Record<string, string>;
