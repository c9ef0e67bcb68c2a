import type { MemberId, WorkspaceId } from './ids.ts';

/** Developer side: who builds the application. Client side: who installs it. */
export type Side = 'developer' | 'client';
export type Role = 'super-admin' | 'admin' | 'developer' | 'user';

/** One account on this device. */
export type Workspace = {
  readonly id: WorkspaceId;
  readonly side: Side;
  readonly name: string;
  readonly createdAt: number;
  readonly revision: number;
};

export type Member = {
  readonly id: MemberId;
  readonly workspaceId: WorkspaceId;
  readonly name: string;
  readonly role: Role;
  /** A developer sends updates to clients only with this (R12). */
  readonly hasDistributeAccess: boolean;
  /** When they left the account; their name stays for what they did (R119). */
  readonly leftAt: number | null;
  readonly createdAt: number;
  readonly revision: number;
};

/** Who acts, and in which account. */
export type Actor = { readonly workspace: Workspace; readonly member: Member };

/** The developer side has no admin and no plain user (RULES glossary). */
export const ROLES_OF_SIDE: Record<Side, readonly Role[]> = {
  developer: ['super-admin', 'developer'],
  client: ['super-admin', 'admin', 'developer', 'user'],
};

export const ROLE_LABELS: Record<Role, string> = {
  'super-admin': 'super admin',
  admin: 'admin',
  developer: 'developer',
  user: 'user',
};

export const SIDE_LABELS: Record<Side, string> = { developer: 'Developer side', client: 'Client side' };
