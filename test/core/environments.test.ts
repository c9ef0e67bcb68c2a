import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ApplicationId, ConnectionId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import type { TestCore } from '../support/core.ts';
import {
  actAs,
  authorize,
  BOOKS_SCOPES,
  connectionId,
  EMAILS,
  install,
  installEstate,
  panelOf,
  publish,
  sell,
  slotOf,
  startEstate,
} from '../support/estate.ts';
import { startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let core: TestCore;
let estate: ApplicationId;
let books: ConnectionId;
let sheet: ConnectionId;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  ({ core, estate, books, sheet } = await startEstate(sandbox.origin));
});

const policy = (environmentPolicy: 'same' | 'separate', keep: 'development' | 'stage' | null = null) =>
  core.do('setEnvironmentPolicy', { connectionId: books, environmentPolicy, keep });

describe('environments of the developer side', () => {
  it('R70 R73 stage runs the published version with data and authorizations of its own', async () => {
    expect(await core.see('liveMode', { ownerId: estate, environment: 'stage' }).catch((fault) => fault.code)).toBe('environment.no-stage');
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await publish(core, estate, '1.0.0');
    expect((await slotOf(core, books, 'stage')).status.isConnected).toBe(false);
    expect(await sell(core, estate, 'stage')).toMatchObject({ isOk: false, fault: { code: 'run.not-connected' } });
    await authorize(core, books, 'stage', { email: EMAILS.dana });
    expect(await sell(core, estate, 'stage')).toMatchObject({ isOk: true });
    const entries = async (environment: 'development' | 'stage') =>
      (await core.see('records', { ownerId: estate, environment, form: 'properties' })).records.length;
    expect([await entries('development'), await entries('stage')]).toEqual([0, 2]);
  });

  it('R70 R91 a change in development reaches stage only with the next version', async () => {
    await publish(core, estate, '1.0.0');
    await authorize(core, books, 'stage', { email: EMAILS.dana });
    await core.do('editConnection', { connectionId: books, displayName: 'Books', scopes: [...BOOKS_SCOPES, 'books.contacts.read'] });
    await core.do('savePage', { applicationId: estate, name: 'Later' });
    expect(await slotOf(core, books, 'stage')).toMatchObject({ status: { reason: null }, missingScopes: [] });
    expect((await core.see('liveMode', { ownerId: estate, environment: 'stage' })).pages).toHaveLength(1);
    await publish(core, estate, '1.1.0');
    expect(await slotOf(core, books, 'stage')).toMatchObject({
      status: { reason: { code: 'oauth.scope-missing' } },
      missingScopes: ['books.contacts.read'],
    });
    expect((await core.see('liveMode', { ownerId: estate, environment: 'stage' })).pages).toHaveLength(2);
  });

  it('R83 R3 R4 A10 live mode of development and of stage list and authorize every connection, and production does not exist', async () => {
    await publish(core, estate, '1.0.0');
    await actAs(core, 'Lee');
    for (const environment of ['development', 'stage'] as const) {
      const live = await core.see('liveMode', { ownerId: estate, environment });
      expect(live.connections.map(({ type, slots }) => [type, slots.map((slot) => [slot.environment, slot.authorize.allowed])])).toEqual([
        ['admin', [[environment, true]]],
        ['logged-in-user', [[environment, true]]],
      ]);
    }
    expect(await core.fails('beginAuthorization', { connectionId: books, environment: 'production' })).toBe('state.forbidden');
  });

  it('R75 R112 a logged-in user grant of a developer serves only that developer’s runs', async () => {
    await authorize(core, sheet, 'development', { email: EMAILS.dana });
    const componentId = await panelOf(core, estate, 'development');
    expect(await core.do('runComponent', { componentId, recordId: null })).toMatchObject({ isOk: true });
    await actAs(core, 'Lee');
    expect(await core.do('runComponent', { componentId, recordId: null })).toMatchObject({
      isOk: false,
      fault: { code: 'run.not-connected' },
      missing: [{ who: 'you' }],
    });
  });

  it('R84 keeps a test’s result per environment', async () => {
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await authorize(core, books, 'stage', { email: EMAILS.dana });
    await core.do('testConnection', { connectionId: books, environment: 'stage' });
    expect((await slotOf(core, books, 'stage')).lastTest).toMatchObject({ isOk: true });
    expect((await slotOf(core, books, 'development')).lastTest).toBeNull();
  });

  it('R80 R84 a run that went well proves a connection as a test does, in the environment where it ran', async () => {
    const untested = async (): Promise<(string | null)[]> => {
      const { problems } = await core.see('publishReview', { applicationId: estate, version: null });
      return problems.filter(({ code }) => code === 'readiness.untested').map(({ detail }) => detail);
    };
    const sheetToo = 'sandbox_sheet in development and in stage';
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await sell(core, estate, 'development');
    expect(await untested()).toEqual(['sandbox_books in stage', sheetToo]);
    await publish(core, estate, '1.0.0');
    await authorize(core, books, 'stage', { email: EMAILS.dana });
    await sell(core, estate, 'stage');
    expect(await untested()).toEqual([sheetToo]);
  });

  it('R71 R80 one authorization for all environments is proved in all of them by one test', async () => {
    await policy('same');
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await core.do('testConnection', { connectionId: books, environment: 'development' });
    const { problems } = await core.see('publishReview', { applicationId: estate, version: null });
    const untested = problems.filter(({ code }) => code === 'readiness.untested').map(({ detail }) => detail);
    expect(untested).toEqual(['sandbox_sheet in development and in stage']);
  });
});

describe('same and separate authorizations', () => {
  it('R71 R74 separate: one account per environment; same: one for all', async () => {
    await authorize(core, books, 'development', { email: EMAILS.dana });
    const view = await core.see('connection', { connectionId: books });
    expect(view.slots.map(({ environment, account }) => [environment, account])).toEqual([
      ['development', EMAILS.dana],
      ['stage', null],
    ]);
    await policy('same');
    const one = await core.see('connection', { connectionId: books });
    expect(one.slots.map(({ environment, account }) => [environment, account])).toEqual([['all', EMAILS.dana]]);
    await publish(core, estate, '1.0.0');
    expect(await sell(core, estate, 'stage')).toMatchObject({ isOk: true });
  });

  it('R72 from same to separate the grant stays where it was made', async () => {
    await policy('same');
    await authorize(core, books, 'stage', { email: EMAILS.dana });
    expect(await policy('separate')).toEqual({ revoked: 0 });
    const { slots } = await core.see('connection', { connectionId: books });
    expect(slots.map(({ environment, account }) => [environment, account])).toEqual([
      ['development', null],
      ['stage', EMAILS.dana],
    ]);
  });

  it('R72 from separate to same asks which to keep, and revokes nothing until then', async () => {
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await authorize(core, books, 'stage', { email: EMAILS.adam });
    const before = await core.ctx.db.authorizations.toArray();
    expect(await core.fails('setEnvironmentPolicy', { connectionId: books, environmentPolicy: 'same', keep: null })).toBe(
      'connection.keep-which',
    );
    expect(await core.ctx.db.authorizations.toArray()).toEqual(before);
    expect(await policy('same', 'stage')).toEqual({ revoked: 1 });
    const { slots } = await core.see('connection', { connectionId: books });
    expect(slots.map(({ environment, account }) => [environment, account])).toEqual([['all', EMAILS.adam]]);
    expect(await core.ctx.db.secrets.where('id').startsWith('tokens:').count()).toBe(1);
  });
});

describe('the client’s stage', () => {
  it('R115 an update goes to stage first, then to production; only the super admin takes it', async () => {
    const client = await installEstate(core, estate);
    await actAs(core, 'Adam');
    await authorize(core, client.books, 'production', { email: EMAILS.adam });
    expect(await core.fails('beginAuthorization', { connectionId: client.books, environment: 'stage' })).toBe('environment.no-stage');
    expect(await core.fails('addStage', { installationId: client.installation })).toBe('access.refused');
    await actAs(core, 'Carla');
    await core.do('addStage', { installationId: client.installation });
    await actAs(core, 'Adam');
    await authorize(core, client.books, 'stage', { email: EMAILS.adam });
    expect(await sell(core, client.installation, 'stage')).toMatchObject({ isOk: true });

    await actAs(core, 'Dana');
    await core.do('editConnection', {
      connectionId: books,
      displayName: 'Sandbox Books',
      scopes: [...BOOKS_SCOPES, 'books.contacts.read'],
    });
    await core.do('savePage', { applicationId: estate, name: 'Later' });
    const { text } = await publish(core, estate, '1.1.0');
    await actAs(core, 'Carla');
    const preview = await core.do('previewBundle', { text });
    expect(preview).toMatchObject({ goesTo: 'stage', replaces: '1.0.0' });
    expect(preview.changes).toEqual(['Sandbox Books asks for more and must be authorized again: books.contacts.read']);
    await install(core, text);
    expect(await core.see('installation', { installationId: client.installation })).toMatchObject({
      version: '1.0.0',
      stagedVersion: '1.1.0',
    });
    expect((await slotOf(core, client.books, 'production')).status.reason).toBeNull();
    expect((await slotOf(core, client.books, 'stage')).missingScopes).toEqual(['books.contacts.read']);
    expect((await core.see('liveMode', { ownerId: client.installation, environment: 'production' })).pages).toHaveLength(1);

    await core.do('takeToProduction', { installationId: client.installation });
    expect(await core.see('installation', { installationId: client.installation })).toMatchObject({
      version: '1.1.0',
      stagedVersion: '1.1.0',
    });
    // R116: the old grant goes on serving what it was given for.
    expect(await slotOf(core, client.books, 'production')).toMatchObject({
      status: { isConnected: true, reason: { code: 'oauth.scope-missing' } },
    });
    expect(await sell(core, client.installation, 'production')).toMatchObject({ isOk: true });
  });

  it('R115 a connection that an update brings exists in stage before it exists in production', async () => {
    const client = await installEstate(core, estate);
    await core.do('addStage', { installationId: client.installation });
    await actAs(core, 'Dana');
    await core.do('defineConnection', {
      connectorId: 'sandbox-sheet',
      displayName: 'Texts',
      linkName: 'texts',
      type: 'admin',
      scopes: [],
      environmentPolicy: 'separate',
      applicationId: null,
    });
    await core.do('saveComponent', {
      applicationId: estate,
      componentId: null,
      kind: 'page-panel',
      name: 'Sent',
      config: { page: 'dashboard', title: 'Sent', connection: 'texts', operation: 'count-rows', values: { sheet: 'Texts' } },
    });
    const { text } = await publish(core, estate, '1.1.0');
    await actAs(core, 'Carla');
    await install(core, text);
    const texts = await connectionId(core, 'texts');
    const { slots } = await core.see('connection', { connectionId: texts });
    expect(slots.map(({ environment }) => environment)).toEqual(['stage']);
    const listed = async (environment: 'stage' | 'production') =>
      (await core.see('liveMode', { ownerId: client.installation, environment })).connections.map(({ linkName }) => linkName).sort();
    expect(await listed('stage')).toEqual(['sandbox_books', 'sandbox_sheet', 'texts']);
    expect(await listed('production')).toEqual(['sandbox_books', 'sandbox_sheet']);
    await core.do('removeStage', { installationId: client.installation });
    expect(await core.ctx.db.connections.get(texts)).toBeUndefined();
    expect((await core.see('liveMode', { ownerId: client.installation, environment: 'production' })).components).toHaveLength(2);
  });
});
