import * as oauth from 'oauth4webapi';
import type { OauthAuth } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { isObject, type JsonObject, type JsonValue } from '../domain/json.ts';
import { Secret, type TokenSet } from '../domain/secret.ts';
import { isToken } from './answer-values.ts';
import { type Dialect, speakingDialect } from './dialect.ts';
import { safe } from './faults.ts';
import { importSigningKey, type SigningKey } from './signing-key.ts';
import { holderOf, readTokenAnswer, type TokenAnswer, type TokenQuestion } from './token-answer.ts';

/** A request as oauth4webapi makes it: what leaves here still passes the guarded fetch of the core. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How the network is reached, and whether plain http is allowed: for a sandbox on this device only. */
export type Net = { readonly fetch: Fetch; readonly isInsecureAllowed: boolean };

/** Our registration at an authorization server; without a secret it is a public client (RFC 6749 section 2.1). */
export type Registration = {
  readonly clientId: string;
  readonly secret: Secret | null;
  /** A private key that signs for the app in the place of a secret (RFC 7523 section 2.2). */
  readonly key?: SigningKey;
  /** The app is known by a certificate that whoever makes the connection presents (RFC 8705 section 2). */
  readonly hasCertificate?: boolean;
  /** A private key that signs for an account, which is no authentication of a client (RFC 7523 section 2.1). */
  readonly accountKey?: SigningKey;
};

/** The authorization server and our registration there: a client id belongs to one issuer (S20). */
export type Server = {
  readonly as: oauth.AuthorizationServer;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  /** What signs for us, where a private key does. */
  readonly signingKey?: SigningKey;
  /** How the service deviates, by its record. */
  readonly dialect: Dialect;
  /** It publishes its metadata (RFC 8414), and is held to it: its name in the callback, the signature of its id tokens, the members of its answers. */
  readonly isDiscovered: boolean;
};

/** The parts of a server that come from the registration alone. */
export const clientOf = ({ clientId, hasCertificate, accountKey }: Registration): Pick<Server, 'client' | 'signingKey'> => ({
  client: {
    client_id: clientId,
    [oauth.clockTolerance]: 60,
    ...(hasCertificate === true ? { use_mtls_endpoint_aliases: true } : {}),
  },
  ...(accountKey === undefined ? {} : { signingKey: accountKey }),
});

/** An assertion of its own for each request, signed by the app's key; `audience` null speaks to the issuer (RFC 7523 section 3). */
const signedBy =
  ({ privateKey, algorithm, keyId, ...key }: SigningKey, audience: string | null): oauth.ClientAuth =>
  async (...request) => {
    const signs = await importSigningKey(privateKey, algorithm);
    const to = key.audience ?? audience;
    const options: oauth.ModifyAssertionOptions = {
      [oauth.modifyAssertion]: (_header, payload) => {
        if (to !== null) payload['aud'] = to;
      },
    };
    await oauth.PrivateKeyJwt(keyId === null ? signs : { key: signs, kid: keyId }, options)(...request);
  };

/** How a registration without a shared secret shows who it is; null where it has one, or nothing. */
const proofOf = ({ key, hasCertificate }: Registration, audience: string | null): oauth.ClientAuth | null => {
  if (key !== undefined) return signedBy(key, audience);
  return hasCertificate === true ? oauth.TlsClientAuth() : null;
};

/**
 * How a registration shows who it is, by the record: a key signs for it or a certificate stands for it, else its secret goes the way that is
 * named; without one the client is public (RFC 6749 section 2.3.1). `audience` is whom an assertion speaks to, null for the issuer.
 */
export const authenticateBy = (
  way: OauthAuth['clientAuthentication'],
  registration: Registration,
  audience: string | null = null,
): oauth.ClientAuth => {
  const { secret } = registration;
  const proof = proofOf(registration, audience);
  if (proof !== null) return proof;
  if (secret === null) return oauth.None();
  return way === 'basic' ? oauth.ClientSecretBasic(secret.reveal()) : oauth.ClientSecretPost(secret.reveal());
};

/** A public client that the service wants to see in the Basic header all the same; ids are form-encoded (RFC 6749 section 2.3.1). */
export const basicWithoutSecret: oauth.ClientAuth = (_as, client, _body, headers) => {
  const id = new URLSearchParams({ id: client.client_id }).toString().slice('id='.length);
  headers.set('authorization', `Basic ${btoa(`${id}:`)}`);
};

/**
 * How a registration shows who it is (RFC 6749 section 2.3.1): the way of the record where the server offers it; else Basic where it takes that,
 * which is also the default when it does not say (RFC 8414 section 2).
 */
export const authenticationOf = (
  as: oauth.AuthorizationServer,
  registration: Registration,
  auth: Pick<OauthAuth, 'clientAuthentication' | 'request'> | null,
): oauth.ClientAuth => {
  if (registration.secret === null && auth?.request.basicWithoutSecret === true) return basicWithoutSecret;
  const methods = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  if (auth !== null && methods.includes(`client_secret_${auth.clientAuthentication}`))
    return authenticateBy(auth.clientAuthentication, registration);
  return authenticateBy(methods.includes('client_secret_basic') ? 'basic' : 'post', registration);
};

/** Options that every request of this folder carries. */
export const requestOptions = (net: Net) => ({
  [oauth.customFetch]: (url: string, init: oauth.CustomFetchOptions<string, BodyInit | undefined>) =>
    net.fetch(url, {
      method: init.method,
      headers: init.headers,
      redirect: init.redirect,
      ...(init.body === undefined ? {} : { body: init.body }),
      ...(init.signal === undefined ? {} : { signal: init.signal }),
    }),
  [oauth.allowInsecureRequests]: net.isInsecureAllowed,
});

/** The same for requests to the token endpoint, in the service's own dialect. */
export const tokenRequestOptions = ({ dialect }: Server, net: Net) =>
  requestOptions({ ...net, fetch: speakingDialect(dialect, net.fetch) });

/** The same for requests to the other endpoints of the server: only the names of parameters are the service's own. */
export const namedRequestOptions = ({ dialect }: Server, net: Net) =>
  requestOptions({ ...net, fetch: speakingDialect({ ...dialect, tokenParams: {} }, net.fetch) });

/** Nobody's token lives for more than three years (S29). */
const MOST_SECONDS = 10 ** 8;

const withoutNulls = (members: JsonObject): JsonObject => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));

/**
 * Holds a server that publishes its metadata to the RFC (S29): an object with a usable token, or the error in it, whatever the status says. Its
 * record says where the token stands; null is absent. An error status is left to the protocol's own reading. Throws `oauth.answer-unreadable`, `oauth.refused`.
 */
const requireStrictAnswer = (text: string, host: string, dialect: Dialect): void => {
  let answer: JsonValue;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Fault('oauth.answer-unreadable', host);
  }
  if (!isObject(answer)) throw new Fault('oauth.answer-unreadable', host);
  if (typeof answer['error'] === 'string') throw new Fault('oauth.refused', safe(answer['error']));
  const holder = holderOf(answer, dialect);
  const { access_token, refresh_token, expires_in, token_type, scope }: JsonObject = isObject(holder) ? withoutNulls(holder) : {};
  // Some services write the number as a text.
  const end = typeof expires_in === 'string' && /^\d{1,10}$/.test(expires_in) ? Number(expires_in) : expires_in;
  const isEnd = end === undefined || (typeof end === 'number' && end >= 0 && end <= MOST_SECONDS);
  // Any other type would have to be used otherwise than as we use it (RFC 6749 section 7.1).
  const isBearer = typeof token_type === 'string' && /^bearer$/i.test(token_type);
  const isScope = scope === undefined || typeof scope === 'string';
  if (!isToken(access_token) || !(refresh_token === undefined || isToken(refresh_token)) || !isEnd || !isBearer || !isScope)
    throw new Fault('oauth.answer-unreadable', host);
};

type Good = Extract<TokenAnswer, { ok: true }>;

/** What was granted: the tokens, and what else stood in the answer. `response` is the answer as the RFC has it, for oauth4webapi. */
export type Answer = { readonly tokens: TokenSet; readonly extra: JsonObject; readonly response: Response };

const asResponse = (answer: Good, hasIdToken: boolean): Response =>
  Response.json({
    access_token: answer.accessToken,
    token_type: 'bearer',
    ...(answer.refreshToken === null ? {} : { refresh_token: answer.refreshToken }),
    ...(typeof answer.expiresIn === 'number' ? { expires_in: answer.expiresIn } : {}),
    ...(answer.scopes === null ? {} : { scope: answer.scopes.join(' ') }),
    ...(hasIdToken && answer.idToken !== null ? { id_token: answer.idToken } : {}),
  });

/** An answer of a token endpoint that could not be made a token of, with what the service said of it. */
export type Refusal = Extract<TokenAnswer, { ok: false }>;

/** The answer to a token request, normalised; `now` is the local time of its receipt (S33). A refusal is returned, not thrown. */
export const tryTokenAnswer = async (
  server: Server,
  response: Response,
  now: number,
  rest: Pick<TokenQuestion, 'previous' | 'asked' | 'callbackScope'> = {},
): Promise<Answer | Refusal> => {
  const host = new URL(server.as.token_endpoint ?? server.as.issuer).host;
  const text = await response.text();
  const { dialect: auth, isDiscovered: isStrict } = server;
  if (isStrict && response.ok) requireStrictAnswer(text, host, auth);
  const { status, headers } = response;
  const answer = readTokenAnswer({ auth, status, contentType: headers.get('content-type'), text, now, ...rest });
  if (!answer.ok) {
    // The name of the service says more than what could not be read, which stands in the details.
    const isAboutHost = answer.fault.code === 'oauth.provider-down' || (isStrict && answer.fault.code === 'oauth.answer-unreadable');
    return isAboutHost ? { ...answer, fault: { code: answer.fault.code, detail: host } } : answer;
  }
  const tokens: TokenSet = {
    accessToken: new Secret(answer.accessToken),
    refreshToken: answer.refreshToken === null ? null : new Secret(answer.refreshToken),
    expiresAt: typeof answer.expiresIn === 'number' ? now + answer.expiresIn * 1_000 : null,
    scopes: answer.scopes,
  };
  return { tokens, extra: answer.extra, response: asResponse(answer, isStrict) };
};

/** The same, where a refusal is a fault. */
export const readAnswer = async (...args: Parameters<typeof tryTokenAnswer>): Promise<Answer> => {
  const answer = await tryTokenAnswer(...args);
  if ('fault' in answer) throw new Fault(answer.fault.code, answer.fault.detail);
  return answer;
};
