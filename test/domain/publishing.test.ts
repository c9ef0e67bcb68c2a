import { describe, expect, it } from 'vitest';
import type { Application } from '../../src/domain/application.ts';
import type { Authorization } from '../../src/domain/authorization.ts';
import { includedConnections } from '../../src/domain/bundle.ts';
import type { Component } from '../../src/domain/component.ts';
import { USES } from '../../src/domain/component.ts';
import { type Connection, FRESH_CONNECTION } from '../../src/domain/connection.ts';
import { changePolicy } from '../../src/domain/policy.ts';
import { checkReadiness, type ReadinessInput } from '../../src/domain/readiness.ts';
import { allKinds } from '../../src/runtime/index.ts';
import { sampleGrant } from '../support/grant.ts';

const application: Application = {
  id: 'app_1',
  workspaceId: 'wsp_1',
  name: 'Estate',
  linkName: 'estate',
  forms: [],
  pages: [],
  latestVersion: null,
  staged: null,
  createdAt: 0,
  revision: 1,
};

const connection = (linkName: string, part: Partial<Connection> = {}): Connection => ({
  ...FRESH_CONNECTION,
  id: `con_${linkName}`,
  workspaceId: 'wsp_1',
  ownerId: 'app_1',
  linkName,
  displayName: linkName,
  connectorId: 'sandbox-books',
  type: 'admin',
  scopes: [],
  environmentPolicy: 'separate',
  createdAt: 0,
  updatedAt: 0,
  ...part,
});

const component = (name: string, part: Partial<Component>): Component => ({
  id: `cmp_${name}`,
  workspaceId: 'wsp_1',
  ownerId: 'app_1',
  environment: 'development',
  linkName: name,
  name,
  kind: 'page-panel',
  config: {},
  references: [],
  services: [],
  dynamicReferences: [],
  createdAt: 0,
  updatedAt: 0,
  revision: 1,
  ...part,
});

const codes = (input: Partial<ReadinessInput>): string[] =>
  checkReadiness({
    application,
    version: '1.0.0',
    connections: [],
    components: [],
    allowed: [],
    untestedIn: () => [],
    idleScopes: () => [],
    isBeyondModel: () => false,
    isStartedByVisitors: () => false,
    hosts: () => ['api.acme.com'],
    lacks: () => [],
    mistakes: () => [],
    ...input,
  }).map(({ code }) => code);

describe('readiness', () => {
  const script = component('script', { dynamicReferences: ['line 3: connection is a variable'] });
  const books = connection('books');

  it('R54 a dynamic reference locks nothing and asks for the connections it may use; those are included', () => {
    expect(codes({ components: [script], connections: [books] })).toEqual(['readiness.dynamic', 'readiness.unused']);
    const listed = { components: [script], connections: [books], allowed: ['books'] };
    expect(codes(listed)).not.toContain('readiness.dynamic');
    expect(includedConnections([books], [script], ['books'])).toEqual([books]);
    expect(codes({ ...listed, allowed: ['other'] })).toContain('readiness.reference-elsewhere');
  });

  it('R89 a reference to a connection of another application, or of none, stops publishing', () => {
    const named = component('panel', { references: ['books'] });
    for (const ownerId of ['app_2', null] as const)
      expect(codes({ components: [named], connections: [connection('books', { ownerId })] })).toContain('readiness.reference-elsewhere');
  });

  it('R88 R85 what is enabled and never referenced stays, with a notice', () => {
    const named = component('panel', { references: ['books'] });
    const rows = [books, connection('spare')];
    expect(codes({ components: [named], connections: rows })).toEqual(['readiness.unused']);
    expect(includedConnections(rows, [named])).toEqual([books]);
  });
});

describe('places of use', () => {
  it('R50 A26 five kinds of component use connections, and there is no other kind', () => {
    expect(Object.keys(USES)).toHaveLength(5);
    for (const { name } of allKinds()) expect(Object.keys(USES)).toContain(name);
  });
});

describe('changing the policy', () => {
  const row = (
    environment: 'development' | 'stage' | 'all',
    holder: Authorization['holder'],
    madeIn: 'development' | 'stage',
  ): Authorization => ({
    id: `aut_${environment}${holder === 'shared' ? '' : holder.slice(4)}`,
    workspaceId: 'wsp_1',
    connectionId: 'con_1',
    connectorId: 'sandbox-books',
    environment,
    holder,
    state: 'connected',
    reason: null,
    variables: {},
    grant: sampleGrant({ grantedBy: 'mem_1', madeIn }),
    lastTest: null,
    provenAt: null,
    isPaused: false,
    revision: 1,
  });

  it('R72 keeps, for each person, the grant of the environment that was chosen, or their only one', () => {
    const rows = [row('development', 'mem_1', 'development'), row('stage', 'mem_1', 'stage'), row('stage', 'mem_2', 'stage')];
    expect(changePolicy(rows, 'same', null).isUndecided).toBe(true);
    const change = changePolicy(rows, 'same', 'development');
    expect(change.kept.map(({ id, environment }) => [id, environment])).toEqual([
      ['aut_development1', 'all'],
      ['aut_stage2', 'all'],
    ]);
    expect(change.lost.map(({ id }) => id)).toEqual(['aut_stage1']);
    expect(changePolicy([row('all', 'shared', 'stage')], 'separate', null).kept).toMatchObject([{ environment: 'stage' }]);
  });
});
