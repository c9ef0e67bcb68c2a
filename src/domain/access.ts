import type { Holder } from './authorization.ts';
import type { ConnectionType } from './connection-type.ts';
import type { Actor, Role, Side } from './workspace.ts';
import { ROLE_LABELS } from './workspace.ts';

/**
 * yes; no; own = for themselves only; users = where it is about plain users; distribute = a developer with distribute access (R12);
 * applications = what is about applications, and not about the account.
 */
export type Cell = 'yes' | 'no' | 'own' | 'users' | 'distribute' | 'applications';
const Y: Cell = 'yes';
const O: Cell = 'own';
const N: Cell = 'no';
const U: Cell = 'users';
const D: Cell = 'distribute';
const A: Cell = 'applications';

/** The columns of RULES' matrix, in its order. */
export const ACCESS_COLUMNS = [
  { side: 'developer', role: 'super-admin' },
  { side: 'developer', role: 'developer' },
  { side: 'client', role: 'super-admin' },
  { side: 'client', role: 'admin' },
  { side: 'client', role: 'developer' },
  { side: 'client', role: 'user' },
] as const satisfies readonly { side: Side; role: Role }[];

type AccessRow = {
  readonly action: string;
  /** The connection types the row speaks of; absent where the action is about no connection. */
  readonly types?: readonly ConnectionType[];
  readonly cells: readonly [Cell, Cell, Cell, Cell, Cell, Cell];
  readonly rule: string;
  readonly sentence: string;
};

const SHARED: readonly ConnectionType[] = ['system', 'admin'];
const BY_HAND: readonly ConnectionType[] = ['admin', 'logged-in-user'];
const OWN: readonly ConnectionType[] = ['logged-in-user'];
const ANY: readonly ConnectionType[] = ['system', 'admin', 'logged-in-user'];

/** RULES' roles × actions matrix. Code, screens and tests read this table; A2's reading is the cells of the authorize rows. */
export const ACCESS = [
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.define', types: BY_HAND, cells: [Y, Y, N, N, N, N], rule: 'R1', sentence: 'define connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.define', types: ['system'], cells: [N, N, N, N, N, N], rule: 'R24', sentence: 'make system connections by hand' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.edit', types: BY_HAND, cells: [Y, Y, N, N, N, N], rule: 'R2', sentence: 'edit connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.edit', types: ['system'], cells: [N, N, N, N, N, N], rule: 'R105', sentence: 'edit system connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.access', types: BY_HAND, cells: [Y, Y, N, N, N, N], rule: 'R40', sentence: 'enable or disable access of an application' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.retire', types: BY_HAND, cells: [Y, Y, N, N, N, N], rule: 'R57', sentence: 'retire connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.duplicate', types: BY_HAND, cells: [Y, Y, N, N, N, N], rule: 'R1', sentence: 'duplicate connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.delete', types: BY_HAND, cells: [Y, Y, N, N, N, N], rule: 'R2', sentence: 'delete connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.delete', types: ['system'], cells: [Y, Y, Y, Y, Y, N], rule: 'R106', sentence: 'delete system connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.change-type', types: BY_HAND, cells: [Y, Y, N, N, N, N], rule: 'R25', sentence: 'change the type of connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.pause', types: ANY, cells: [N, N, Y, Y, Y, N], rule: 'R47', sentence: 'pause connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'authorization.pause', types: OWN, cells: [N, N, O, O, O, O], rule: 'A25', sentence: 'pause their own authorization' },
  // biome-ignore format: the matrix is read by columns
  { action: 'authorization.grant', types: SHARED, cells: [Y, Y, Y, Y, Y, N], rule: 'R6', sentence: 'authorize shared connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'authorization.grant', types: OWN, cells: [O, O, O, O, O, O], rule: 'R7', sentence: 'authorize logged-in user connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'authorization.switch', types: SHARED, cells: [Y, Y, Y, Y, Y, N], rule: 'R77', sentence: 'switch shared authorizations' },
  // biome-ignore format: the matrix is read by columns
  { action: 'authorization.switch', types: OWN, cells: [O, O, O, O, O, O], rule: 'R77', sentence: 'switch authorizations of logged-in user connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'authorization.rename', types: SHARED, cells: [Y, Y, Y, Y, Y, N], rule: 'R76', sentence: 'name the account of shared authorizations' },
  // biome-ignore format: the matrix is read by columns
  { action: 'authorization.rename', types: OWN, cells: [O, O, O, O, O, O], rule: 'R76', sentence: 'name the account of authorizations of logged-in user connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'authorization.revoke', types: SHARED, cells: [Y, Y, Y, Y, Y, N], rule: 'R67', sentence: 'revoke shared authorizations' },
  // biome-ignore format: the matrix is read by columns
  { action: 'authorization.revoke', types: OWN, cells: [O, O, Y, Y, O, O], rule: 'R7', sentence: 'revoke authorizations of logged-in user connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.see', types: SHARED, cells: [Y, Y, Y, Y, Y, N], rule: 'R10', sentence: 'see shared connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.see', types: OWN, cells: [Y, Y, Y, Y, Y, Y], rule: 'R10', sentence: 'see logged-in user connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'references.see', types: ANY, cells: [Y, Y, Y, Y, Y, N], rule: 'R51', sentence: 'see references' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.test', types: SHARED, cells: [Y, Y, Y, Y, Y, N], rule: 'R84', sentence: 'test shared connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'connection.test', types: OWN, cells: [O, O, O, O, O, O], rule: 'R84', sentence: 'test logged-in user connections' },
  // biome-ignore format: the matrix is read by columns
  { action: 'microservices.open', cells: [Y, Y, N, N, N, N], rule: 'R14', sentence: 'open Microservices' },
  // biome-ignore format: the matrix is read by columns
  { action: 'application.build', cells: [Y, Y, N, N, N, N], rule: 'R1', sentence: 'build applications' },
  // biome-ignore format: the matrix is read by columns
  { action: 'application.publish', cells: [Y, Y, N, N, N, N], rule: 'R13', sentence: 'publish applications' },
  // biome-ignore format: the matrix is read by columns
  { action: 'application.distribute', cells: [Y, D, N, N, N, N], rule: 'R12', sentence: 'distribute versions to clients' },
  // biome-ignore format: the matrix is read by columns
  { action: 'application.import', cells: [Y, Y, N, N, N, N], rule: 'R33', sentence: 'import applications to build on' },
  // biome-ignore format: the matrix is read by columns
  { action: 'client.manage', cells: [Y, N, N, N, N, N], rule: 'R12', sentence: 'manage clients and who may distribute' },
  // biome-ignore format: the matrix is read by columns
  { action: 'credentials.manage', cells: [Y, Y, Y, Y, Y, N], rule: 'R121', sentence: 'keep OAuth apps of the account' },
  // biome-ignore format: the matrix is read by columns
  { action: 'application.install', cells: [N, N, Y, N, N, N], rule: 'R11', sentence: 'install applications' },
  // biome-ignore format: the matrix is read by columns
  { action: 'application.uninstall', cells: [N, N, Y, N, N, N], rule: 'R118', sentence: 'uninstall applications' },
  // biome-ignore format: the matrix is read by columns
  { action: 'application.use', cells: [Y, Y, Y, Y, Y, Y], rule: 'R9', sentence: 'use applications' },
  // biome-ignore format: the matrix is read by columns
  { action: 'component.run', types: SHARED, cells: [Y, Y, Y, Y, Y, Y], rule: 'R111', sentence: 'run components' },
  // biome-ignore format: the matrix is read by columns
  { action: 'component.run', types: OWN, cells: [O, O, O, O, O, O], rule: 'R112', sentence: 'run components' },
  // biome-ignore format: the matrix is read by columns
  { action: 'outbox.manage', cells: [Y, Y, Y, Y, Y, N], rule: 'R111', sentence: 'decide on what somebody else has waiting in the outbox' },
  // biome-ignore format: the matrix is read by columns
  { action: 'member.manage', cells: [Y, N, Y, U, N, N], rule: 'matrix', sentence: 'manage members' },
  // biome-ignore format: the matrix is read by columns
  { action: 'backup.manage', cells: [Y, N, Y, N, N, N], rule: 'matrix', sentence: 'back up and restore the workspace' },
  // biome-ignore format: the matrix is read by columns
  { action: 'audit.read', cells: [Y, A, Y, Y, O, O], rule: 'matrix', sentence: 'read the audit' },
] as const satisfies readonly AccessRow[];

export type Action = (typeof ACCESS)[number]['action'];

/** What the action is about: a connection's type, whose authorization it is, the role of the member it concerns. */
export type Subject = { readonly type?: ConnectionType; readonly holder?: Holder; readonly role?: Role };

/** Yes and how far, or the rule that forbids it and who may. */
export type Decision =
  | { readonly allowed: true; readonly reach: Cell }
  | { readonly allowed: false; readonly rule: string; readonly says: string };

/** Types of which an action speaks, for exhaustive reading of the table; an empty list where it speaks of none. */
export const typesOf = (action: Action): readonly ConnectionType[] =>
  ANY.filter((type) => ACCESS.some((row: AccessRow) => row.action === action && row.types?.includes(type)));

const findRow = (action: Action, type: ConnectionType | undefined): AccessRow | undefined =>
  ACCESS.find((row: AccessRow) => row.action === action && (type === undefined || row.types === undefined || row.types.includes(type)));

const columnOf = (actor: Actor): number =>
  ACCESS_COLUMNS.findIndex(({ side, role }) => side === actor.workspace.side && role === actor.member.role);

/** Does the cell hold for this member and subject; a subject that does not say leaves the question to a later call that does. */
const HOLDS: Record<Cell, (actor: Actor, subject: Subject) => boolean> = {
  yes: () => true,
  no: () => false,
  own: ({ member }, { holder }) => holder === undefined || holder === member.id,
  users: (_, { role }) => role === undefined || role === 'user',
  distribute: ({ member }) => member.hasDistributeAccess,
  applications: () => true,
};

/** May this member do this here. */
export const may = (actor: Actor, action: Action, subject: Subject = {}): Decision => {
  const row = findRow(action, subject.type);
  if (row === undefined) return { allowed: false, rule: 'matrix', says: 'nobody may do this' };
  const cell = row.cells[columnOf(actor)] ?? 'no';
  if (HOLDS[cell](actor, subject)) return { allowed: true, reach: cell };
  return { allowed: false, rule: row.rule, says: refusal(row, actor, cell) };
};

const refusal = (row: AccessRow, actor: Actor, cell: Cell): string => {
  if (cell === 'own') return `each person can ${row.sentence} for themselves only (${row.rule})`;
  if (cell === 'users') return `an admin can ${row.sentence} of the role user only`;
  if (cell === 'distribute') return `a developer can ${row.sentence} only with distribute access, which a super admin gives (${row.rule})`;
  const entitled = ACCESS_COLUMNS.filter(({ side }, index) => side === actor.workspace.side && row.cells[index] !== 'no').map(
    ({ role }) => ROLE_LABELS[role],
  );
  const here = actor.workspace.side === 'developer' ? 'developer side' : 'client side';
  return entitled.length === 0
    ? `on the ${here} nobody can ${row.sentence} (${row.rule})`
    : `a ${ROLE_LABELS[actor.member.role]} cannot ${row.sentence}; ${entitled.join(', ')} can (${row.rule})`;
};
