import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { actAs, authorize, connectionId, publish } from '../support/journey.ts';
import { startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let core: TestCore;
let estate: ApplicationId;
let other: ApplicationId;
let books: ConnectionId;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  core = await startCore({ sandboxOrigin: sandbox.origin });
  ({ applicationId: estate } = await core.do('loadSample', {}));
  ({ applicationId: other } = await core.do('createApplication', { name: 'Other' }));
  books = await connectionId(core, 'sandbox_books');
});

const view = (id: ConnectionId = books) => core.see('connection', { connectionId: id });
const SCOPES = ['books.invoices.create', 'books.organization.read'];
const access = (id: ConnectionId, applicationId: ApplicationId | null, isMove = false) => ({ connectionId: id, applicationId, isMove });

const removeComponents = async (): Promise<void> => {
  const rows = await core.ctx.db.components.toArray();
  for (const { id, environment } of rows) if (environment === 'development') await core.do('deleteComponent', { componentId: id });
};

const unused = async (): Promise<ConnectionId> => {
  const { connectionId: id } = await core.do('defineConnection', {
    connectorId: 'sandbox-books',
    displayName: 'Spare',
    linkName: 'spare',
    type: 'admin',
    scopes: [],
    environmentPolicy: 'separate',
    applicationId: estate,
  });
  return id;
};

describe('changing a definition', () => {
  it('R32 R120 a new name changes the label alone: no reference, no link name, no consent, no test result', async () => {
    await authorize(core, books, 'development', { email: 'dana@studio.example' });
    await core.do('testConnection', { connectionId: books, environment: 'development' });
    expect(await core.do('editConnection', { connectionId: books, displayName: 'Our books', scopes: SCOPES })).toEqual({
      changed: ['name'],
    });
    expect(await view()).toMatchObject({
      displayName: 'Our books',
      linkName: 'sandbox_books',
      references: [{ componentName: 'Push invoice to Books' }],
    });
    expect((await view()).slots[0]).toMatchObject({ status: { isConnected: true, reason: null } });
    const review = await core.see('publishReview', { applicationId: estate, version: null });
    expect(review.problems.filter(({ detail }) => detail === 'sandbox_books')).toEqual([]);
  });

  it('R120 R79 a scope more asks again and keeps the old grant serving; taking it back mends it', async () => {
    await authorize(core, books, 'development', { email: 'dana@studio.example' });
    await core.do('editConnection', { connectionId: books, displayName: 'Sandbox Books', scopes: [...SCOPES, 'books.contacts.read'] });
    expect((await view()).slots[0]).toMatchObject({
      status: { isConnected: true, reason: { code: 'oauth.scope-missing', detail: 'books.contacts.read' } },
      missingScopes: ['books.contacts.read'],
    });
    expect(await core.do('testConnection', { connectionId: books, environment: 'development' })).toMatchObject({ isOk: true });
    await core.do('editConnection', { connectionId: books, displayName: 'Sandbox Books', scopes: SCOPES });
    expect((await view()).slots[0]).toMatchObject({ status: { isConnected: true, reason: null }, missingScopes: [] });
  });

  it('changes nothing when nothing changed, and refuses an unknown scope', async () => {
    const before = await core.ctx.db.connections.get(books);
    expect(await core.do('editConnection', { connectionId: books, displayName: 'Sandbox Books', scopes: SCOPES })).toEqual({ changed: [] });
    expect(await core.fails('editConnection', { connectionId: books, displayName: 'X', scopes: ['all'] })).toBe('connection.scope-unknown');
    expect(await core.ctx.db.connections.get(books)).toEqual(before);
  });
});

describe('app access', () => {
  it('R43 cannot be disabled while it is referenced, and R45 can be once it is not', async () => {
    expect(await core.fails('setConnectionAccess', access(books, null))).toBe('connection.referenced');
    expect((await view()).disable).toMatchObject({ allowed: false, says: expect.stringContaining('Push invoice to Books') });
    await removeComponents();
    await core.do('setConnectionAccess', access(books, null));
    expect((await view()).owner).toBeNull();
    await core.do('setConnectionAccess', access(books, other));
    expect((await view()).owner?.id).toBe(other);
  });

  it('R40 R42 serves one application: a second is refused by name, and moved to in one step where nothing holds it', async () => {
    const spare = await unused();
    expect(await core.fails('setConnectionAccess', access(spare, other))).toBe('connection.access-elsewhere');
    await core.do('setConnectionAccess', access(spare, other, true));
    expect((await view(spare)).owner?.id).toBe(other);
    expect(await core.fails('setConnectionAccess', access(books, other, true))).toBe('connection.referenced');
  });

  it('R44 R46 stays for ever once it was published, references or not', async () => {
    await publish(core, estate, '1.0.0');
    await removeComponents();
    expect(await core.fails('setConnectionAccess', access(books, null))).toBe('connection.published');
    expect(await core.fails('setConnectionAccess', access(books, other, true))).toBe('connection.published');
    expect(await core.fails('deleteConnection', { connectionId: books })).toBe('connection.published');
    expect((await view()).delete.says).toContain('1.0.0');
  });
});

describe('duplicating and retiring', () => {
  it('R33 A21 a duplicate is a definition of its own, for no application, never authorized', async () => {
    await authorize(core, books, 'development', { email: 'dana@studio.example' });
    const first = await core.do('duplicateConnection', { connectionId: books });
    const second = await core.do('duplicateConnection', { connectionId: books });
    expect([first.linkName, second.linkName]).toEqual(['sandbox_books_copy', 'sandbox_books_copy_2']);
    expect(await view(first.connectionId)).toMatchObject({
      displayName: 'Sandbox Books_copy',
      owner: null,
      references: [],
      publishedIn: [],
    });
    expect((await view(first.connectionId)).slots.every(({ authorizationId }) => authorizationId === null)).toBe(true);
  });

  it('R57 retires a published connection and brings it back; everything else goes on', async () => {
    expect(await core.fails('retireConnection', { connectionId: books, isRetired: true })).toBe('connection.not-published');
    await publish(core, estate, '1.0.0');
    await core.do('retireConnection', { connectionId: books, isRetired: true });
    expect(await view()).toMatchObject({
      isRetired: true,
      references: [
        { componentName: 'Push invoice to Books', environment: 'development' },
        { componentName: 'Push invoice to Books', environment: 'stage' },
      ],
    });
    await authorize(core, books, 'development', { email: 'dana@studio.example' });
    expect((await publish(core, estate, '1.1.0')).text).toContain('sandbox_books');
    await core.do('retireConnection', { connectionId: books, isRetired: false });
    expect((await view()).isRetired).toBe(false);
  });

  it('R2 none of it exists on the client side', async () => {
    await actAs(core, 'Carla');
    expect(await core.fails('editConnection', { connectionId: books, displayName: 'X', scopes: [] })).toBe('access.refused');
    expect(await core.fails('duplicateConnection', { connectionId: books })).toBe('access.refused');
    expect(await core.fails('setConnectionAccess', access(books, null))).toBe('access.refused');
    expect(await core.fails('retireConnection', { connectionId: books, isRetired: true })).toBe('access.refused');
  });
});
