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
  /** Link names that its saved definition names; computed by its kind, never typed in (R53). */
  readonly references: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly revision: number;
};

/** One place that names a connection (R51). */
export type ComponentReference = {
  readonly linkName: string;
  readonly ownerId: OwnerId;
  readonly componentId: ComponentId;
  readonly kind: string;
  readonly componentName: string;
};
