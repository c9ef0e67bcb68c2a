import { createVerify, generateKeyPairSync } from 'node:crypto';
import { formOf, jsonOf, type Provider } from './provider.ts';

/** What the services answer now, and how often they were asked; each test says it. */
export type OtherWays = { device: string; codes: number; polls: number; tokens: number; registrations: number; assertions: number };

export const OTHER_WAYS = { userCode: 'WDJB-MJHT', deviceToken: 'gho_device_16C7e42F', appSecret: 'app-secret-7f' } as const;

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The account that the Google simulator knows, and the file that its console hands out for it. */
export const SERVICE_ACCOUNT = {
  email: 'robot@harbour.iam.gserviceaccount.com',
  person: 'ada@harbour.example',
  pem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  keyFile: () =>
    JSON.stringify(
      {
        type: 'service_account',
        private_key_id: 'k9f3',
        private_key: SERVICE_ACCOUNT.pem,
        client_email: SERVICE_ACCOUNT.email,
        token_uri: 'https://evil.test/token',
      },
      null,
      2,
    ),
} as const;

const verifiedClaims = (assertion: string): Record<string, unknown> | null => {
  const [header = '', payload = '', signature = ''] = assertion.split('.');
  const isSigned = createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(pair.publicKey, signature, 'base64url');
  const claims: unknown = isSigned ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : null;
  return claims !== null && typeof claims === 'object' ? { ...claims } : null;
};

/** GitHub's device flow, Twilio's client credentials, Hugging Face's dynamic registration and Google's service accounts, as they document them. */
export const createOtherWays = (): {
  readonly state: OtherWays;
  readonly github: Provider;
  readonly twilio: Provider;
  readonly huggingface: Provider;
  readonly google: Provider;
} => {
  const state: OtherWays = { device: 'authorization_pending', codes: 0, polls: 0, tokens: 0, registrations: 0, assertions: 0 };
  const github: Provider = {
    hosts: ['github.com', 'api.github.com'],
    answer: (request) => {
      if (request.path === '/login/device/code')
        return {
          status: 200,
          body: {
            device_code: `device-3584-${state.codes++}`,
            user_code: 'WDJB-MJHT',
            verification_uri: 'https://github.com/login/device',
            expires_in: 900,
            interval: 1,
          },
        };
      if (request.path === '/login/oauth/access_token') {
        state.polls += 1;
        if (!formOf(request).get('device_code')?.startsWith('device-3584-'))
          return { status: 200, body: { error: 'incorrect_device_code' } };
        // GitHub says so with status 200.
        if (state.device !== '') return { status: 200, body: { error: state.device, interval: 1 } };
        return { status: 200, body: { access_token: 'gho_device_16C7e42F', token_type: 'bearer', scope: 'read:user' } };
      }
      if (request.host === 'api.github.com' && request.headers['authorization'] === 'Bearer gho_device_16C7e42F')
        return { status: 200, body: { login: 'octocat' } };
      return { status: 401, body: { message: 'Bad credentials' } };
    },
  };

  const twilio: Provider = {
    hosts: ['oauth.twilio.com', 'api.twilio.com'],
    answer: (request) => {
      if (request.path === '/v2/token') {
        const form = formOf(request);
        if (form.get('grant_type') !== 'client_credentials' || form.get('client_secret') !== 'app-secret-7f')
          return { status: 401, body: { code: 20003 } };
        state.tokens += 1;
        return {
          status: 200,
          body: { access_token: `app-token-${state.tokens}`, token_type: 'Bearer', expires_in: 3600, id_token: null, refresh_token: null },
        };
      }
      return request.headers['authorization'] === `Bearer app-token-${state.tokens}`
        ? { status: 200, body: { friendly_name: 'Harbour Homes' } }
        : { status: 401, body: { code: 20003 } };
    },
  };
  const redirects = new Map<string, unknown>();
  const huggingface: Provider = {
    hosts: ['huggingface.co'],
    answer: (request) => {
      if (request.path === '/oauth/register') {
        const id = `registered-${++state.registrations}`;
        const { redirect_uris, token_endpoint_auth_method } = jsonOf(request);
        redirects.set(id, redirect_uris);
        return { status: 201, body: { client_id: id, redirect_uris, token_endpoint_auth_method } };
      }
      if (request.path === '/oauth/authorize') {
        const address = request.query.get('redirect_uri') ?? '';
        const registered = redirects.get(request.query.get('client_id') ?? '');
        if (!Array.isArray(registered) || !registered.includes(address)) return { status: 400, body: 'unknown client or redirect address' };
        const answer = new URLSearchParams({ code: 'code-51', state: request.query.get('state') ?? '' });
        return { status: 302, headers: { location: `${address}?${answer}` }, body: '' };
      }
      if (request.path === '/oauth/token') {
        const form = formOf(request);
        return redirects.has(form.get('client_id') ?? '') && form.get('code') === 'code-51'
          ? { status: 200, body: { access_token: 'hf-token-51', token_type: 'bearer', expires_in: 3600, scope: 'openid profile' } }
          : { status: 401, body: { error: 'invalid_client' } };
      }
      return request.headers['authorization'] === 'Bearer hf-token-51'
        ? { status: 200, body: { name: 'Grace Hopper' } }
        : { status: 401, body: { error: 'invalid_token' } };
    },
  };
  const seen = new Set<unknown>();
  const google: Provider = {
    hosts: ['oauth2.googleapis.com', 'cloudresourcemanager.googleapis.com'],
    answer: (request) => {
      if (request.path === '/token') {
        const form = formOf(request);
        const claims = verifiedClaims(form.get('assertion') ?? '');
        const { iss, aud, exp, iat, jti, sub } = claims ?? {};
        const isGood =
          form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer' &&
          !form.has('client_id') &&
          iss === SERVICE_ACCOUNT.email &&
          (sub === iss || sub === SERVICE_ACCOUNT.person) &&
          aud === 'https://oauth2.googleapis.com/token' &&
          typeof exp === 'number' &&
          typeof iat === 'number' &&
          exp - iat <= 3_600 &&
          !seen.has(jti);
        if (!isGood) return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } };
        seen.add(jti);
        state.assertions += 1;
        return { status: 200, body: { access_token: `ya29-${state.assertions}`, token_type: 'Bearer', expires_in: 3599 } };
      }
      return request.headers['authorization'] === `Bearer ya29-${state.assertions}`
        ? { status: 200, body: { projects: [{ name: 'Harbour project' }] } }
        : { status: 401, body: { error: { code: 401, status: 'UNAUTHENTICATED' } } };
    },
  };
  return { state, github, twilio, huggingface, google };
};
