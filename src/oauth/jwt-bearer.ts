import { SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import { type Net, readAnswer, type Server, tokenRequestOptions } from './client.ts';
import type { Granted } from './client-credentials.ts';
import { speaking } from './faults.ts';
import { importSigningKey, type SigningKey } from './signing-key.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The assertion says who asks, and a client id beside it would be another's (RFC 7523 section 3.1). */
const withoutClient: oauth.ClientAuth = () => undefined;

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
  const scope = scopes.join(server.dialect.scopeSeparator);
  const seconds = Math.floor(now() / 1_000);
  const assertion = await new SignJWT(scope === '' ? {} : { scope })
    .setProtectedHeader({ alg: key.algorithm, typ: 'JWT', ...(key.keyId === null ? {} : { kid: key.keyId }) })
    .setIssuer(key.issuer)
    .setSubject(key.subject ?? key.issuer)
    .setAudience(key.audience ?? server.as.token_endpoint ?? server.as.issuer)
    .setJti(oauth.generateRandomState())
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + LIFE_SECONDS)
    .sign(await importSigningKey(key.privateKey, key.algorithm));
  return speaking(new URL(server.as.issuer).host, async () => {
    const params = { assertion, ...(scope === '' ? {} : { scope }) };
    const options = tokenRequestOptions(server, net);
    const response = await oauth.genericTokenEndpointRequest(server.as, server.client, withoutClient, GRANT, params, options);
    const answer = await readAnswer(server, response, now(), { asked: scopes });
    await oauth.processGenericTokenEndpointResponse(server.as, server.client, answer.response);
    return { tokens: answer.tokens, extra: answer.extra };
  });
};
