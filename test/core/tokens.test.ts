import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionId } from '../../src/domain/ids.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { createLocks, freshName, startCore, type TestCore } from '../support/core.ts';
import { authorize, connectionId } from '../support/journey.ts';
import { startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ accessTokenSeconds: 100 });
});
afterAll(() => sandbox.close());

const start = async (): Promise<{
  core: TestCore;
  books: ConnectionId;
  /** How often the server's metadata was asked for. */
  metadata: { readonly reads: number };
  later: (ms: number) => void;
  name: string;
  locks: ReturnType<typeof createLocks>;
}> => {
  const name = freshName();
  const locks = createLocks();
  let ahead = 0;
  const metadata = { reads: 0 };
  const core = await startCore({
    sandboxOrigin: sandbox.origin,
    name,
    now: () => Date.now() + ahead,
    fetch: (url, init) => {
      if (url.includes('/.well-known/')) metadata.reads += 1;
      return fetch(url, init);
    },
    ...locks,
  });
  await core.do('loadSample', {});
  const books = await connectionId(core, 'sandbox_books');
  await authorize(core, books, 'development', { email: 'dana@studio.example' });
  return { core, books, metadata, name, locks, later: (ms) => (ahead += ms) };
};

const test = (core: TestCore, books: ConnectionId) => core.do('testConnection', { connectionId: books, environment: 'development' });

describe('access tokens', () => {
  it('R65 are renewed before they end, without anyone’s help', async () => {
    const { core, books, later } = await start();
    const asked = sandbox.tokenRequests();
    expect((await test(core, books)).isOk).toBe(true);
    expect(sandbox.tokenRequests()).toBe(asked);
    later(95_000);
    expect((await test(core, books)).isOk).toBe(true);
    expect(sandbox.tokenRequests()).toBe(asked + 1);
    const [slot] = (await core.see('connection', { connectionId: books })).slots;
    expect(slot?.renewedAt).not.toBeNull();
    expect(slot?.status).toMatchObject({ isConnected: true, reason: null });
  });

  it('S31 S58 are renewed once when twenty ask at the same time, over two workers', async () => {
    const { core, books, later, name, locks } = await start();
    later(95_000);
    const other = await startCore({ sandboxOrigin: sandbox.origin, name, now: core.ctx.now, ...locks });
    const asked = sandbox.tokenRequests();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => test(index % 2 === 0 ? core : other, books).catch(() => null)),
    );
    expect(sandbox.tokenRequests()).toBe(asked + 1);
    expect(results.some((result) => result?.isOk)).toBe(true);
  });

  it('S33 are renewed when the clock was set back, and after a 401', async () => {
    const { core, books, later } = await start();
    later(-10 * 60_000);
    const asked = sandbox.tokenRequests();
    expect((await test(core, books)).isOk).toBe(true);
    expect(sandbox.tokenRequests()).toBe(asked + 1);
  });

  it('end for good when the service refuses to renew, once and without a loop', async () => {
    const { core, books, later } = await start();
    sandbox.revokeAll('dana@studio.example');
    later(95_000);
    const result = await test(core, books);
    expect(result).toMatchObject({ isOk: false, fault: { code: 'oauth.grant-ended' } });
    const [slot] = (await core.see('connection', { connectionId: books })).slots;
    expect(slot?.status).toMatchObject({ isConnected: false, reason: { code: 'oauth.grant-ended' } });
    const asked = sandbox.tokenRequests();
    expect(await core.fails('testConnection', { connectionId: books, environment: 'development' })).toBe('run.not-connected');
    expect(sandbox.tokenRequests()).toBe(asked);
  });

  it('stay usable when the renewal fails for a passing reason', async () => {
    const { core, books, later } = await start();
    later(95_000);
    sandbox.faults.tokenDown = true;
    expect(await test(core, books)).toMatchObject({ isOk: false, fault: { code: 'oauth.sandbox-down' } });
    sandbox.faults.tokenDown = false;
    expect((await test(core, books)).isOk).toBe(true);
  });

  it('S18 are renewed where the server’s metadata says: read when somebody signs in, after half a day, and after a refusal', async () => {
    const { core, books, metadata, later } = await start();
    const renewing = async (ms: number): Promise<number> => {
      const before = metadata.reads;
      later(ms);
      await test(core, books);
      return metadata.reads - before;
    };
    expect(metadata.reads).toBeGreaterThan(0);
    expect(await renewing(95_000)).toBe(0);
    expect(await renewing(95_000)).toBe(0);
    expect(await renewing(12 * 60 * 60_000)).toBe(1);
    // A clock that was set back.
    expect(await renewing(-60 * 60_000)).toBe(1);
    sandbox.faults.tokenDown = true;
    expect(await renewing(95_000)).toBe(0);
    sandbox.faults.tokenDown = false;
    expect(await renewing(0)).toBe(1);
    const before = metadata.reads;
    await authorize(core, books, 'development', { email: 'dana@studio.example' });
    expect(metadata.reads - before).toBeGreaterThan(0);
  });

  it('S4 do not open in another row’s place', async () => {
    const { core, books } = await start();
    const sheet = await connectionId(core, 'sandbox_sheet');
    await authorize(core, sheet, 'development', { email: 'lee@studio.example' });
    const [first, second] = await core.ctx.db.authorizations.toArray();
    const stolen = await core.ctx.db.secrets.get(`tokens:${first?.id}`);
    if (stolen === undefined || second === undefined) throw new Error('no rows');
    await core.ctx.db.secrets.put({ ...stolen, id: `tokens:${second.id}` });
    const victim = second.connectionId === books ? books : sheet;
    expect(await core.do('testConnection', { connectionId: victim, environment: 'development' })).toMatchObject({
      isOk: false,
      fault: { code: 'vault.tampered' },
    });
  });

  it('S3 lie nowhere in plain in the database', async () => {
    const { core } = await start();
    const dump = JSON.stringify(await core.dump(), (_, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    );
    for (const secret of sandbox.issued()) expect(dump.includes(secret)).toBe(false);
  });
});
