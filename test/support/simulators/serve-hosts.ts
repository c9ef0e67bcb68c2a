import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { closeNow, listen } from '../../../src/sandbox/listen.ts';
import { type Certificate, selfSigned } from './certificate.ts';
import { bodyOf, hostsOf, type Profile, Provider } from './provider.ts';

/** Providers at their real host names, over TLS on this machine. */
export type Hosts = {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly certificate: Certificate;
  readonly port: number;
  /** What Chromium is started with, so that the shipped records reach the simulators and nothing else does. */
  readonly flags: readonly string[];
  close(): Promise<void>;
};

/** The headers by which a page of another origin may read a token answer; a provider that sends none keeps it to itself. */
const cors = (profile: Profile): Record<string, string> =>
  profile.isCorsOpen === true ? { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization, content-type' } : {};

/** Serves these providers, whose hosts must all differ; each is what `Provider` is, at its own addresses. */
export const serveHosts = async (profiles: readonly Profile[]): Promise<Hosts> => {
  const providers = new Map(profiles.map((profile) => [profile.id, new Provider(profile)]));
  const byHost = new Map<string, Provider>();
  for (const provider of providers.values())
    for (const host of hostsOf(provider.profile)) {
      if (byHost.has(host)) throw new Error(`two providers at ${host}`);
      byHost.set(host, provider);
    }
  const certificate = selfSigned([...byHost.keys()]);
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (request: IncomingMessage, response: ServerResponse) => {
    void bodyOf(request).then((text) => {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      const provider = byHost.get(host);
      if (provider === undefined) return response.writeHead(421).end();
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const open = cors(provider.profile);
      if (request.method === 'OPTIONS') return response.writeHead(204, open).end();
      const url = new URL(request.url ?? '/', `https://${host}`);
      const { status, type, body, location } = provider.answer({ method: request.method ?? '', url, headers, text });
      response.writeHead(status, { 'content-type': type, ...open, ...(location === undefined ? {} : { location }) });
      return response.end(status === 204 ? undefined : body);
    });
  });
  const port = await listen(server, 0);
  const rules = [...byHost.keys()].map((host) => `MAP ${host}:443 127.0.0.1:${port}`).join(',');
  return {
    providers,
    certificate,
    port,
    flags: [`--host-resolver-rules=${rules}`, `--ignore-certificate-errors-spki-list=${certificate.spki}`],
    close: () => closeNow(server),
  };
};
