import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { accountOf } from './accounts.ts';
import { Html, html, page } from './html.ts';
import { API_SCOPES, IDENTITY_SCOPES } from './scopes.ts';
import { createStorage } from './storage.ts';
import type { FaultSwitches } from './switchboard.ts';

export type AuthorizationServer = {
  readonly provider: Provider;
  /** Every access, refresh and id token and client secret that was ever given out. */
  issued(): string[];
  revokeAccount(email: string): void;
};

type Options = {
  readonly issuer: string;
  readonly redirectUris: readonly string[];
  readonly accessTokenSeconds: number;
  readonly faults: FaultSwitches;
  /** Fetches the document of a client whose id is its address; the network where none is given. */
  readonly fetchDocument?: (address: string) => Promise<Response>;
};

const signingKey = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  use: 'sig',
  alg: 'RS256',
  kid: 'sandbox',
});

const isText = (value: unknown): value is string => typeof value === 'string';

/** A real OpenID provider (oidc-provider): code + PKCE S256 for a public client, rotation with reuse detection, revocation and the rest. */
export const createAuthorizationServer = ({
  issuer,
  redirectUris,
  accessTokenSeconds,
  faults,
  fetchDocument,
}: Options): AuthorizationServer => {
  const storage = createStorage();
  const clientSecret = randomBytes(32).toString('base64url');
  const given = new Set<string>([clientSecret]);
  const provider = new Provider(issuer, {
    adapter: storage.adapter,
    jwks: { keys: [signingKey()] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: [
      {
        client_id: 'latchkey',
        client_name: 'Latchkey',
        token_endpoint_auth_method: 'none',
        redirect_uris: [...redirectUris],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      },
      {
        client_id: 'latchkey-server',
        client_secret: clientSecret,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
        scope: Object.keys(API_SCOPES).join(' '),
      },
    ],
    scopes: [...IDENTITY_SCOPES, ...Object.keys(API_SCOPES)],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    ...(fetchDocument === undefined
      ? {}
      : { fetch: (asked: string | URL | Request) => fetchDocument(asked instanceof Request ? asked.url : `${asked}`) }),
    clientBasedCORS: () => true,
    // Asked for whenever a client asks for it: a sandbox is for seeing the whole of it.
    issueRefreshToken: async (_ctx, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    rotateRefreshToken: true,
    // Every authorization asks anew, so that another account or other scopes can be chosen each time.
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      RefreshToken: 14 * 86_400,
      Grant: 14 * 86_400,
      Session: 86_400,
      Interaction: 3_600,
      IdToken: 3_600,
      DeviceCode: 600,
    },
    findAccount: async (_ctx, email) => ({ accountId: email, claims: async () => ({ sub: email, name: accountOf(email).name, email }) }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: false },
      clientCredentials: { enabled: true },
      // Any registered client may end or look at tokens it holds: the pages that show it are part of the lesson.
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
      introspection: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => client.clientSecret !== undefined || token.clientId === client.clientId,
      },
      registration: { enabled: true },
      clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
      deviceFlow: {
        enabled: true,
        // The forms come from the provider with its own protection in them; only the words around are ours.
        userCodeInputSource: async (ctx, form, out) => {
          const says = out === undefined ? 'The device shows it.' : 'That code is not known.';
          ctx.body = page(
            'Enter the code',
            html`<h1>Enter the code</h1><p>${says}</p>${new Html(form)}<button type="submit" form="op.deviceInputForm">Continue</button>`,
          );
        },
        userCodeConfirmSource: async (ctx, form, _client, _info, userCode) => {
          const submit = html`<button type="submit" form="op.deviceConfirmForm">Yes, continue</button>`;
          ctx.body = page(
            'Confirm the code',
            html`<h1>Confirm the code</h1><p>Does the device show <strong>${userCode}</strong>?</p>${new Html(form)}${submit}`,
          );
        },
        successSource: async (ctx) => {
          ctx.body = page('Signed in', html`<h1>Signed in</h1><p>Go back to the device.</p>`);
        },
      },
    },
    renderError: async (ctx, out) => {
      ctx.type = 'html';
      ctx.body = page('The request was refused', html`<h1>The request was refused</h1><p>${out.error}: ${out.error_description ?? ''}</p>`);
    },
  });
  provider.on('grant.success', (ctx) => {
    const body: unknown = ctx.body;
    if (body === null || typeof body !== 'object') return;
    for (const name of ['access_token', 'refresh_token', 'id_token']) {
      const value: unknown = Reflect.get(body, name);
      if (isText(value)) given.add(value);
    }
  });
  provider.on('registration_create.success', (_ctx, client) => {
    if (isText(client.clientSecret)) given.add(client.clientSecret);
  });
  provider.use(async (ctx, next) => {
    await next();
    const location: unknown = ctx.response.get('location');
    if (!isText(location) || !location.includes('code=') || !URL.canParse(location)) return;
    const url = new URL(location);
    if (faults.wrongState) url.searchParams.set('state', randomBytes(32).toString('base64url'));
    if (faults.wrongIss) url.searchParams.set('iss', 'https://another-server.example');
    if (faults.wrongState || faults.wrongIss) ctx.set('location', url.href);
  });
  return { provider, issued: () => [...given], revokeAccount: storage.revokeAccount };
};
