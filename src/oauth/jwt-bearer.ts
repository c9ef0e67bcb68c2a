import { importPKCS8, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';
import { Secret } from '../domain/secret.ts';
import { type Net, readAnswer, type Server, tokenRequestOptions } from './client.ts';
import type { Granted } from './client-credentials.ts';
import { PLAIN } from './dialect.ts';
import { speaking } from './faults.ts';

/** A key that speaks for an account, and what its assertions say (RFC 7523 section 3). */
export type SigningKey = {
  readonly algorithm: 'RS256' | 'ES256' | 'PS256' | 'EdDSA';
  /** PKCS #8, PEM. */
  readonly privateKey: Secret;
  readonly keyId: string | null;
  readonly issuer: string;
  /** Whom it speaks for; the issuer itself where nobody else. */
  readonly subject: string | null;
  /** Whom it speaks to; the token endpoint where the service wants nothing else. */
  readonly audience: string | null;
};

const ALGORITHM = 'RS256';

/**
 * The key in the file that a service gives for a service account (Google Cloud, "JSON key"). What else stands in it, its own addresses among
 * it, is not used: the record says where tokens come from. Throws `oauth.key-unusable` for a file that is no such key.
 */
export const readKeyFile = (text: string): SigningKey => {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new Fault('oauth.key-unusable', ALGORITHM);
  }
  const { private_key, private_key_id, client_email }: Readonly<Record<string, unknown>> = { ...(typeof file === 'object' ? file : {}) };
  if (typeof private_key !== 'string' || typeof client_email !== 'string' || !private_key.includes('PRIVATE KEY'))
    throw new Fault('oauth.key-unusable', ALGORITHM);
  return {
    algorithm: ALGORITHM,
    privateKey: new Secret(private_key),
    keyId: typeof private_key_id === 'string' ? private_key_id : null,
    issuer: client_email,
    subject: null,
    audience: null,
  };
};

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Google and Salesforce allow at most an hour and three minutes; a minute is enough for one request. */
const LIFE_SECONDS = 60;

/**
 * A token for an assertion that a private key signs (RFC 7523 section 2.1), as service accounts use it.
 * Throws `oauth.key-unusable` for a key that is none, `oauth.refused`, `oauth.provider-down`, `oauth.answer-unreadable`.
 */
export const jwtBearer = async (
  server: Server,
  key: SigningKey,
  scopes: readonly string[],
  net: Net,
  now: () => number,
): Promise<Granted> => {
  const scope = scopes.join((server.dialect ?? PLAIN).scopeSeparator);
  const seconds = Math.floor(now() / 1_000);
  let assertion: string;
  try {
    assertion = await new SignJWT(scope === '' ? {} : { scope })
      .setProtectedHeader({ alg: key.algorithm, typ: 'JWT', ...(key.keyId === null ? {} : { kid: key.keyId }) })
      .setIssuer(key.issuer)
      .setSubject(key.subject ?? key.issuer)
      .setAudience(key.audience ?? server.as.token_endpoint ?? server.as.issuer)
      .setJti(oauth.generateRandomState())
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + LIFE_SECONDS)
      .sign(await importPKCS8(key.privateKey.reveal(), key.algorithm));
  } catch {
    // What jose says of a key may repeat a part of it.
    throw new Fault('oauth.key-unusable', key.algorithm);
  }
  return speaking(new URL(server.as.issuer).host, async () => {
    const params = { assertion, ...(scope === '' ? {} : { scope }) };
    const options = tokenRequestOptions(server, net);
    const response = await oauth.genericTokenEndpointRequest(server.as, server.client, server.authentication, GRANT, params, options);
    const answer = await readAnswer(server, response, now(), { asked: scopes });
    await oauth.processGenericTokenEndpointResponse(server.as, server.client, answer.response);
    return { tokens: answer.tokens, extra: answer.extra };
  });
};
