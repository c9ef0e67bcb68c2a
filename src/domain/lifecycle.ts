import type { Connection } from './connection.ts';
import { Fault, type FaultCode } from './faults.ts';
import type { StateTable } from './transition.ts';

export const DEFINITION_STATES = ['created', 'enabled', 'referenced', 'published', 'deleted'] as const;
export type DefinitionState = (typeof DEFINITION_STATES)[number];

export const DEFINITION_ACTIONS = ['enable', 'disable', 'reference', 'unreference', 'publish', 'retire', 'change-type', 'delete'] as const;
export type DefinitionAction = (typeof DEFINITION_ACTIONS)[number];

/** RULES 2.6, for admin and logged-in user connections. Losing its last reference leaves a published one published (R46). */
export const DEFINITION: StateTable<DefinitionState, DefinitionAction> = {
  created: { enable: 'enabled', 'change-type': 'created', delete: 'deleted' },
  enabled: { reference: 'referenced', disable: 'created', 'change-type': 'enabled', delete: 'deleted' },
  referenced: { reference: 'referenced', unreference: 'enabled', publish: 'published' },
  published: { reference: 'published', unreference: 'published', publish: 'published', retire: 'published' },
  deleted: {},
};

/** Where a definition stands; references are names of the components that use it. */
export const definitionState = (
  connection: Pick<Connection, 'ownerId' | 'publishedIn'>,
  references: readonly string[],
): DefinitionState => {
  if (connection.publishedIn.length > 0) return 'published';
  if (connection.ownerId === null) return 'created';
  return references.length > 0 ? 'referenced' : 'enabled';
};

/** Why the table has no such step, in a person's words; what is not named here is `state.forbidden`. */
const REFUSALS: Partial<Record<DefinitionState, Partial<Record<DefinitionAction, FaultCode>>>> = {
  created: { retire: 'connection.not-published' },
  enabled: { retire: 'connection.not-published' },
  referenced: {
    disable: 'connection.referenced',
    delete: 'connection.referenced',
    'change-type': 'connection.referenced',
    retire: 'connection.not-published',
  },
  published: { disable: 'connection.published', delete: 'connection.published', 'change-type': 'connection.published' },
};

/** Why this step is not open to the connection, or null (R43–R46, R57, R60–R62). */
export const definitionRefusal = (
  connection: Pick<Connection, 'ownerId' | 'publishedIn' | 'type'>,
  references: readonly string[],
  action: DefinitionAction,
): Fault | null => {
  // A system connection has no such life: it may go when nothing needs it any more (R106).
  if (connection.type === 'system' && action === 'delete')
    return references.length === 0 ? null : new Fault('connection.referenced', references.join(', '));
  const state = definitionState(connection, references);
  if (DEFINITION[state][action] !== undefined) return null;
  const code = REFUSALS[state]?.[action];
  if (code === undefined) return new Fault('state.forbidden', `${action} while ${state}`);
  return new Fault(code, code === 'connection.published' ? (connection.publishedIn[0] ?? null) : references.join(', ') || null);
};
