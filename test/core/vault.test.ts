import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import { recoverFlows, tendFlows } from '../../src/core/flow-start.ts';
import { offerFor } from '../../src/core/passphrases.ts';
import { record } from '../../src/core/record.ts';
import type { ConnectionId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import type { TestCore } from '../support/core.ts';
import { startCore } from '../support/core.ts';
import { authorize, connectionId, EMAILS, publish, sell, slotOf } from '../support/estate.ts';
import { authorizeAt, startTestSandbox } from '../support/sandbox.ts';

const PASSPHRASE = 'correct horse battery staple';
let sandbox: Sandbox;
let core: TestCore;
let estate: `app_${string}`;
let books: ConnectionId;
let now = 0;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  now = 0;
  core = await startCore({ sandboxOrigin: sandbox.origin, now: () => Date.now() + now });
  ({ applicationId: estate } = await core.do('loadSample', {}));
  books = await connectionId(core, 'sandbox_books');
  await authorize(core, books, 'development', { email: EMAILS.dana });
  await core.do('protectVault', { passphrase: PASSPHRASE });
});

const lock = () => core.do('lockVault', {});
const unlock = () => core.do('unlockVault', { passphrase: PASSPHRASE });

describe('the vault, through the core', () => {
  it('S8 locked: definitions, review and publishing go on; what needs a secret says so', async () => {
    await lock();
    expect((await core.see('vault', {})).state).toBe('locked');
    await core.do('savePage', { applicationId: estate, name: 'Later' });
    const { releaseId } = await core.do('publishApplication', { applicationId: estate, version: '1.0.0' });
    expect(await core.fails('beginAuthorization', { connectionId: books, environment: 'development' })).toBe('vault.locked');
    expect(await core.fails('testConnection', { connectionId: books, environment: 'development' })).toBe('vault.locked');
    expect(await sell(core, estate, 'development')).toMatchObject({ isOk: false, fault: { code: 'vault.locked' }, request: null });
    expect(await core.fails('distributeRelease', { releaseId, channel: { kind: 'marketplace' }, isConfirmed: true })).toBe('vault.locked');
    const { authorizationId } = await slotOf(core, books, 'development');
    expect(await core.fails('revokeAuthorization', { authorizationId: authorizationId ?? 'aut_0' })).toBe('vault.locked');
    await unlock();
    expect(await core.do('testConnection', { connectionId: books, environment: 'development' })).toMatchObject({ isOk: true });
    await core.do('distributeRelease', { releaseId, channel: { kind: 'marketplace' }, isConfirmed: true });
  });

  it('S8 an answer that comes back while it is locked is parked, and stored by unlocking', async () => {
    const { url, flowId } = await core.do('beginAuthorization', { connectionId: books, environment: 'stage' });
    const callbackUrl = await authorizeAt(url ?? '', { email: EMAILS.dana });
    await lock();
    await core.do('completeAuthorization', { callbackUrl });
    expect((await core.see('flow', { flowId })).state).toBe('parked');
    expect((await slotOf(core, books, 'stage')).status.flow).toMatchObject({ state: 'parked' });
    expect(JSON.stringify(await core.dump())).not.toContain(new URL(callbackUrl).searchParams.get('code'));
    await unlock();
    expect((await core.see('flow', { flowId })).state).toBe('done');
    expect((await slotOf(core, books, 'stage')).account).toBe(EMAILS.dana);
  });

  it('S8 S59 a parked answer outlives the worker where the host can keep it, until it is used or took too long', async () => {
    const park = async () => {
      const { url, flowId } = await core.do('beginAuthorization', { connectionId: books, environment: 'stage' });
      const callbackUrl = await authorizeAt(url ?? '', { email: EMAILS.dana });
      await lock();
      await core.do('completeAuthorization', { callbackUrl });
      return { flowId };
    };
    const startAnew = async () => {
      const other = await startCore({ sandboxOrigin: sandbox.origin, db: core.ctx.db, parked: core.ctx.parked, now: core.ctx.now });
      await recoverFlows(other.ctx);
      return other;
    };
    const flow = await park();
    const other = await startAnew();
    expect((await other.see('flow', flow)).state).toBe('parked');
    await other.do('unlockVault', { passphrase: PASSPHRASE });
    expect((await other.see('flow', flow)).state).toBe('done');
    expect(await core.ctx.parked.list()).toEqual([]);
    await unlock();
    const late = await park();
    expect(await core.ctx.parked.list()).toHaveLength(1);
    now = 6 * 60_000;
    await tendFlows(core.ctx);
    expect(await core.see('flow', late)).toMatchObject({ state: 'failed', fault: { code: 'oauth.expired' } });
    expect(await core.ctx.parked.list()).toEqual([]);
    // Where it cannot, it says so at once.
    now = 0;
    await unlock();
    const lost = await park();
    await recoverFlows((await startCore({ db: core.ctx.db })).ctx);
    expect(await core.see('flow', lost)).toMatchObject({ state: 'failed', fault: { code: 'core.unavailable' } });
  });

  it('S8 a parked answer waits five minutes and no longer', async () => {
    const { url, flowId } = await core.do('beginAuthorization', { connectionId: books, environment: 'stage' });
    const callbackUrl = await authorizeAt(url ?? '', { email: EMAILS.dana });
    await lock();
    await core.do('completeAuthorization', { callbackUrl });
    now = 6 * 60_000;
    await unlock();
    expect(await core.see('flow', { flowId })).toMatchObject({ state: 'failed', fault: { code: 'oauth.expired' } });
    expect((await slotOf(core, books, 'stage')).account).toBeNull();
  });

  it('S8 locks by itself when nobody was there for as long as the setting says', async () => {
    const { lockWhenIdle } = await import('../../src/core/locking.ts');
    await core.do('setIdleLock', { minutes: 5 });
    now = 4 * 60_000;
    await lockWhenIdle(core.ctx);
    expect((await core.see('vault', {})).state).toBe('unlocked');
    await core.do('stayUnlocked', {});
    now = 8 * 60_000;
    await lockWhenIdle(core.ctx);
    const { state, locksAt } = await core.see('vault', {});
    expect(state).toBe('unlocked');
    expect(Math.round(((locksAt ?? 0) - Date.now()) / 60_000)).toBe(9);
    now = 10 * 60_000;
    await lockWhenIdle(core.ctx);
    expect((await core.see('vault', {})).state).toBe('locked');
    // The machine slept: whoever touches it first does not keep it open.
    await unlock();
    now = 8 * 60 * 60_000;
    await core.do('stayUnlocked', {});
    expect((await core.see('vault', {})).state).toBe('locked');
  });

  it('S7 refuses a short passphrase, and S10 tells a wrong one by nothing but its code', async () => {
    const before = await core.ctx.db.keys.toArray();
    expect(await core.fails('changePassphrase', { current: PASSPHRASE, passphrase: 'too short' })).toBe('vault.passphrase-weak');
    expect(await core.fails('changePassphrase', { current: 'wrong horse battery', passphrase: 'a long new passphrase' })).toBe(
      'vault.passphrase-wrong',
    );
    expect(await core.ctx.db.keys.toArray()).toEqual(before);
    expect(await core.fails('protectVault', { passphrase: PASSPHRASE })).toBe('vault.protected');
  });

  it('S10 lets each try wait longer after five wrong ones, whichever field they were typed into and whichever worker is asked', async () => {
    const wrong = 'wrong horse battery';
    await core.fails('unlockVault', { passphrase: wrong });
    await core.fails('changePassphrase', { current: wrong, passphrase: 'a long new passphrase' });
    await core.fails('rotateDataKey', { passphrase: wrong });
    const failures = async () => (await core.ctx.db.settings.get('vault-failures'))?.value;
    expect(await failures()).toMatchObject({ count: 3 });
    await core.ctx.db.settings.put({ key: 'vault-failures', value: { count: 5, at: core.ctx.now() } });
    const other = await startCore({ db: core.ctx.db, now: core.ctx.now });
    const before = performance.now();
    expect(await other.fails('unlockVault', { passphrase: wrong })).toBe('vault.passphrase-wrong');
    expect(performance.now() - before).toBeGreaterThan(1_000);
    expect(await failures()).toMatchObject({ count: 6 });
    // Time that went by since the last one counts, and the right passphrase ends it.
    now = 60_000;
    await core.do('rotateDataKey', { passphrase: PASSPHRASE });
    expect(await failures()).toBeUndefined();
  });

  it('S43 no passphrase is in the audit or anywhere else in the database', async () => {
    await core.do('changePassphrase', { current: PASSPHRASE, passphrase: 'a long new passphrase' });
    await core.fails('unlockVault', { passphrase: 'some wrong passphrase' });
    const text = JSON.stringify(await core.dump());
    for (const typed of [PASSPHRASE, 'a long new passphrase', 'some wrong passphrase']) expect(text).not.toContain(typed);
    const names = (await core.see('audit', { limit: 50 })).rows.map(({ name }) => name);
    expect(names).toContain('vault.protected');
    expect(names).toContain('vault.passphrase-changed');
  });

  it('S43 every request is noted by host, purpose and result, and by nothing that could hold a secret', async () => {
    await core.do('testConnection', { connectionId: books, environment: 'development' });
    const { requests, stored } = await core.see('where', {});
    const { host } = new URL(sandbox.origin);
    expect(requests[0]).toMatchObject({ host, purpose: 'service', result: 'status 200' });
    expect(requests.filter(({ purpose }) => purpose === 'sign-in')).toHaveLength(5);
    expect(Object.keys(requests[0] ?? {}).sort()).toEqual(['at', 'bytes', 'host', 'milliseconds', 'purpose', 'result']);
    const text = JSON.stringify(requests);
    expect(sandbox.issued().filter((secret) => text.includes(secret))).toEqual([]);
    expect(stored.find(({ what }) => what.startsWith('Tokens'))?.how).toBe('sealed; the passphrase opened it for now');
    sandbox.faults.everythingDown = true;
    await core.do('testConnection', { connectionId: books, environment: 'development' });
    sandbox.faults.everythingDown = false;
    expect((await core.see('where', {})).requests[0]?.result).not.toBe('status 200');
  });

  it('a forgotten passphrase: definitions stay, authorizations are lost, and everything works again', async () => {
    await publish(core, estate, '1.0.0');
    await lock();
    expect(await core.do('resetVault', { isConfirmed: true })).toEqual({ lost: 1 });
    expect((await core.see('vault', {})).state).toBe('device');
    expect((await slotOf(core, books, 'development')).account).toBeNull();
    await authorize(core, books, 'development', { email: EMAILS.dana });
    expect(await sell(core, estate, 'development')).toMatchObject({ isOk: true });
    await publish(core, estate, '1.1.0');
  });

  it('S53 a forgotten passphrase: where it cannot be stored whole, everything is as it was and the passphrase still opens it', async () => {
    await publish(core, estate, '1.0.0');
    await lock();
    const { settings: _, events: __, ...before } = await core.dump();
    const full = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    core.ctx.db.settings.hook('deleting', full);
    expect(await core.fails('resetVault', { isConfirmed: true })).toBe('store.full');
    core.ctx.db.settings.hook('deleting').unsubscribe(full);
    const { settings: ___, events: ____, ...after } = await core.dump();
    expect(after).toEqual(before);
    await unlock();
    expect(await core.do('testConnection', { connectionId: books, environment: 'development' })).toMatchObject({ isOk: true });
    await publish(core, estate, '1.1.0');
  });
});

describe('the offer to protect the vault', () => {
  const real = { ...connectorById('sandbox-books'), standsFor: null };

  it('comes with the first real account, once, and not where a passphrase protects already', async () => {
    const core = await startCore();
    expect(await offerFor(core.ctx, connectorById('sandbox-books'))).toEqual([]);
    const due = await offerFor(core.ctx, real);
    expect(due).toEqual([{ key: 'vault-offer', value: 'due' }]);
    await record(core.ctx, { put: { settings: due }, event: null });
    expect((await core.see('vault', {})).isProtectionOffered).toBe(true);
    await core.do('answerProtectionOffer', {});
    expect((await core.see('vault', {})).isProtectionOffered).toBe(false);
    expect(await offerFor(core.ctx, real)).toEqual([]);
    const other = await startCore();
    await other.do('protectVault', { passphrase: 'correct horse battery staple' });
    expect(await offerFor(other.ctx, real)).toEqual([]);
  });
});
