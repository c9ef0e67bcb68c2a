import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { drainOutbox, recoverOutbox } from '../../src/core/outbox.ts';

import { afterFailure, type Failure, OUTBOX, retryAfterOf, waitFor } from '../../src/domain/outbox.ts';
import { type Condition, isStartedBy, type Trigger } from '../../src/domain/trigger.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { freshName, startCore } from '../support/core.ts';
import { authorize, EMAILS, installEstate, SOLD, sell, startEstate } from '../support/estate.ts';
import { actAs } from '../support/journey.ts';
import { startTestSandbox } from '../support/sandbox.ts';

describe('what becomes of a try that failed', () => {
  const failure = (part: Partial<Failure>): Failure => ({
    fault: { code: 'run.unreachable', detail: null },
    isSent: true,
    status: null,
    retryAfter: null,
    ...part,
  });
  it.each([
    ['a service that tells a repetition apart is tried again after a cut', failure({}), true, 'defer'],
    ['any other is of unknown outcome after a cut', failure({}), false, 'lose'],
    ['nothing left yet: tried again', failure({ isSent: false }), false, 'defer'],
    ['offline: tried again', failure({ isSent: false, fault: { code: 'oauth.offline', detail: null } }), false, 'defer'],
    ['refused with 4xx: held', failure({ status: 422, fault: { code: 'run.refused', detail: null } }), true, 'hold'],
    ['asked to wait: tried again', failure({ status: 429, fault: { code: 'run.busy', detail: null } }), false, 'defer'],
    [
      'not there for now, and says until when: tried again',
      failure({ status: 503, retryAfter: 1_000, fault: { code: 'run.refused', detail: null } }),
      false,
      'defer',
    ],
    ['broken at the service: unknown', failure({ status: 500, fault: { code: 'run.refused', detail: null } }), false, 'lose'],
    [
      'broken at the service, repetition known: tried again',
      failure({ status: 500, fault: { code: 'run.refused', detail: null } }),
      true,
      'defer',
    ],
    ['not connected: held', failure({ isSent: false, fault: { code: 'run.not-connected', detail: null } }), true, 'hold'],
    ['locked: held', failure({ isSent: false, fault: { code: 'vault.locked', detail: null } }), true, 'hold'],
  ] as const)('%s', (_, given, isRepeatable, action) => {
    expect(afterFailure({ tries: 1 }, given, isRepeatable, 0.5).action).toBe(action);
  });

  it('S32 waits longer each time, never longer than an hour, and gives up after eight tries', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
        const wait = waitFor(tries, null, random);
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(3_600_000);
      }),
    );
    expect(waitFor(2, null, 0)).toBeGreaterThanOrEqual(waitFor(1, null, 0) * 2);
    expect(waitFor(1, 86_400_000, 0)).toBe(3_600_000);
    expect(afterFailure({ tries: 8 }, failure({ isSent: false }), true, 0).action).toBe('hold');
    expect(afterFailure({ tries: 80 }, failure({ isSent: false, fault: { code: 'oauth.offline', detail: null } }), true, 0).action).toBe(
      'defer',
    );
  });

  it('S32 reads Retry-After in both forms and nothing else', () => {
    const now = Date.parse('2026-11-26T12:00:00Z');
    expect(retryAfterOf('120', now)).toBe(120_000);
    expect(retryAfterOf('Thu, 26 Nov 2026 12:00:30 GMT', now)).toBe(30_000);
    expect(retryAfterOf('Thu, 26 Nov 2026 11:00:00 GMT', now)).toBe(0);
    for (const odd of [null, '', 'soon', '-5', '1e99', '99999999999999']) expect(retryAfterOf(odd, now)).toBeNull();
  });

  it('has no way out of unknown but a person', () => {
    expect(Object.keys(OUTBOX.unknown).sort()).toEqual(['dismiss', 'retry']);
    expect(OUTBOX.gone).toEqual({});
  });
});

describe('what starts by itself', () => {
  const entry = (values: Record<string, string>) =>
    ({ id: 'rec_1', ownerId: 'app_1', environment: 'development', form: 'f', values, createdAt: 0, updatedAt: 0, revision: 1 }) as const;
  const starts = (
    trigger: Trigger,
    before: Record<string, string> | null,
    after: Record<string, string> | null,
    conditions: Condition[] = [],
  ) => {
    const change =
      after === null
        ? { before: entry(before ?? {}), after: null }
        : { before: before === null ? null : entry(before), after: entry(after) };
    return isStartedBy({ form: 'f', trigger, conditions }, change);
  };
  it.each([
    [{ event: 'create' }, null, { a: '1' }, true],
    [{ event: 'create' }, { a: '1' }, { a: '2' }, false],
    [{ event: 'edit' }, { a: '1' }, { a: '2' }, true],
    [{ event: 'edit' }, null, { a: '2' }, false],
    [{ event: 'edit' }, { a: '1' }, null, false],
    [{ event: 'delete' }, { a: '1' }, null, true],
    [{ event: 'delete' }, null, { a: '1' }, false],
    [{ event: 'becomes', field: 'a', value: '2' }, { a: '1' }, { a: '2' }, true],
    [{ event: 'becomes', field: 'a', value: '2' }, null, { a: '2' }, true],
    [{ event: 'becomes', field: 'a', value: '2' }, { a: '2' }, { a: '2' }, false],
    [{ event: 'becomes', field: 'a', value: '2' }, { a: '2' }, null, false],
  ] as const)('%j from %j to %j: %s', (trigger, before, after, expected) => {
    expect(starts(trigger, before, after)).toBe(expected);
    expect(isStartedBy({ form: 'other', trigger, conditions: [] }, { before: null, after: entry({ a: '2' }) })).toBe(false);
  });

  it.each([
    ['equals', '2', '2', true],
    ['equals', '2', '3', false],
    ['not-equals', '2', '3', true],
    ['contains', 'Harbour Road', 'road', true],
    ['above', '10', '9', true],
    ['above', '2026-11-26', '2026-11-25', true],
    ['above', '', '0', false],
    ['below', '9', '10', true],
    ['below', '', '10', false],
    ['empty', '', '', true],
    ['empty', 'x', '', false],
    ['filled', 'x', '', true],
  ] as const)('only if the value %s: “%s” and “%s” gives %s', (is, value, than, expected) => {
    expect(starts({ event: 'create' }, null, { a: value }, [{ field: 'a', is, value: than }])).toBe(expected);
  });
});

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
  sandbox.books.invoices.length = 0;
  sandbox.faults.apiDown = false;
});

const invoices = () => sandbox.books.invoices;

describe('pushes of the integrations action', () => {
  it('waits visibly while the service is down and goes out by itself, once', async () => {
    let now = Date.now();
    const core = await startCore({ sandboxOrigin: sandbox.origin, now: () => now });
    const { applicationId } = await core.do('loadSample', {});
    const books = (await core.see('connections', {})).rows.find(({ linkName }) => linkName === 'sandbox_books');
    if (books === undefined) throw new Error('no connection');
    await authorize(core, books.id, 'development', { email: EMAILS.dana });
    sandbox.faults.apiDown = true;
    const run = await sell(core, applicationId, 'development');
    expect(run).toMatchObject({ isOk: false, outbox: { state: 'waiting', tries: 1 } });
    expect((await core.see('outbox', {})).entries).toMatchObject([
      { state: 'waiting', componentName: 'Push invoice to Books', startedBy: 'Dana' },
    ]);
    sandbox.faults.apiDown = false;
    expect(await drainOutbox(core.ctx)).toBeGreaterThan(now);
    expect(invoices()).toHaveLength(0);
    now += 3_600_000;
    expect(await drainOutbox(core.ctx)).toBeNull();
    expect(invoices()).toHaveLength(1);
    expect((await core.see('outbox', {})).entries).toEqual([]);
    const { records } = await core.see('records', { ownerId: applicationId, environment: 'development', form: 'properties' });
    expect(records[0]?.runs).toMatchObject([{ isOk: true, result: { value: 'INV-0001' }, outbox: null }]);
  });

  it('R101 R114 what lacks an authorization is held until somebody tries it again: giving one sends nothing by itself', async () => {
    const { core, estate, books } = await startEstate(sandbox.origin);
    const early = await sell(core, estate, 'development');
    expect(early).toMatchObject({ isOk: false, fault: { code: 'run.not-connected' }, outbox: { state: 'held' } });
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await drainOutbox(core.ctx);
    const [entry] = (await core.see('outbox', {})).entries;
    expect([entry?.state, invoices().length]).toEqual(['held', 0]);
    await core.do('retryOutbox', { outboxId: entry?.id ?? 'out_0' });
    expect(invoices()).toHaveLength(1);
    expect((await core.see('outbox', {})).entries).toEqual([]);
  });

  it('goes on with what an unlocked vault allows again', async () => {
    const { core, estate, books } = await startEstate(sandbox.origin);
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await core.do('protectVault', { passphrase: 'a long enough passphrase' });
    await core.do('lockVault', {});
    expect(await sell(core, estate, 'development')).toMatchObject({ fault: { code: 'vault.locked' }, outbox: { state: 'held' } });
    await core.do('unlockVault', { passphrase: 'a long enough passphrase' });
    await drainOutbox(core.ctx);
    expect(invoices()).toHaveLength(1);
  });

  it('stores an entry and what it starts together, or neither', async () => {
    const { core, estate } = await startEstate(sandbox.origin);
    const before = await core.dump();
    const full = core.ctx.db.outbox.hook('creating', () => {
      throw new Error('no space');
    });
    await core.fails('saveRecord', { ownerId: estate, environment: 'development', form: 'properties', recordId: null, values: SOLD });
    expect(full).toBeDefined();
    const after = await core.dump();
    expect(after['records']).toEqual(before['records']);
    expect(after['outbox']).toEqual(before['outbox']);
  });

  it('a worker that died while sending is followed by one that sends again where the service knows the key: one invoice', async () => {
    const name = freshName();
    const core = await startCore({ name, sandboxOrigin: sandbox.origin });
    const { applicationId } = await core.do('loadSample', {});
    const books = (await core.see('connections', {})).rows.find(({ linkName }) => linkName === 'sandbox_books');
    if (books === undefined) throw new Error('no connection');
    await authorize(core, books.id, 'development', { email: EMAILS.dana });
    // The request reaches the service, and nothing after it happens in this worker any more.
    let isDead = false;
    const dying = await startCore({
      name,
      sandboxOrigin: sandbox.origin,
      fetch: async (url, init) => {
        const answer = await fetch(url, init);
        if (!url.includes('/books/api/invoices')) return answer;
        isDead = true;
        return new Promise<Response>(() => undefined);
      },
    });
    void sell(dying, applicationId, 'development').catch(() => undefined);
    await expect.poll(() => isDead, { timeout: 5_000 }).toBe(true);
    const next = await startCore({ name, sandboxOrigin: sandbox.origin });
    await recoverOutbox(next.ctx);
    await drainOutbox(next.ctx);
    expect(invoices()).toHaveLength(1);
    expect((await next.see('outbox', {})).entries).toEqual([]);
    const { records } = await next.see('records', { ownerId: applicationId, environment: 'development', form: 'properties' });
    expect(records[0]?.runs).toMatchObject([{ isOk: true, result: { value: 'INV-0001' } }]);
  });

  it('two workers that drain at once send each entry once', async () => {
    const { core, estate, books } = await startEstate(sandbox.origin);
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await core.do('protectVault', { passphrase: 'a long enough passphrase' });
    await core.do('lockVault', {});
    for (let n = 0; n < 10; n += 1) await sell(core, estate, 'development');
    await core.do('unlockVault', { passphrase: 'a long enough passphrase' });
    await Promise.all([drainOutbox(core.ctx), drainOutbox(core.ctx), drainOutbox({ ...core.ctx })]);
    expect(invoices()).toHaveLength(10);
  });

  it('R2 each person decides on what is theirs, managers on everybody’s; a deletion may start a push too', async () => {
    const { core, estate } = await startEstate(sandbox.origin);
    const { installation, text } = await installEstate(core, estate);
    expect(text).not.toBe('');
    await actAs(core, 'Uma');
    await sell(core, installation, 'production');
    await actAs(core, 'Ben');
    expect((await core.see('outbox', {})).entries).toEqual([]);
    const [entry] = await core.ctx.db.outbox.toArray();
    if (entry === undefined) throw new Error('nothing waits');
    expect(await core.fails('dismissOutbox', { outboxId: entry.id })).toBe('access.refused');
    await actAs(core, 'Adam');
    expect((await core.see('outbox', {})).entries).toMatchObject([{ startedBy: 'Uma', isOwn: false }]);
    await core.do('dismissOutbox', { outboxId: entry.id });
    expect(await core.ctx.db.outbox.toArray()).toEqual([]);
  });

  it('pages entries, newest first, and deletes one', async () => {
    const { core, estate } = await startEstate(sandbox.origin);
    const values = { ...SOLD, status: 'for sale' };
    const where = { ownerId: estate, environment: 'development', form: 'properties' } as const;
    for (let n = 0; n < 60; n += 1) await core.do('saveRecord', { ...where, recordId: null, values: { ...values, address: `${n} Road` } });
    const first = await core.see('records', where);
    expect([first.records.length, first.pages, first.total]).toEqual([50, 2, 60]);
    const second = await core.see('records', { ...where, page: 1 });
    expect(second.records).toHaveLength(10);
    const [last] = second.records;
    if (last === undefined) throw new Error('no entry');
    await core.do('deleteRecord', { ownerId: estate, environment: 'development', recordId: last.id });
    expect((await core.see('records', where)).total).toBe(59);
    expect(await core.fails('deleteRecord', { ownerId: estate, environment: 'stage', recordId: last.id })).toBe('environment.no-stage');
  });
});
