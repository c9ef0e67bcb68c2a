import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as oauth from 'oauth4webapi';
import { afterAll, describe, expect, it } from 'vitest';
import { send } from '../../src/core/send.ts';
import { serviceFor } from '../../src/core/services.ts';
import { DERIVED } from '../../src/db/tables.ts';
import type { Connection } from '../../src/domain/connection.ts';
import { argon2id } from '../../src/vault/argon2id.ts';
import { argon2idParams, deriveKey } from '../../src/vault/kdf.ts';
import { loadSample } from '../e2e/steps.ts';
import { popupUrl, startExtension, startPwa } from '../support/browser.ts';
import { startCore } from '../support/core.ts';
import { connectionId } from '../support/journey.ts';
import { authorizeAt, startTestSandbox, TEST_REDIRECT } from '../support/sandbox.ts';
import { openBench } from './bench-page.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const rows: string[][] = [];
const row = (what: string, product: string, floor: string, ratio: string): void => void rows.push([what, product, floor, ratio]);
const ratio = (product: number, floor: number): string => (product / floor).toFixed(2);
const ms = (value: number): string => `${value.toFixed(value < 10 ? 3 : 1)} ms`;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await act();
  return performance.now() - startedAt;
};

const ROUNDS = 9;

const row2 = (what: string, product: number, floor: number): void => row(what, ms(product), ms(floor), ratio(product, floor));

const print = (): void => {
  const table = [['what', 'product', 'floor', 'product ÷ floor'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((cells) => (cells[column] ?? '').length)));
  for (const cells of table) console.log(cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
};

afterAll(print);

describe('the main job against its floors', () => {
  it('in Chromium: install, wire', async () => {
    const bench = await openBench();
    const { call, port } = bench;
    const install = await call('benchInstall', 1_000);
    row(
      `verify + install, 1,000 connections (${(install.bytes / 1e6).toFixed(2)} MB)`,
      ms(install.product),
      ms(install.floor),
      ratio(install.product, install.floor),
    );
    const refused = await call('benchRefusal');
    row2('refusing a changed bundle of 50 kB against reading and scanning it (G11)', refused.product, refused.floor);
    const sandbox = await startTestSandbox({ accessTokenSeconds: 100, redirectUris: [`http://localhost:${port}/callback.html`] });
    const { url } = await call('beginRefresh', sandbox.origin);
    const refreshed = await call('benchRefresh', await authorizeAt(url, { email: 'dana@studio.example' }));
    await sandbox.close();
    row2('20 contexts with an expired token, the last of them (G12; one request each round)', refreshed.product, refreshed.floor);
    const wire = await call('benchWire');
    row('small core call over the wire (SharedWorker)', ms(wire.product), ms(wire.floor), ratio(wire.product, wire.floor));
    const small = await call('benchScale', 1);
    const large = await call('benchScale', 100);
    for (const [index, { what, milliseconds }] of large.entries()) {
      const floor = small[index]?.milliseconds ?? Number.NaN;
      row(`${what}: 10,000 connections against 100`, ms(milliseconds), ms(floor), ratio(milliseconds, floor));
    }
    await bench.close();
  });

  it('in Node: token acquisition against the requests it needs', async () => {
    const sandbox = await startTestSandbox();
    const core = await startCore({ sandboxOrigin: sandbox.origin });
    await core.do('loadSample', {});
    const books = await connectionId(core, 'sandbox_books');
    const product: number[] = [];
    const floor: number[] = [];
    const dana = { email: 'dana@studio.example' };
    for (let round = 0; round < 9; round += 1) {
      const { url } = await core.do('beginAuthorization', { connectionId: books, environment: 'development' });
      const callbackUrl = await authorizeAt(url ?? '', dana);
      const startedAt = performance.now();
      await core.do('completeAuthorization', { callbackUrl });
      product.push(performance.now() - startedAt);
      floor.push(await bareFlow(sandbox.origin, () => performance.now()));
    }
    row('code → token, account, stored (4 requests)', ms(median(product)), ms(median(floor)), ratio(median(product), median(floor)));
    await sandbox.close();
  });

  it('in Node: unlocking against the KDF, an authorized request against a bare one, refusing against reading', async () => {
    const sandbox = await startTestSandbox();
    const core = await startCore({ sandboxOrigin: sandbox.origin });
    await core.do('loadSample', {});
    const books = await connectionId(core, 'sandbox_books');
    const { url } = await core.do('beginAuthorization', { connectionId: books, environment: 'development' });
    await core.do('completeAuthorization', { callbackUrl: await authorizeAt(url ?? '', { email: 'dana@studio.example' }) });
    const row = await core.ctx.db.authorizations.where('connectionId').equals(books).first();
    const connection = await core.ctx.db.connections.get(books);
    if (row?.grant == null || connection === undefined) throw new Error('not authorized');
    const authorization = { ...row, grant: row.grant };
    const { vault } = core.ctx;

    const service = serviceFor(connection, row.variables);
    const request = { method: 'GET', url: `${service.apiBase}organization`, headers: {}, body: null } as const;
    const { accessToken } = (await vault.open('tokens', row.id)) as { accessToken: string };
    const sent: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < 5 * ROUNDS; round += 1) {
      sent.push(await timed(() => send(core.ctx, connection, service, authorization, request)));
      bare.push(
        await timed(async () => {
          await core.ctx.db.secrets.get(`tokens:${row.id}`);
          await vault.open('tokens', row.id);
          await (await fetch(request.url, { headers: { authorization: `Bearer ${accessToken}` } })).text();
        }),
      );
    }
    row2('authorized request against get + decrypt + bare fetch (G6)', median(sent), median(bare));

    const passphrase = 'correct horse battery staple';
    await vault.protect(passphrase);
    const unlocked: number[] = [];
    const derived: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await vault.lock();
      unlocked.push(
        await timed(async () => {
          await vault.unlock(passphrase);
          await vault.open('tokens', row.id);
        }),
      );
      derived.push(await timed(() => deriveKey(argon2idParams(), passphrase, argon2id)));
    }
    row2('unlock → first secret usable against the KDF (G5)', median(unlocked), median(derived));
    await sandbox.close();
  });

  it('in Node: a push through the integrations action against the request that it makes', async () => {
    const sandbox = await startTestSandbox();
    const core = await startCore({ sandboxOrigin: sandbox.origin });
    const { applicationId } = await core.do('loadSample', {});
    const books = await connectionId(core, 'sandbox_books');
    const { url } = await core.do('beginAuthorization', { connectionId: books, environment: 'development' });
    await core.do('completeAuthorization', { callbackUrl: await authorizeAt(url ?? '', { email: 'dana@studio.example' }) });
    const row = await core.ctx.db.authorizations.where('connectionId').equals(books).first();
    const { accessToken } = (await core.ctx.vault.open('tokens', row?.id ?? '')) as { accessToken: string };
    const invoice = { customer: 'R', reference: '1', item: 'Sale of a property', amount: 1, date: '2026-11-26' };
    const values = { address: '1', price: '1', status: 'sold', sold_on: '2026-11-26', buyer: 'R' };
    const pushed: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < 5 * ROUNDS; round += 1) {
      pushed.push(
        await timed(() =>
          core.do('saveRecord', { ownerId: applicationId, environment: 'development', form: 'properties', recordId: null, values }),
        ),
      );
      bare.push(
        await timed(async () => {
          const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
          await (await fetch(`${sandbox.origin}/books/api/invoices`, { method: 'POST', headers, body: JSON.stringify(invoice) })).text();
        }),
      );
    }
    expect(sandbox.books.invoices).toHaveLength(10 * ROUNDS);
    row2('entry stored, pushed through the outbox, told of ÷ bare request', median(pushed), median(bare));
    await sandbox.close();
  });

  it('in Chromium: popup open to interactive', async () => {
    const host = await startExtension();
    await loadSample(await host.open());
    const times: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const popup = await host.context.newPage();
      await popup.goto(popupUrl, { waitUntil: 'commit' });
      await popup.getByRole('heading', { name: 'Needs you' }).waitFor();
      times.push(await popup.evaluate(() => performance.getEntriesByType('paint').length && performance.now()));
      await popup.close();
    }
    row('popup open → interactive (worker running)', ms(median(times)), '–', '–');
    await host.close();
  });

  it('in Chromium: first paint of the list', async () => {
    const host = await startPwa();
    const page = await host.open();
    await loadSample(page);
    const paint = async (): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 7; round += 1) {
        await page.goto(`${host.url}?round=${round}#/connections`);
        await page
          .getByRole('link', { name: /^Books|^Sandbox Books/ })
          .first()
          .waitFor();
        times.push(await page.evaluate(() => performance.now()));
      }
      return median(times);
    };
    const [sample] = await page.evaluate(rawRows);
    if (sample === undefined) throw new Error('no connection');
    const derive = DERIVED.connections ?? (() => ({}));
    const rowsOf = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => {
        const made = { ...sample, id: `con_${from + n}` as const, linkName: `books_${from + n}`, displayName: `Books ${from + n}` };
        return { ...made, ...derive(made) };
      });
    await page.evaluate(putRaw, rowsOf(0, 98));
    const small = await paint();
    await page.evaluate(putRaw, rowsOf(98, 9_998));
    const large = await paint();
    row('first paint of the list: 10,000 connections against 100', ms(large), ms(small), ratio(large, small));
    await host.close();
  });

  it('sizes of what a page loads before anything is pressed', async () => {
    row('popup JS, gzip', `${await kilobytes('extension', 'popup.html')} kB`, '≤ 20 kB', '–');
    row('web app JS + CSS on first load, gzip', `${await kilobytes('pwa', 'index.html', true)} kB`, '≤ 60 kB', '–');
    const worker = (await import('node:fs/promises')).readdir(at('../../dist/pwa/assets'));
    const name = (await worker).find((file) => file.startsWith('worker-')) ?? '';
    row('worker, gzip', `${(gzipSync(await readFile(at(`../../dist/pwa/assets/${name}`))).length / 1000).toFixed(1)} kB`, '≤ 70 kB', '–');
  });
});

const rawRows = (): Promise<Connection[]> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('latchkey');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const all = request.result.transaction('connections').objectStore('connections').getAll();
      all.onsuccess = () => {
        request.result.close();
        resolve(all.result);
      };
    };
  });

const putRaw = (rows: readonly object[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('latchkey');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const transaction = request.result.transaction('connections', 'readwrite');
      for (const one of rows) transaction.objectStore('connections').put(one);
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });

/** The four requests that a code exchange cannot do without: metadata, token, keys, account. */
const bareFlow = async (origin: string, now: () => number): Promise<number> => {
  const http = { [oauth.allowInsecureRequests]: true };
  const as = await oauth.processDiscoveryResponse(new URL(origin), await oauth.discoveryRequest(new URL(origin), http));
  const verifier = oauth.generateRandomCodeVerifier();
  const url = new URL(as.authorization_endpoint ?? '');
  const params = {
    client_id: 'latchkey',
    response_type: 'code',
    redirect_uri: TEST_REDIRECT,
    scope: 'openid email offline_access books.organization.read',
    state: 's',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    prompt: 'login consent',
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  const code = new URL(await authorizeAt(url.href, { email: 'dana@studio.example' })).searchParams.get('code') ?? '';
  const startedAt = now();
  await (await fetch(`${origin}/.well-known/openid-configuration`)).json();
  const body = new URLSearchParams({
    client_id: 'latchkey',
    grant_type: 'authorization_code',
    code,
    redirect_uri: TEST_REDIRECT,
    code_verifier: verifier,
  });
  const tokens = (await (await fetch(as.token_endpoint ?? '', { method: 'POST', body })).json()) as { access_token: string };
  await (await fetch(as.jwks_uri ?? '')).json();
  await (await fetch(as.userinfo_endpoint ?? '', { headers: { authorization: `Bearer ${tokens.access_token}` } })).json();
  return now() - startedAt;
};

/** Everything that the page's HTML and its static imports bring, each file once. */
const kilobytes = async (target: string, html: string, withStyles = false): Promise<string> => {
  const folder = at(`../../dist/${target}`);
  const text = await readFile(join(folder, html), 'utf8');
  const open = [...text.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+)"/g)].map(([, path = '']) => path);
  const seen = new Set<string>();
  let bytes = 0;
  while (open.length > 0) {
    const path = open.pop() ?? '';
    if (seen.has(path) || !(path.endsWith('.js') || (withStyles && path.endsWith('.css')))) continue;
    seen.add(path);
    const file = await readFile(join(folder, path));
    bytes += gzipSync(file).length;
    if (!path.endsWith('.js')) continue;
    for (const [, from = ''] of file.toString().matchAll(/(?:from|import)\s*"(\.[^"]+)"/g)) open.push(join(dirname(path), from));
  }
  return (bytes / 1000).toFixed(1);
};
