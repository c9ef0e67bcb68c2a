import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../../manifest.json' with { type: 'json' };
import packageJson from '../../package.json' with { type: 'json' };
import { headersFor } from '../../src/cli/serve-app.ts';
import { connectorById } from '../../src/connectors/catalogue.ts';
import { record } from '../../src/core/record.ts';
import { send } from '../../src/core/send.ts';
import { serviceFor } from '../../src/core/services.ts';
import { openDb } from '../../src/db/open.ts';
import type { BundleRow } from '../../src/db/tables.ts';
import { Fault } from '../../src/domain/faults.ts';
import type { ConnectionId } from '../../src/domain/ids.ts';
import { isAllowed, requestFor, urlBelow } from '../../src/domain/request.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { freshName, startCore, type TestCore } from '../support/core.ts';
import { authorize, EMAILS, publish, startEstate } from '../support/estate.ts';
import { startTestSandbox } from '../support/sandbox.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let sandbox: Sandbox;
let core: TestCore;
let books: ConnectionId;
let sheet: ConnectionId;

beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  ({ core, books, sheet } = await startEstate(sandbox.origin));
});

const codeOf = async (act: () => Promise<unknown>): Promise<string> => {
  try {
    await act();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
};

const requestParts = async () => {
  await authorize(core, books, 'development', { email: EMAILS.dana });
  const connection = await core.ctx.db.connections.get(books);
  const authorization = await core.ctx.db.authorizations.where('connectionId').equals(books).first();
  if (connection === undefined || authorization?.grant == null) throw new Error('not authorized');
  const service = serviceFor(connection, authorization.variables);
  return { connection, service, authorization: { ...authorization, grant: authorization.grant } };
};

describe('requests', () => {
  it.each(['Authorization', 'authorization', 'Cookie', 'Host', 'Origin', 'Proxy-Authorization', 'Sec-Fetch-Site'])(
    'S24 cannot set %s',
    async (name) => {
      const { connection, service, authorization } = await requestParts();
      const request = { method: 'GET', url: `${service.apiBase}organization`, headers: { [name]: 'x' }, body: null } as const;
      expect(await codeOf(() => send(core.ctx, connection, service, authorization, request))).toBe('run.destination-refused');
    },
  );

  it('S23 go nowhere but below the connector’s own address, whatever a path or value says', () => {
    const base = 'https://api.example/books/api/';
    const piece = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '/',
        '//',
        '\\',
        '%2f',
        '%2e%2e',
        '%5c',
        '@',
        ':',
        '?',
        '#',
        '//evil.example',
        'https://evil.example',
        '\t',
        '\n',
        '%00',
        'a',
        'invoices',
      ),
      fc.string({ maxLength: 6 }),
    );
    let allowed = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        let url: string;
        try {
          url = urlBelow(base, pieces.join(''));
        } catch (error) {
          return error instanceof Fault;
        }
        allowed += 1;
        const made = new URL(url);
        return (
          made.origin === 'https://api.example' && made.pathname.startsWith('/books/api/') && made.username === '' && isAllowed(base, url)
        );
      }),
      { numRuns: 50_000 },
    );
    expect(allowed).toBeGreaterThan(100);
    const operation = connectorById('sandbox-sheet').operations[0];
    if (operation === undefined) throw new Error('no operation');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        try {
          const { url } = requestFor(operation, base, { sheet: pieces.join('') }, null);
          return isAllowed(base, url) && new URL(url).origin === 'https://api.example';
        } catch (error) {
          return error instanceof Fault;
        }
      }),
      { numRuns: 50_000 },
    );
  });
});

describe('the store', () => {
  it('S54 a database that a newer program wrote is not touched', async () => {
    const name = freshName();
    const db = await openDb(name);
    await db.settings.put({ key: 'sandbox-origin', value: 'http://localhost:1' });
    db.close();
    await new Promise<void>((resolve, reject) => {
      const request = indexedDB.open(name, 9_990);
      request.onsuccess = () => {
        request.result.close();
        resolve();
      };
      request.onerror = () => reject(request.error);
    });
    expect(await codeOf(() => openDb(name))).toBe('store.newer');
    const kept = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const row = request.result.transaction('settings').objectStore('settings').get('sandbox-origin');
        row.onsuccess = () => {
          request.result.close();
          resolve(row.result.value);
        };
      };
    });
    expect(kept).toBe('http://localhost:1');
  });

  it('S55 a damaged secret stops its own connection, and no other', async () => {
    await authorize(core, books, 'development', { email: EMAILS.dana });
    await authorize(core, sheet, 'development', { email: EMAILS.dana });
    const authorization = await core.ctx.db.authorizations.where('connectionId').equals(books).first();
    const row = await core.ctx.db.secrets.get(`tokens:${authorization?.id}`);
    if (row === undefined) throw new Error('no secret');
    await core.ctx.db.secrets.put({ ...row, data: row.data.map((byte) => byte ^ 1) });
    expect(await core.do('testConnection', { connectionId: books, environment: 'development' })).toMatchObject({
      isOk: false,
      fault: { code: 'vault.tampered' },
    });
    expect(await core.do('testConnection', { connectionId: sheet, environment: 'development' })).toMatchObject({ isOk: true });
  });

  it('S56 a full store says so and loses nothing', async () => {
    const before = await core.dump();
    const full = await startCore({ db: core.ctx.db, sandboxOrigin: sandbox.origin });
    const { transaction } = core.ctx.db;
    const error = Object.assign(new Error('quota'), { name: 'QuotaExceededError' });
    // The browser's own error, at the moment at which it comes: when the transaction would be completed.
    core.ctx.db.transaction = (() => Promise.reject(error)) as unknown as typeof transaction;
    expect(await full.fails('createApplication', { name: 'Another' })).toBe('store.full');
    core.ctx.db.transaction = transaction;
    expect(await core.dump()).toEqual(before);
  });

  it('S56 more than five megabytes are not begun where the browser has no room for them', async () => {
    const before = await core.dump();
    const bytes = new Uint8Array(6 * 1024 * 1024);
    const store = (free: number | null, row: BundleRow) =>
      codeOf(() => record({ ...core.ctx, freeBytes: async () => free }, { put: { bundles: [row] }, event: null }));
    expect(await store(10 * 1024 * 1024, { hash: 'big', bytes })).toBe('store.full');
    expect(await core.dump()).toEqual(before);
    expect(await store(10, { hash: 'small', bytes: bytes.slice(0, 1024) })).toBe('nothing thrown');
    expect(await store(null, { hash: 'big', bytes })).toBe('nothing thrown');
  });

  it('S53 a change whose last row cannot be stored stores none', async () => {
    const before = await core.dump();
    const application = await core.ctx.db.applications.toCollection().first();
    if (application === undefined) throw new Error('no application');
    const event = { name: 'application.changed', workspaceId: application.workspaceId, actor: null, subject: application.id } as const;
    const page = { ...application, pages: [] };
    expect(
      await codeOf(() =>
        record(core.ctx, {
          put: { settings: [{ key: 'sandbox-origin', value: 'http://localhost:2' }], applications: [{ ...page, revision: 99 }] },
          event,
        }),
      ),
    ).toBe('store.conflict');
    expect(await core.dump()).toEqual(before);
  });

  it('S46 the same application by another author is stopped, by name and by id', async () => {
    const estate = (await core.see('applications', {}))[0]?.id ?? 'app_0';
    const { text } = await publish(core, estate, '1.0.0');
    await core.do('createWorkspace', { side: 'client', name: 'Agency', memberName: 'Olga' });
    const { hash, author } = await core.do('previewBundle', { text });
    expect(author.standing).toBe('first-seen');
    expect(author.fingerprint).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
    await core.do('installBundle', { text, hash });
    expect((await core.do('previewBundle', { text })).author.standing).toBe('known');
    await core.do('createWorkspace', { side: 'developer', name: 'Northwind Studio', memberName: 'Mallory' });
    const { applicationId } = await core.do('createApplication', { name: 'Estate' });
    await core.do('savePage', { applicationId, name: 'Start' });
    await core.do('saveComponent', {
      applicationId,
      componentId: null,
      kind: 'page-panel',
      name: 'Panel',
      config: { page: 'start', title: 'Panel', connection: '', service: 'sandbox-sheet', operation: 'count-rows', values: {} },
    });
    const forged = await publish(core, applicationId, '9.0.0');
    const olga = (await core.see('frame', {})).workspaces.flatMap(({ members }) => members).find(({ name }) => name === 'Olga');
    await core.do('actAs', { memberId: olga?.id ?? 'mem_0' });
    const preview = await core.do('previewBundle', { text: forged.text });
    expect(preview.problems).toMatchObject([{ code: 'install.other-author', isBlocking: true }]);
    expect(await core.fails('installBundle', { text: forged.text, hash: preview.hash })).toBe('install.other-author');
  });
});

describe('what is built and served', () => {
  it('S41 every file comes with the headers that isolate it', () => {
    for (const path of ['/index.html', '/callback.html', '/sw.js', '/assets/index-a.js', '/assets/worker-a.js'])
      expect(headersFor(path)).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
    expect(headersFor('/callback.html')['cache-control']).toBe('no-store');
    expect(headersFor('/index.html')['content-security-policy']).not.toContain('https:');
  });

  it('S42 the extension asks for six permissions, for a host only when a service needs it, and the README gives each its reason', () => {
    expect(manifest.permissions).toEqual(['alarms', 'identity', 'idle', 'offscreen', 'storage', 'unlimitedStorage']);
    expect(Object.keys(manifest).filter((key) => /host_permissions|content_scripts|web_accessible/.test(key))).toEqual([
      'optional_host_permissions',
    ]);
    expect(manifest.externally_connectable).toEqual({ ids: [] });
    const readme = readFileSync(root('README.md'), 'utf8');
    for (const permission of manifest.permissions) expect(readme).toContain(`\`${permission}\``);
  });

  const filesBelow = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
    );

  it('S61 dependencies are pinned, each has a line in the README, and nothing of ours evaluates text', () => {
    const readme = readFileSync(root('README.md'), 'utf8');
    for (const [name, version] of Object.entries({ ...packageJson.dependencies, ...packageJson.devDependencies }))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    for (const name of Object.keys(packageJson.dependencies)) expect(readme, name).toContain(name);
    const sources = filesBelow(root('src')).filter((path) => /\.tsx?$/.test(path));
    for (const path of sources)
      expect(readFileSync(path, 'utf8'), path).not.toMatch(/\beval\(|new Function\(|innerHTML|dangerouslySetInnerHTML|document\.write/);
  });
});
