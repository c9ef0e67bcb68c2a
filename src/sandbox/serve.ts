import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { SEEDED } from './accounts.ts';
import { createApi } from './api.ts';
import { createAuthorizationServer } from './authorization-server.ts';
import { type Html, html, PAGE_HEADERS, page } from './html.ts';
import { handleInteraction } from './interactions.ts';
import { closeNow, isLoopback, listen } from './listen.ts';
import { readForm } from './serve-body.ts';
import { createBooks } from './services/books.ts';
import type { Service } from './services/service.ts';
import { createSheet } from './services/sheet.ts';
import { createSms } from './services/sms.ts';
import { allWell, FAULT_NAMES, FAULT_TABLE, type FaultSwitches } from './switchboard.ts';

export type SandboxOptions = {
  readonly port: number;
  readonly redirectUris: readonly string[];
  readonly accessTokenSeconds?: number;
  /** Fetches the document of a client whose id is its address; the network where none is given. */
  readonly fetchDocument?: (address: string) => Promise<Response>;
};

export type Sandbox = {
  readonly origin: string;
  readonly port: number;
  /** Every access, refresh and id token and client secret ever given out. */
  issued(): string[];
  readonly faults: FaultSwitches;
  readonly books: ReturnType<typeof createBooks>;
  readonly sheet: ReturnType<typeof createSheet>;
  readonly sms: ReturnType<typeof createSms>;
  /** Ends every grant of an account, as its owner would on the service's own page. */
  revokeAll(email: string): void;
  /** How often the token endpoint was asked. */
  tokenRequests(): number;
  close(): Promise<void>;
};

const sendPage = (response: ServerResponse, title: string, body: Html, status = 200): void => {
  response.writeHead(status, PAGE_HEADERS);
  response.end(page(title, body));
};

const index = (services: readonly Service[]): Html => html`
<h1>Latchkey sandbox</h1>
<p>An OpenID provider with sample services behind it.</p>
<h2>What arrived</h2>
<ul>${services.map(({ name, prefix }) => html`<li><a href="${prefix}">${name}</a></li>`)}</ul>
<h2>Accounts</h2>
<ul>${SEEDED.map(({ name, email }) => html`<li>${name}, ${email}</li>`)}</ul>
<p><a href="/control">Break it on purpose</a></p>`;

const control = (faults: FaultSwitches): Html => html`
<h1>Break it</h1>
<p>See how Latchkey says what went wrong.</p>
<form method="post" action="/control">
${FAULT_NAMES.map((name) => html`<label><input type="checkbox" name="fault" value="${name}"${faults[name] ? html` checked` : ''}> <strong>${FAULT_TABLE[name].name}</strong>: ${FAULT_TABLE[name].description}</label>`)}
<p><button>Apply</button></p></form><p><a href="/">Back</a></p>`;

const arrived = ({ name, prefix, arrived: rows }: Service): Html =>
  html`<h1>${name}: what arrived</h1>${rows()}<p><a href="${prefix}">Refresh</a> · <a href="/">All services</a></p>`;

/** Starts the sandbox on loopback; port 0 takes any free one. Rejects with the system's error for a taken port. */
export const startSandbox = async ({
  port: wanted,
  redirectUris,
  accessTokenSeconds = 3_600,
  fetchDocument,
}: SandboxOptions): Promise<Sandbox> => {
  const faults = allWell();
  let tokenRequests = 0;
  let handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async () => undefined;
  const server = createServer((request, response) => {
    handle(request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const port = await listen(server, wanted);
  const origin = `http://localhost:${port}`;
  const books = createBooks();
  const sheet = createSheet();
  const sms = createSms();
  const services = [books.service, sheet.service, sms.service];
  const authorization = createAuthorizationServer({
    issuer: origin,
    redirectUris,
    accessTokenSeconds,
    faults,
    ...(fetchDocument === undefined ? {} : { fetchDocument }),
  });
  const provider = authorization.provider.callback();
  const api = createApi(authorization.provider, services, () => faults.apiDown);

  const handleControl = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'POST') {
      // A page of another origin must not be able to flip switches here.
      if (request.headers.origin !== undefined && request.headers.origin !== origin)
        return sendPage(response, 'Refused', html`<h1>Refused</h1>`, 403);
      const chosen = (await readForm(request)).getAll('fault');
      for (const name of FAULT_NAMES) faults[name] = chosen.includes(name);
    }
    sendPage(response, 'Break it', control(faults));
  };

  handle = async (request, response) => {
    const url = new URL(request.url ?? '/', origin);
    const path = url.pathname;
    if (!isLoopback(request.socket.remoteAddress)) return void response.writeHead(403).end();
    if (path === '/control') return handleControl(request, response);
    if (faults.everythingDown) return void request.socket.destroy();
    if (faults.slow) await new Promise((resolve) => setTimeout(resolve, 3_000));
    const service = services.find(({ prefix }) => path === prefix);
    if (service !== undefined) return sendPage(response, service.name, arrived(service));
    if (path === '/') return sendPage(response, 'Latchkey sandbox', index(services));
    if (services.some(({ prefix }) => path.startsWith(`${prefix}/api/`))) return api(request, response, url);
    if (path.startsWith('/interaction/')) return handleInteraction(authorization.provider, request, response, path);
    if (path === '/token' && request.method === 'POST') {
      tokenRequests += 1;
      const cors = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
      if (faults.tokenDown) return void response.writeHead(503, cors).end();
      if (faults.tokenHtml)
        return void response
          .writeHead(200, { ...PAGE_HEADERS, ...cors })
          .end(page('Welcome', html`<h1>Welcome to the hotel’s network</h1>`));
    }
    if (faults.discoveryDown && path.startsWith('/.well-known/'))
      return void response.writeHead(503, { 'access-control-allow-origin': '*' }).end();
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    // The provider lets web pages reach every endpoint of a client but this one, at which there is no client yet (RFC 7591 section 3).
    if (path === '/reg') {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', 'content-type');
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    }
    await provider(request, response);
  };

  return {
    origin,
    port,
    issued: authorization.issued,
    faults,
    books,
    sheet,
    sms,
    revokeAll: authorization.revokeAccount,
    tokenRequests: () => tokenRequests,
    close: () => closeNow(server),
  };
};
