import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import { isOauth } from '../../src/domain/connector.ts';
import { PROFILES } from '../support/simulators/profiles.ts';
import { hostsOf } from '../support/simulators/provider.ts';
import { type Hosts, serveHosts } from '../support/simulators/serve-hosts.ts';

const chosen = PROFILES.filter(({ id }) => ['gitlab', 'slack', 'xero', 'shopify'].includes(id));
let hosts: Hosts;

beforeAll(async () => {
  hosts = await serveHosts(chosen);
});
afterAll(() => hosts.close());

const ask = (url: string, method: string): Promise<{ status: number; cors: string | undefined; location: string | undefined }> =>
  new Promise((resolve, reject) => {
    const { hostname, pathname, search } = new URL(url);
    const options = {
      host: '127.0.0.1',
      port: hosts.port,
      servername: hostname,
      path: pathname + search,
      method,
      ca: hosts.certificate.cert,
    };
    request({ ...options, headers: { host: hostname } }, (response) => {
      response.resume();
      const { 'access-control-allow-origin': cors, location } = response.headers;
      resolve({ status: response.statusCode ?? 0, cors, location });
    })
      .on('error', reject)
      .end();
  });

describe('simulators at the real host names', () => {
  it('have a certificate that a client verifies, for each host', async () => {
    const certificate = new X509Certificate(hosts.certificate.cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    for (const host of chosen.flatMap(hostsOf)) expect(certificate.checkHost(host)).toBe(host);
    expect((await ask('https://gitlab.com/oauth/token', 'POST')).status).toBe(400);
    await expect(ask('https://evil.test/', 'GET')).rejects.toThrow();
  });

  it('answer pages of other origins only where the provider does', async () => {
    expect((await ask('https://gitlab.com/oauth/token', 'OPTIONS')).cors).toBe('*');
    expect((await ask('https://slack.com/api/oauth.v2.access', 'OPTIONS')).cors).toBe(undefined);
    for (const { id, isCorsOpen } of PROFILES) {
      // Where it takes settings at the service, the simulator is as the service is before them.
      const { auth } = connectorById(id);
      expect(isCorsOpen === true, id).toBe(isOauth(auth) && auth.cors === 'yes' && auth.corsNeeds === null);
    }
  });

  it('send the person back with a code', async () => {
    const url = new URL('https://gitlab.com/oauth/authorize');
    const params = {
      client_id: 'client-1',
      redirect_uri: 'https://app.example/cb',
      state: 's',
      code_challenge: 'c',
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    const { status, location } = await ask(url.href, 'GET');
    expect(status).toBe(302);
    expect(location).toMatch(/^https:\/\/app\.example\/cb\?code=[0-9a-f]{24}&state=s$/);
  });
});
