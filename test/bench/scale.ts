/** Runs in Chromium: the same commands and queries in a small and in a large workspace, in one page and one run. */

import { COMMANDS, type CommandName } from '../../src/core/api.ts';
import { type AnyCommand, execute, readQuery } from '../../src/core/command.ts';
import type { Context } from '../../src/core/context.ts';
import { QUERIES } from '../../src/core/queries/index.ts';
import { DERIVED } from '../../src/db/tables.ts';
import type { Authorization } from '../../src/domain/authorization.ts';
import type { Component } from '../../src/domain/component.ts';
import { type Connection, FRESH_CONNECTION } from '../../src/domain/connection.ts';
import type { AuditEvent } from '../../src/domain/events.ts';
import type { Outcome } from '../../src/domain/faults.ts';
import { sampleGrant } from '../support/grant.ts';

const ROUNDS = 31;
const CHUNK = 5_000;
/** Of one application, so that one application is as large in the small workspace as in the large one. */
const CONNECTIONS_EACH = 100;
const COMPONENTS_EACH = 1_000;
const EVENTS_EACH = 1_000;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const run = async <T>(ctx: Context, name: CommandName, input: unknown): Promise<T> => {
  const command = COMMANDS[name] as unknown as AnyCommand;
  const outcome = (await execute(ctx, name, command as never, input)) as Outcome<T>;
  if (!outcome.ok) throw new Error(`${name}: ${outcome.fault.code} ${outcome.fault.detail}`);
  return outcome.value;
};

const id = <P extends string>(prefix: P, index: number): `${P}_${string}` => `${prefix}_${String(index).padStart(8, '0')}`;

/** Rows straight into the tables: how they come in is not what is measured. */
const seed = async (ctx: Context, applications: number): Promise<void> => {
  const { db } = ctx;
  const { workspaceId, memberId } = await run<{ workspaceId: `wsp_${string}`; memberId: `mem_${string}` }>(ctx, 'createWorkspace', {
    side: 'developer',
    name: 'Bench',
    memberName: 'Dana',
  });
  const derive = DERIVED.connections ?? (() => ({}));
  const connections: Connection[] = [];
  const authorizations: Authorization[] = [];
  const components: Component[] = [];
  const events: AuditEvent[] = [];
  for (let app = 0; app < applications; app += 1) {
    await db.applications.add({
      id: id('app', app),
      workspaceId,
      name: `Application ${app}`,
      linkName: `application_${app}`,
      forms: [],
      pages: [{ linkName: 'start', name: 'Start' }],
      latestVersion: null,
      staged: null,
      createdAt: app,
      revision: 1,
    });
    for (let n = 0; n < CONNECTIONS_EACH; n += 1) {
      const index = app * CONNECTIONS_EACH + n;
      connections.push({
        ...FRESH_CONNECTION,
        id: id('con', index),
        workspaceId,
        ownerId: id('app', app),
        linkName: `books_${index}`,
        displayName: `Books ${index} of customer ${index % 977}`,
        connectorId: 'sandbox-books',
        type: 'admin',
        scopes: ['books.invoices.create', 'books.organization.read'],
        environmentPolicy: 'separate',
        createdAt: index,
        updatedAt: index,
        revision: 1,
      });
      if (index % 2 === 0)
        authorizations.push({
          id: id('aut', index),
          workspaceId,
          connectionId: id('con', index),
          connectorId: 'sandbox-books',
          environment: 'development',
          holder: 'shared',
          state: 'connected',
          reason: null,
          variables: { sandboxOrigin: 'http://localhost:4180' },
          grant: sampleGrant({
            account: `customer ${index}`,
            subject: `customer ${index}`,
            grantedBy: memberId,
            madeIn: 'development',
            scopes: ['books.invoices.create', 'books.organization.read'],
          }),
          lastTest: null,
          provenAt: null,
          isPaused: false,
          revision: 1,
        });
    }
    for (let n = 0; n < COMPONENTS_EACH; n += 1) {
      const index = app * COMPONENTS_EACH + n;
      const linkName = `books_${app * CONNECTIONS_EACH + (n % CONNECTIONS_EACH)}`;
      components.push({
        id: id('cmp', index),
        workspaceId,
        ownerId: id('app', app),
        environment: 'development',
        linkName: `panel_${n}`,
        name: `Panel ${n}`,
        kind: 'page-panel',
        config: { page: 'start', title: `Panel ${n}`, connection: linkName, service: '', operation: 'create-contact', values: {} },
        references: [linkName],
        services: [],
        dynamicReferences: [],
        createdAt: index,
        updatedAt: index,
        revision: 1,
      });
    }
    for (let n = 0; n < EVENTS_EACH; n += 1) {
      const index = app * EVENTS_EACH + n;
      events.push({
        id: id('evt', index),
        at: index,
        workspaceId,
        actor: memberId,
        name: 'component.saved',
        subject: id('cmp', index),
        environment: null,
        fields: { name: `Panel ${n}` },
      });
    }
  }
  const add = async <R>(table: { bulkAdd(rows: readonly R[]): PromiseLike<unknown> }, rows: readonly R[]): Promise<void> => {
    for (let at = 0; at < rows.length; at += CHUNK) await table.bulkAdd(rows.slice(at, at + CHUNK));
  };
  await add(
    db.connections,
    connections.map((row) => ({ ...row, ...derive(row) })),
  );
  const deriveGrant = DERIVED.authorizations ?? (() => ({}));
  await add(
    db.authorizations,
    authorizations.map((row) => ({ ...row, ...deriveGrant(row) })),
  );
  await add(
    db.needs,
    connections.flatMap((row, index) =>
      (index % 2 === 0 ? (['stage'] as const) : (['development', 'stage'] as const)).map((scope) => ({
        id: `${row.id} ${scope} shared`,
        workspaceId,
        connectionId: row.id,
        scope,
        holder: 'shared' as const,
      })),
    ),
  );
  await add(db.components, components);
  await add(db.events, events);
};

type Measured = readonly [string, (ctx: Context, round: number) => Promise<unknown>];

const query =
  (name: keyof typeof QUERIES, args: unknown) =>
  (ctx: Context): Promise<unknown> =>
    readQuery(ctx, QUERIES[name] as never, args);

const MEASURED: readonly Measured[] = [
  ['frame', query('frame', {})],
  ['home', query('home', {})],
  ['connections, first page', query('connections', {})],
  ['connections, search', query('connections', { search: 'books 0' })],
  ['connection', query('connection', { connectionId: id('con', 42) })],
  ['connector, with free names', query('connector', { connectorId: 'sandbox-books' })],
  ['audit, first page', query('audit', { limit: 50 })],
  [
    'define a connection',
    (ctx, round) =>
      run(ctx, 'defineConnection', {
        connectorId: 'sandbox-books',
        displayName: `New ${round}`,
        linkName: `new_${round + 3}`,
        type: 'admin',
        scopes: [],
        environmentPolicy: 'separate',
        applicationId: id('app', 0),
      }),
  ],
  [
    'edit a connection',
    (ctx, round) => run(ctx, 'editConnection', { connectionId: id('con', 7), displayName: `Other ${round}`, scopes: [] }),
  ],
  [
    'save a component',
    (ctx, round) =>
      run(ctx, 'saveComponent', {
        applicationId: id('app', 0),
        componentId: id('cmp', 3),
        kind: 'page-panel',
        name: `Panel ${round + 3}`,
        config: { page: 'start', title: 'Panel', connection: 'books_3', operation: 'create-contact', values: {} },
      }),
  ],
];

export type ScaleRow = { readonly what: string; readonly milliseconds: number };

/** Medians in a workspace of so many applications with 100 connections, 1,000 references and 1,000 audit lines each. */
export const measureScale = async (ctx: Context, applications: number): Promise<ScaleRow[]> => {
  await seed(ctx, applications);
  const rows: ScaleRow[] = [];
  for (const [what, act] of MEASURED) {
    const times: number[] = [];
    // The first call of a kind compiles and warms; it says nothing of the size.
    for (let round = -3; round < ROUNDS; round += 1) {
      const startedAt = performance.now();
      await act(ctx, round);
      if (round >= 0) times.push(performance.now() - startedAt);
    }
    rows.push({ what, milliseconds: median(times) });
  }
  return rows;
};
