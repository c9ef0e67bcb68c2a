import { beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/core/api.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { actAs, connectionId, publish } from '../support/journey.ts';

let core: TestCore;
let application: ApplicationId;

beforeEach(async () => {
  core = await startCore();
  ({ applicationId: application } = await core.do('loadSample', {}));
});

const definition = () =>
  ({
    connectorId: 'sandbox-books',
    displayName: 'Second books',
    linkName: 'second_books',
    type: 'admin',
    scopes: ['books.organization.read'],
    environmentPolicy: 'separate',
    applicationId: application,
  }) as const;

const withoutAudit = async () => {
  const { events: _, ...rest } = await core.dump();
  return rest;
};

/** Refused, with this code; nothing but the audit changed, and the audit tells of it. */
const refused = async <N extends Parameters<TestCore['fails']>[0]>(name: N, input: Parameters<typeof core.fails<N>>[1], code: string) => {
  const before = await withoutAudit();
  expect(await core.fails(name, input)).toBe(code);
  expect(await withoutAudit()).toEqual(before);
};

describe('defining connections', () => {
  it('R30 R31 suggests a name and link name that are free', async () => {
    expect((await core.see('connector', { connectorId: 'sandbox-books' })).suggested).toEqual({
      displayName: 'Sandbox Books 2',
      linkName: 'sandbox_books_2',
    });
  });

  it('R40 defines for one application, with exactly one event', async () => {
    const before = await core.ctx.db.events.count();
    const { connectionId: id } = await core.do('defineConnection', definition());
    expect(await core.see('connection', { connectionId: id })).toMatchObject({
      owner: { id: application },
      linkName: 'second_books',
      publishedIn: [],
    });
    expect(await core.ctx.db.events.count()).toBe(before + 1);
  });

  it.each([
    ['R31 a link name that is taken', { linkName: 'sandbox_books' }, 'connection.link-name-taken'],
    ['R35 a link name that cannot be one', { linkName: 'Not One' }, 'connection.link-name-wrong'],
    ['R20 an unknown connector', { connectorId: 'made-up' }, 'connection.connector-unknown'],
    ['R22 R23 a type that the connector cannot have', { type: 'logged-in-user' }, 'connection.type-forbidden'],
    ['R24 a system connection by hand', { type: 'system' }, 'access.refused'],
    ['a scope that the connector has not', { scopes: ['books.everything'] }, 'connection.scope-unknown'],
    ['a name with a hidden character', { displayName: 'Bo\u202Eoks' }, 'core.input-invalid'],
    ['another workspace’s application', { applicationId: 'app_0' }, 'store.missing'],
    ['a field that does not exist', { color: 'red' }, 'core.input-invalid'],
  ])('refuses %s, and changes nothing', async (_, change, code) => {
    await refused('defineConnection', { ...definition(), ...change } as never, code);
  });

  it('records a refused command', async () => {
    await core.fails('defineConnection', { ...definition(), linkName: 'sandbox_books' });
    const [newest] = (await core.see('audit', { limit: 1 })).rows;
    expect(newest).toMatchObject({
      name: 'command.refused',
      actorName: 'Dana',
      sentence: 'was refused defineConnection: connection.link-name-taken',
    });
  });

  it('R61 refuses to delete a referenced connection and lists the places', async () => {
    const id = await connectionId(core, 'sandbox_books');
    await refused('deleteConnection', { connectionId: id }, 'connection.referenced');
  });

  it('R61 deletes an unused one', async () => {
    const { connectionId: id } = await core.do('defineConnection', definition());
    await core.do('deleteConnection', { connectionId: id });
    expect((await core.see('connections', {})).rows.map(({ linkName }) => linkName)).toEqual(['sandbox_books', 'sandbox_sheet']);
  });

  it('R2 R14 gives the client side neither Microservices nor a way to define', async () => {
    await actAs(core, 'Carla');
    await refused('defineConnection', definition(), 'access.refused');
    expect((await core.see('frame', {})).acting?.microservices.allowed).toBe(false);
  });
});

describe('building applications', () => {
  it('R49 refuses a reference to another application’s connection at save', async () => {
    const { applicationId: other } = await core.do('createApplication', { name: 'Other' });
    await core.do('savePage', { applicationId: other, name: 'Start' });
    const config = { page: 'start', title: 'T', connection: 'sandbox_sheet', operation: 'count-rows', values: { sheet: 'S' } };
    await refused(
      'saveComponent',
      { applicationId: other, componentId: null, kind: 'page-panel', name: 'P', config },
      'connection.other-application',
    );
  });

  it('R55 stores a reference to a connection that does not exist, and warns', async () => {
    const config = { page: 'dashboard', title: 'T', connection: 'nowhere', operation: 'count-rows', values: { sheet: 'S' } };
    await core.do('saveComponent', { applicationId: application, componentId: null, kind: 'page-panel', name: 'P', config });
    const view = await core.see('application', { applicationId: application });
    expect(view.componentList.find(({ name }) => name === 'P')?.problems).toMatchObject([
      { code: 'readiness.reference-unknown', isBlocking: false },
    ]);
    const review = await core.see('publishReview', { applicationId: application, version: null });
    expect(review.problems).toContainEqual(expect.objectContaining({ code: 'readiness.reference-unknown', isBlocking: true, where: 'P' }));
    await refused('publishApplication', { applicationId: application, version: '1.0.0' }, 'publish.not-ready');
  });

  it.each([
    ['an unknown kind', { kind: 'nothing' }, 'component.unknown-kind'],
    ['a configuration without its fields', { config: {} }, 'component.config-wrong'],
  ])('refuses a component of %s', async (_, change, code) => {
    await refused(
      'saveComponent',
      { applicationId: application, componentId: null, kind: 'page-panel', name: 'P', config: {}, ...change } as never,
      code,
    );
  });

  it('refuses two applications of one name', async () => {
    await refused('createApplication', { name: 'estate' }, 'application.link-name-taken');
  });

  it('stores an entry only when its values fit, and says all that is wrong', async () => {
    const entry = { ownerId: application, environment: 'development', form: 'properties', recordId: null } as const;
    await refused('saveRecord', { ...entry, values: { address: '', price: 'much', status: 'gone' } }, 'record.invalid');
    const { runs } = await core.do('saveRecord', { ...entry, values: { address: 'A', price: '1', status: 'for sale' } });
    expect(runs).toEqual([]);
  });
});

describe('publishing and installing', () => {
  const publishVersion = (version: string) => publish(core, application, version);

  it('R80 publishing to stage only tells of connections that were never tested; distributing asks to confirm them', async () => {
    const review = await core.see('publishReview', { applicationId: application, version: null });
    expect(review.problems.map(({ code }) => code)).toEqual(['readiness.untested', 'readiness.untested']);
    const { releaseId } = await core.do('publishApplication', { applicationId: application, version: '1.0.0' });
    const input = { releaseId, channel: { kind: 'marketplace' as const } };
    await refused('distributeRelease', { ...input, isConfirmed: false }, 'distribute.untested');
    expect((await core.do('distributeRelease', { ...input, isConfirmed: true })).fileName).toBe('estate-1.0.0.latchkey');
  });

  it('R91 never publishes a version twice, nor an older one', async () => {
    await publishVersion('1.1.0');
    await refused('publishApplication', { applicationId: application, version: '1.1.0' }, 'publish.not-ready');
    await refused('publishApplication', { applicationId: application, version: '1.0.9' }, 'publish.not-ready');
  });

  it('R62 locks a published connection against deletion, with or without references', async () => {
    await publishVersion('1.0.0');
    for (const { id, environment } of await core.ctx.db.components.toArray())
      if (environment === 'development') await core.do('deleteComponent', { componentId: id });
    const id = await connectionId(core, 'sandbox_books');
    await refused('deleteConnection', { connectionId: id }, 'connection.published');
  });

  it('R87 carries nothing of the account: no id of this workspace, member or connection', async () => {
    const { text } = await publishVersion('1.0.0');
    const releaseId = (await core.see('application', { applicationId: application })).releases[0]?.id ?? 'rel_0';
    expect(text).not.toMatch(/"(wsp|mem|con|cmp|aut)_/);
    expect((await core.do('exportRelease', { releaseId })).text).toBe(text);
  });

  it('R11 lets only the super admin install; others may read', async () => {
    const { text } = await publishVersion('1.0.0');
    await actAs(core, 'Adam');
    const preview = await core.do('previewBundle', { text });
    expect(preview.install).toMatchObject({ allowed: false });
    await refused('installBundle', { text, hash: preview.hash }, 'access.refused');
  });

  it('R95 installs connections not connected, and the same bundle once', async () => {
    const { text } = await publishVersion('1.0.0');
    await actAs(core, 'Carla');
    const { hash } = await core.do('previewBundle', { text });
    const { installationId } = await core.do('installBundle', { text, hash });
    const view = await core.see('installation', { installationId });
    expect(view.connectionList.map(({ type, slots }) => [type, slots[0]?.status.isConnected])).toEqual([
      ['admin', false],
      ['logged-in-user', false],
    ]);
    await refused('installBundle', { text, hash }, 'install.already');
  });

  it('takes an update over the earlier version, and not the way back', async () => {
    const old = await publishVersion('1.0.0');
    const fresh = await publishVersion('1.1.0');
    await actAs(core, 'Carla');
    const first = await core.do('previewBundle', { text: old.text });
    const { installationId } = await core.do('installBundle', { text: old.text, hash: first.hash });
    const next = await core.do('previewBundle', { text: fresh.text });
    expect(next.replaces).toBe('1.0.0');
    const connections = await core.ctx.db.connections.where('ownerId').equals(installationId).primaryKeys();
    expect(await core.do('installBundle', { text: fresh.text, hash: next.hash })).toEqual({
      installationId,
      isNew: false,
      environment: 'production',
    });
    expect(await core.ctx.db.connections.where('ownerId').equals(installationId).primaryKeys()).toEqual(connections);
    await refused('installBundle', { text: old.text, hash: first.hash }, 'install.older');
  });

  it('S47 remembers the highest version after the installation is gone', async () => {
    const old = await publishVersion('1.0.0');
    const fresh = await publishVersion('1.1.0');
    await actAs(core, 'Carla');
    const { hash } = await core.do('previewBundle', { text: fresh.text });
    const { installationId } = await core.do('installBundle', { text: fresh.text, hash });
    await core.ctx.db.installations.delete(installationId);
    const first = await core.do('previewBundle', { text: old.text });
    expect(await core.fails('installBundle', { text: old.text, hash: first.hash })).toBe('install.older');
  });

  it('refuses a bundle that changed between reading and installing', async () => {
    const { text } = await publishVersion('1.0.0');
    await actAs(core, 'Carla');
    await refused('installBundle', { text, hash: '0'.repeat(64) }, 'store.conflict');
  });

  it('R10 shows a user the logged-in user connections only', async () => {
    const { text } = await publishVersion('1.0.0');
    await actAs(core, 'Carla');
    const { hash } = await core.do('previewBundle', { text });
    const { installationId } = await core.do('installBundle', { text, hash });
    await actAs(core, 'Uma');
    const view = await core.see('installation', { installationId });
    expect(view.connectionList.map(({ linkName }) => linkName)).toEqual(['sandbox_sheet']);
  });
});

describe('every command', () => {
  it.each(Object.keys(COMMANDS))('%s refuses input of another shape, and changes nothing', async (name) => {
    const before = await withoutAudit();
    expect(await core.fails(name as keyof typeof COMMANDS, { unexpected: true } as never)).toBe('core.input-invalid');
    expect(await withoutAudit()).toEqual(before);
  });

  it('S53 loses no write silently: a row that changed meanwhile is a conflict', async () => {
    const row = await core.ctx.db.applications.get(application);
    if (row === undefined) throw new Error('no row');
    const [one, two] = await Promise.allSettled([
      core.do('savePage', { applicationId: application, name: 'One' }),
      core.do('savePage', { applicationId: application, name: 'Two' }),
    ]);
    const lost = [one, two].filter(({ status }) => status === 'rejected');
    const pages = (await core.ctx.db.applications.get(application))?.pages.length;
    expect(pages).toBe(row.pages.length + 2 - lost.length);
  });
});

describe('people and workspaces', () => {
  it('adds members in the roles of the side only', async () => {
    await core.do('addMember', { name: 'Nia', role: 'developer' });
    await refused('addMember', { name: 'Nia', role: 'admin' }, 'workspace.role-unknown');
    await refused('addMember', { name: 'Nia', role: 'super-admin' }, 'workspace.role-unknown');
    await actAs(core, 'Lee');
    await refused('addMember', { name: 'Nia', role: 'developer' }, 'access.refused');
  });

  it('keeps the sandbox on this device', async () => {
    for (const origin of ['https://evil.test', 'http://localhost.evil.test:1', 'http://localhost', ''])
      await refused('setSandboxOrigin', { origin }, 'deployment.sandbox-wrong');
    await core.do('setSandboxOrigin', { origin: 'http://localhost:4999' });
    expect((await core.see('settings', {})).sandboxOrigin).toBe('http://localhost:4999');
  });

  it('starts empty, and says what to do', async () => {
    const empty = await startCore();
    expect(await empty.see('home', {})).toMatchObject({ isEmpty: true, attention: [] });
    expect(await empty.fails('createApplication', { name: 'X' })).toBe('core.no-workspace');
    await empty.do('createWorkspace', { side: 'client', name: 'Solo', memberName: 'Sam' });
    expect((await empty.see('frame', {})).acting).toMatchObject({
      workspace: { name: 'Solo' },
      member: { name: 'Sam', role: 'super-admin' },
    });
  });
});
