/** Twenty contexts with one ended access token, in Chromium with its own locks and storage. */
import * as v from 'valibot';
import { type AnyCommand, execute } from '../../src/core/command.ts';
import { beginAuthorization, completeAuthorization } from '../../src/core/commands/authorize.ts';
import { loadSample } from '../../src/core/commands/sample.ts';
import type { Context } from '../../src/core/context.ts';
import { record } from '../../src/core/record.ts';
import { openTokens, sealTokens } from '../../src/core/sealed-tokens.ts';
import { netFor, serverFor, serviceFor } from '../../src/core/services.ts';
import { accessToken } from '../../src/core/tokens.ts';
import type { TokenSet } from '../../src/domain/secret.ts';
import { refresh } from '../../src/oauth/refresh.ts';
import { median, openContext, ROUNDS, timed } from './context.ts';

const CONTEXTS = 20;
let contexts: readonly Context[] = [];
let clock = Date.now();
let tokenRequests = 0;

const first = (): Context => {
  const [context] = contexts;
  if (context === undefined) throw new Error('not begun');
  return context;
};

const run = async (name: string, command: AnyCommand, input: unknown): Promise<unknown> => {
  const outcome = await execute(first(), name, command as never, input);
  if (!outcome.ok) throw new Error(`${name}: ${outcome.fault.code}`);
  return outcome.value;
};

const booksRow = async () => {
  const connection = await first()
    .db.connections.filter(({ linkName }) => linkName === 'sandbox_books')
    .first();
  if (connection === undefined) throw new Error('no sample');
  const row = await first().db.authorizations.where('connectionId').equals(connection.id).first();
  return { connection, row };
};

/** The sample with its sandbox; gives the address at which somebody signs in. */
export const beginRefresh = async (sandboxOrigin: string): Promise<{ url: string }> => {
  const options: Partial<Context> = {
    sandboxOrigin,
    redirectUri: `${location.origin}/callback.html`,
    now: () => clock,
    fetch: (url, init) => {
      if (url.endsWith('/token')) tokenRequests += 1;
      return fetch(url, init);
    },
  };
  contexts = await Promise.all(Array.from({ length: CONTEXTS }, () => openContext('refresh', options)));
  await run('loadSample', loadSample, {});
  const { connection } = await booksRow();
  const begun = await run('beginAuthorization', beginAuthorization, { connectionId: connection.id, environment: 'development' });
  return v.parse(v.object({ url: v.string() }), begun);
};

/** Rounds in which all of them want the ended token, against one refresh request by hand and for each context its lock and its row. */
export const benchRefresh = async (callbackUrl: string): Promise<{ product: number; floor: number }> => {
  await run('completeAuthorization', completeAuthorization, { callbackUrl });
  const product: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    clock += 95_000;
    const { connection, row } = await booksRow();
    if (row?.grant == null) throw new Error('not authorized');
    const service = serviceFor(connection, row.variables);
    const authorization = { ...row, grant: row.grant };
    const before = tokenRequests;
    product.push(await timed(() => Promise.all(contexts.map((ctx) => accessToken(ctx, connection, service, authorization)))));
    if (tokenRequests !== before + 1) throw new Error('more than one request');
    clock += 95_000;
    const server = await serverFor(first(), service, connection);
    const { refreshToken } = await openTokens(first(), row.id);
    if (refreshToken === null) throw new Error('no refresh token');
    const given: { tokens?: TokenSet } = {};
    floor.push(
      await timed(async () => {
        given.tokens = await refresh(server, refreshToken, netFor(first(), service), first().now);
        await Promise.all(contexts.map((ctx) => ctx.lock('bench', () => ctx.db.secrets.get(`tokens:${row.id}`))));
      }),
    );
    if (given.tokens !== undefined)
      await record(first(), { put: { secrets: [await sealTokens(first().vault.seal, row.id, given.tokens)] }, event: null });
  }
  return { product: median(product), floor: median(floor) };
};
