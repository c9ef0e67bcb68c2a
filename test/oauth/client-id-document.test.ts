import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientIdAddressProblem } from '../../src/domain/client-id-address.ts';
import type { Net } from '../../src/oauth/client.ts';
import { clientIdDocument, takesClientIdDocuments } from '../../src/oauth/client-id-document.ts';
import { exchangeCode, startCodeFlow } from '../../src/oauth/code.ts';
import { discover } from '../../src/oauth/discover.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { startShop } from '../support/builders.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { authorizeAt, startTestSandbox, TEST_REDIRECT } from '../support/sandbox.ts';

const ADDRESS = 'https://app.acme.com/oauth/latchkey.json';
const net: Net = { fetch: (url, init) => fetch(url, init), isInsecureAllowed: true };

/** What stands at which address; the sandbox asks for it as it would ask the developer's host. */
const hosted = new Map<string, string>();
let sandbox: Sandbox;
let core: TestCore;

beforeAll(async () => {
  sandbox = await startTestSandbox({
    fetchDocument: async (address) => {
      const text = hosted.get(address);
      return new Response(text ?? '', { status: text === undefined ? 404 : 200, headers: { 'content-type': 'application/json' } });
    },
  });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  hosted.clear();
  core = await startCore({ sandboxOrigin: sandbox.origin });
  await startShop(core);
});

const describeIt = (clientId: string, connectorId = 'sandbox-books') =>
  core.do('describeClientId', { connectorId, name: 'Our app', clientId });

describe('a client id that is the address of a document (draft-ietf-oauth-client-id-metadata-document)', () => {
  it('is taken by a real server, with the document that Latchkey writes for it', async () => {
    const { document, isTaken } = await describeIt(ADDRESS);
    expect(isTaken).toBe('yes');
    expect(JSON.parse(document)).toEqual(clientIdDocument(ADDRESS, 'Our app', TEST_REDIRECT));
    hosted.set(ADDRESS, document);
    const server = await discover(sandbox.origin, { clientId: ADDRESS, secret: null }, net);
    const scopes = ['openid', 'sms.account.read'];
    const { url, secrets } = await startCodeFlow(server, { redirectUri: TEST_REDIRECT, scopes, params: { prompt: 'login consent' } });
    const callback = await authorizeAt(url, { email: 'ada@example.com' });
    const { tokens, subject } = await exchangeCode(server, callback, secrets, net, Date.now, scopes);
    expect(subject).toBe('ada@example.com');
    expect(tokens.scopes).toContain('sms.account.read');
  });

  it('asks the service’s own metadata whether it takes such documents', async () => {
    const as = { issuer: 'https://login.acme.com' };
    expect(takesClientIdDocuments({ as })).toBe('unknown');
    expect(takesClientIdDocuments({ as: { ...as, client_id_metadata_document_supported: false } })).toBe('no');
    // A record with its addresses written out, and a tenant that nobody has named.
    expect((await describeIt(ADDRESS, 'huggingface')).isTaken).toBe('unknown');
    expect((await describeIt(ADDRESS, 'keycloak')).isTaken).toBe('unknown');
    expect(await core.fails('describeClientId', { connectorId: 'github-device', name: 'Our app', clientId: ADDRESS })).toBe(
      'oauth.way-wrong',
    );
  });

  it.each([
    ['http://app.acme.com/client.json', 'it does not begin with https'],
    ['https://app.acme.com', 'it has no path'],
    ['https://app.acme.com/', 'it has no path'],
    ['https://app.acme.com/client.json#one', 'it holds a fragment'],
    ['https://app.acme.com/client.json#', 'it holds a fragment'],
    ['https://ann:pw@app.acme.com/client.json', 'it holds a user name or password'],
    ['https://@app.acme.com/client.json', 'it holds a user name or password'],
    ['https://app.acme.com/a/../client.json', 'a browser writes it as https://app.acme.com/client.json'],
    ['https://APP.acme.com/client.json', 'a browser writes it as https://app.acme.com/client.json'],
    ['https://', 'it is no address'],
  ])('R121 is refused as %s: %s', async (clientId, problem) => {
    expect(clientIdAddressProblem(clientId)).toBe(problem);
    const app = { oauthAppId: null, connectorId: 'sandbox-books', name: 'Ours', clientId, clientSecret: null, isConfirmed: false };
    expect(await core.fails('saveOauthApp', app)).toBe('credentials.client-id-address');
  });

  it('R121 is stored as any other, but with no secret beside it', async () => {
    const app = { oauthAppId: null, connectorId: 'sandbox-books', name: 'Ours', clientId: ADDRESS, isConfirmed: false };
    expect(await core.fails('saveOauthApp', { ...app, clientSecret: 'shared' })).toBe('credentials.client-id-address');
    await core.do('saveOauthApp', { ...app, clientSecret: null });
    expect(await core.ctx.db.oauthApps.toArray()).toMatchObject([{ clientId: ADDRESS, hasSecret: false }]);
  });
});
