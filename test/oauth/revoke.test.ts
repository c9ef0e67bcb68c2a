import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { isOauth } from '../../src/domain/connector.ts';
import { endingOf, endingPlace } from '../../src/domain/ending.ts';
import { Fault } from '../../src/domain/faults.ts';
import { Secret } from '../../src/domain/secret.ts';
import { serverOf } from '../../src/oauth/record.ts';
import { revoke } from '../../src/oauth/revoke.ts';
import { json, type Reply, serveAs } from '../support/simulators/provider.ts';

const nothing: Reply = { status: 200, type: 'text/plain', body: '' };
let replies: Reply[] = [];
let asked: (string | null)[] = [];
let served: Awaited<ReturnType<typeof serveAs>>;
beforeAll(async () => {
  served = await serveAs(({ text }) => {
    asked.push(new URLSearchParams(text).get('token'));
    return replies.shift() ?? nothing;
  });
});
afterAll(() => served.close());

const revokeAt = async (id: string, said: readonly Reply[], refreshToken: Secret | null = new Secret('r')): Promise<string> => {
  const { auth } = connectorById(id);
  if (!isOauth(auth)) throw new TypeError(id);
  replies = [...said];
  asked = [];
  try {
    return await revoke(
      serverOf(auth, {}, { clientId: 'us', secret: new Secret('s') }),
      { accessToken: new Secret('a'), refreshToken },
      served.net,
    );
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${error.detail}`;
    throw error;
  }
};

describe('telling a service that a grant ends (RFC 7009)', () => {
  it.each<[string, string, readonly Reply[], string]>([
    ['an empty 200', 'google-drive', [], 'told'],
    [
      'a 204',
      'zoom',
      [
        { ...nothing, status: 204 },
        { ...nothing, status: 204 },
      ],
      'told',
    ],
    ['a page', 'zoom', [{ status: 200, type: 'text/html', body: '<p>Done</p>' }], 'told'],
    ['an access token that ended with the refresh token', 'zoom', [nothing, json({ error: 'invalid_token' }, 400)], 'told'],
    ['a server that ends refresh tokens alone', 'zoom', [nothing, json({ error: 'unsupported_token_type' }, 400)], 'told'],
    ['a server that ends no such token', 'zoom', [json({ error: 'unsupported_token_type' }, 400)], 'oauth.refused unsupported_token_type'],
    ['a token that was dead before', 'zoom', [json({ error: 'invalid_token' }, 400), json({ error: 'invalid_grant' }, 400)], 'told'],
    ['an error in a good answer', 'slack', [json({ ok: false, error: 'fatal_error' })], 'oauth.refused fatal_error'],
    ['a flag in a good answer', 'slack', [nothing, json({ ok: false })], 'oauth.refused refused'],
    ['another client', 'zoom', [json({ error: 'invalid_client' }, 401)], 'oauth.refused invalid_client'],
    ['nothing but a status', 'zoom', [{ ...nothing, status: 404 }], 'oauth.refused status 404'],
  ])('S37 R67 %s', async (_, id, said, expected) => {
    expect(await revokeAt(id, said)).toBe(expected);
    expect(asked[0]).toBe('r');
  });

  it('S37 says that nothing was asked where a service has no such request', async () => {
    expect(await revokeAt('github', [])).toBe('no-way');
    expect(asked).toEqual([]);
  });

  it('S37 says beforehand which services can be told, and where else an authorization is ended', () => {
    const count = { yes: 0, no: 0, unknown: 0 };
    for (const connector of allConnectors()) count[endingOf(connector).canTell] += 1;
    expect(count.no).toBeGreaterThan(200);
    expect(endingOf(connectorById('zoom')).canTell).toBe('yes');
    expect(endingOf(connectorById('auth0')).canTell).toBe('unknown');
    expect(endingOf(connectorById('github'))).toEqual({ serviceName: 'GitHub', canTell: 'no', page: null });
    expect(endingPlace(endingOf(connectorById('github')))).toBe('your account at GitHub, usually under connected apps or API keys');
    expect(endingPlace(endingOf(connectorById('twilio')))).toBe(connectorById('twilio').facts.setupUrl);
  });
});
