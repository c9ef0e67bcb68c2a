import { X509Certificate } from 'node:crypto';
import { request as ask, createServer, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { decodeProtectedHeader, exportJWK, exportPKCS8, generateKeyPair, type JWK, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import type { OauthAuth } from '../../src/domain/connector.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Net, Registration } from '../../src/oauth/client.ts';
import { clientCredentials } from '../../src/oauth/client-credentials.ts';
import { discover } from '../../src/oauth/discover.ts';
import { serverOf } from '../../src/oauth/record.ts';
import { readKey, type SigningKey } from '../../src/oauth/signing-key.ts';
import { closeNow, listen } from '../../src/sandbox/listen.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { selfSigned } from '../support/simulators/certificate.ts';
import { type Heard, json, serveAs } from '../support/simulators/provider.ts';

const net: Net = { fetch: (url, init) => fetch(url, init), isInsecureAllowed: true };
const heard: Heard[] = [];
let served: Awaited<ReturnType<typeof serveAs>>;
let sandbox: Sandbox;

beforeAll(async () => {
  served = await serveAs((one) => {
    heard.push(one);
    return json({ access_token: 'a', token_type: 'bearer', expires_in: 60 });
  });
  sandbox = await startTestSandbox();
});
afterEach(() => {
  heard.length = 0;
});
afterAll(async () => {
  await served.close();
  await sandbox.close();
});

const recordWith = (clientAuthentication: OauthAuth['clientAuthentication']): OauthAuth => {
  const { auth } = connectorById('twilio-oauth');
  if (!('answer' in auth)) throw new TypeError('twilio-oauth');
  return { ...auth, clientAuthentication };
};

type Algorithm = SigningKey['algorithm'];

const keyFor = async (algorithm: Algorithm, issuer: string): Promise<{ key: SigningKey; publicKey: CryptoKey; jwk: JWK }> => {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const privateKey = new Secret(await exportPKCS8(pair.privateKey));
  return {
    key: { algorithm, privateKey, keyId: 'k1', issuer, subject: null, audience: null },
    publicKey: pair.publicKey,
    jwk: { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: algorithm, use: 'sig' },
  };
};

describe('a private key that signs for the app (RFC 7523 section 2.2)', () => {
  it.each<Algorithm>(['RS256', 'PS256', 'ES256'])('gets a token from a real server with %s', async (algorithm) => {
    const { key, jwk } = await keyFor(algorithm, '');
    const response = await fetch(`${sandbox.origin}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Our app',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: algorithm,
        jwks: { keys: [jwk] },
      }),
    });
    const answer: unknown = await response.json();
    const clientId =
      answer !== null && typeof answer === 'object' && 'client_id' in answer ? String(answer.client_id) : JSON.stringify(answer);
    const server = await discover(sandbox.origin, { clientId, secret: null, key }, net);
    const { tokens } = await clientCredentials(server, ['sms.account.read'], net, Date.now);
    expect(tokens.scopes).toEqual(['sms.account.read']);
    const other = await keyFor(algorithm, '');
    const wrong = await discover(sandbox.origin, { clientId, secret: null, key: other.key }, net);
    await expect(clientCredentials(wrong, [], net, Date.now)).rejects.toMatchObject({ code: 'oauth.refused', detail: 'invalid_client' });
  });

  it('speaks to the token endpoint where a record writes it out, or to whom the record says; each assertion serves once', async () => {
    const { key, publicKey } = await keyFor('ES256', 'our-app');
    const auth = recordWith('private-key-jwt');
    const registration: Registration = { clientId: 'our-app', secret: null, key };
    await clientCredentials(serverOf(auth, {}, registration), [], served.net, Date.now);
    await clientCredentials(
      serverOf(auth, {}, { ...registration, key: { ...key, audience: 'https://audience.acme.com' } }),
      [],
      served.net,
      Date.now,
    );
    const sent = heard.map(({ text }) => new URLSearchParams(text));
    expect(sent.map((params) => [params.get('client_id'), params.get('client_secret'), params.get('client_assertion_type')])).toEqual(
      Array.from({ length: 2 }, () => ['our-app', null, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer']),
    );
    expect(heard.every(({ headers }) => headers['authorization'] === undefined)).toBe(true);
    const claims = await Promise.all(
      sent.map(async (params) => (await jwtVerify(params.get('client_assertion') ?? '', publicKey, { issuer: 'our-app' })).payload),
    );
    expect(claims.map(({ aud, sub }) => [aud, sub])).toEqual([
      [auth.endpoints?.token, 'our-app'],
      ['https://audience.acme.com', 'our-app'],
    ]);
    expect(decodeProtectedHeader(sent[0]?.get('client_assertion') ?? '')).toMatchObject({ alg: 'ES256', kid: 'k1' });
    expect(claims[0]?.jti).not.toBe(claims[1]?.jti);
  });

  it('S43 says that a key is none, and sends nothing', async () => {
    const key: SigningKey = {
      algorithm: 'RS256',
      privateKey: new Secret('-----BEGIN PRIVATE KEY-----\nnot-really-a-key\n-----END PRIVATE KEY-----'),
      keyId: null,
      issuer: 'our-app',
      subject: null,
      audience: null,
    };
    const server = serverOf(recordWith('private-key-jwt'), {}, { clientId: 'our-app', secret: null, key });
    await expect(clientCredentials(server, [], served.net, Date.now)).rejects.toMatchObject({
      code: 'oauth.key-unusable',
      detail: 'RS256',
    });
    expect(heard).toEqual([]);
  });

  it.each<[Algorithm, string]>([
    ['RS256', 'RSA'],
    ['PS256', 'RSA'],
    ['ES256', 'EC'],
    ['EdDSA', 'OKP'],
  ])('reads a private JWK of %s, and PEM of the same key', async (algorithm, kty) => {
    const pair = await generateKeyPair(algorithm, { extractable: true });
    const pem = await exportPKCS8(pair.privateKey);
    const jwk = { ...(await exportJWK(pair.privateKey)), kid: 'k2', alg: algorithm };
    expect(jwk.kty).toBe(kty);
    const read = await readKey(JSON.stringify(jwk));
    expect(read).toMatchObject({ algorithm, keyId: 'k2', issuer: null });
    expect(read.privateKey.reveal()).toBe(pem.trim());
    // Only what a key of its kind has is used: what else stands in the text decides nothing.
    const more = { ...jwk, key_ops: ['verify'], use: 'enc', ext: false, oth: 7 };
    expect((await readKey(JSON.stringify(more))).privateKey.reveal()).toBe(pem.trim());
    await expect(readKey(JSON.stringify({ ...jwk, d: 7 }))).rejects.toMatchObject({ code: 'oauth.key-unusable' });
    // Nothing in an RSA key says which of its two ways is meant.
    expect((await readKey(pem)).algorithm).toBe(algorithm === 'PS256' ? 'RS256' : algorithm);
    const { d: _, ...open } = jwk;
    await expect(readKey(JSON.stringify(open))).rejects.toMatchObject({ code: 'oauth.key-unusable' });
  });
});

type Asked = { readonly path: string; readonly body: string; readonly certificate: string | null };

describe('a certificate that the connection presents (RFC 8705 section 2)', () => {
  const server = selfSigned(['localhost']);
  const client = selfSigned(['app.acme.com']);
  const asked: Asked[] = [];
  let metadata: { url: string; close: () => Promise<void> };
  let withCertificate: { url: string; close: () => Promise<void> };
  let aliases: Readonly<Record<string, string>> = {};

  const serveTls = async (options: ServerOptions, answer: (path: string) => unknown) => {
    const https = createServer({ key: server.key, cert: server.cert, ...options }, (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { raw } = (request.socket as TLSSocket).getPeerCertificate();
        const certificate = raw === undefined ? null : new X509Certificate(raw).fingerprint256;
        const path = request.url ?? '';
        asked.push({ path, body: Buffer.concat(parts).toString(), certificate });
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(path)));
      });
    });
    const port = await listen(https, 0);
    return { url: `https://localhost:${port}`, close: () => closeNow(https) };
  };

  /** A connection as a browser makes it in which somebody chose the certificate. */
  const tls: Net = {
    isInsecureAllowed: false,
    fetch: (url, { method = 'GET', headers, body }) =>
      new Promise((resolve, reject) => {
        const options = { method, headers: Object.fromEntries(new Headers(headers)), key: client.key, cert: client.cert, ca: server.cert };
        const request = ask(url, options, (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () =>
            resolve(
              new Response(Buffer.concat(parts), { status: response.statusCode ?? 500, headers: { 'content-type': 'application/json' } }),
            ),
          );
        });
        request.on('error', reject);
        request.end(body === undefined || body === null ? undefined : String(body));
      }),
  };

  beforeAll(async () => {
    withCertificate = await serveTls({ requestCert: true, rejectUnauthorized: false }, () => ({
      access_token: 'bound',
      token_type: 'bearer',
    }));
    metadata = await serveTls({}, () => ({
      issuer: metadata.url,
      authorization_endpoint: `${metadata.url}/auth`,
      token_endpoint: `${metadata.url}/token`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      mtls_endpoint_aliases: aliases,
    }));
  });
  afterEach(() => {
    asked.length = 0;
  });
  afterAll(async () => {
    await metadata.close();
    await withCertificate.close();
  });

  const certified: Registration = { clientId: 'our-app', secret: null, hasCertificate: true };

  it('sends the client id alone to the address that takes certificates, over a connection that presents one', async () => {
    aliases = { token_endpoint: `${withCertificate.url}/mtls/token` };
    const found = await discover(metadata.url, certified, tls);
    const { tokens } = await clientCredentials(found, [], tls, Date.now);
    expect(tokens.accessToken.reveal()).toBe('bound');
    expect(asked.at(-1)).toEqual({
      path: '/mtls/token',
      body: 'grant_type=client_credentials&client_id=our-app',
      certificate: new X509Certificate(client.cert).fingerprint256,
    });
  });

  it('stays at the usual address where the record, or the metadata, names no other', async () => {
    aliases = {};
    await clientCredentials(await discover(metadata.url, certified, tls), [], tls, Date.now).catch(() => null);
    expect(asked.at(-1)).toMatchObject({ path: '/token', body: 'grant_type=client_credentials&client_id=our-app' });
    await clientCredentials(serverOf(recordWith('tls'), {}, certified), [], served.net, Date.now);
    expect(Object.fromEntries(new URLSearchParams(heard[0]?.text))).toEqual({ client_id: 'our-app', grant_type: 'client_credentials' });
  });

  it('S18 follows no alias to somebody else’s host, and none at all without a certificate', async () => {
    aliases = { token_endpoint: 'https://token.evil.test/token' };
    await expect(discover(metadata.url, certified, tls)).rejects.toMatchObject({ code: 'oauth.issuer-mismatch' });
    await clientCredentials(await discover(metadata.url, { clientId: 'our-app', secret: null }, tls), [], tls, Date.now).catch(() => null);
    expect(asked.at(-1)?.path).toBe('/token');
  });
});
