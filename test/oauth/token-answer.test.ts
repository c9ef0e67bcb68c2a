import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerRules } from '../../src/domain/connector.ts';
import { isFaultCode } from '../../src/domain/faults.ts';
import { type AnswerDialect, GENERIC, readTokenAnswer, type TokenAnswer, type TokenQuestion } from '../../src/oauth/token-answer.ts';

const NOW = 1_700_000_000_000;

const dialect = (answer: AnswerRules, scopeSeparator = ' '): AnswerDialect => ({ ...GENERIC, answer, scopeSeparator });

const read = (text: string, rest: Partial<TokenQuestion> = {}): TokenAnswer =>
  readTokenAnswer({ auth: GENERIC, status: 200, contentType: 'application/json', text, now: NOW, ...rest });

const withToken = (members: Readonly<Record<string, unknown>>, rest: Partial<TokenQuestion> = {}): TokenAnswer =>
  read(JSON.stringify({ access_token: 'a', ...members }), rest);

const faultOf = (answer: TokenAnswer): string | null => (answer.ok ? null : answer.fault.code);
const detailOf = (answer: TokenAnswer): string | null => (answer.ok ? null : answer.fault.detail);
const lifeOf = (answer: TokenAnswer): unknown => (answer.ok ? answer.expiresIn : answer.fault);
const scopesOf = (answer: TokenAnswer): unknown => (answer.ok ? answer.scopes : answer.fault);

describe('the body', () => {
  it('quirk B1 reads JSON first, else a form with a key access_token or error, whatever the type says', () => {
    expect(read('{"access_token":"j"}', { contentType: 'application/x-www-form-urlencoded' })).toMatchObject({ accessToken: 'j' });
    expect(read('access_token=f&scope=a', { contentType: 'application/json' })).toMatchObject({ accessToken: 'f', scopes: ['a'] });
    expect(read('scope=a&access_token=f%21', { contentType: null })).toMatchObject({ accessToken: 'f!' });
    expect(detailOf(read('error=invalid_grant', { contentType: 'text/plain' }))).toBe('invalid_grant');
  });

  it('quirk B2 takes JSON under any text type, and strips a byte-order mark', () => {
    for (const contentType of ['text/plain', 'text/html; charset=utf-8', 'text/javascript', null])
      expect(read('\uFEFF {"access_token":"j"}\n', { contentType })).toMatchObject({ ok: true, accessToken: 'j' });
  });

  it('quirk B3 makes no token out of a text that is neither, and keeps only a redacted start of it', () => {
    const page = '<html><a href="/cb?x=1&access_token=ya29.abcdefghijklmnopqrstuvwxyz0123456789&y=2">go</a></html>';
    const answer = read(page, { contentType: 'text/html' });
    expect(answer).toMatchObject({ ok: false, said: null });
    expect(detailOf(answer)).toBe('unreadable_response, status 200, text/html, begins go');
    expect(JSON.stringify(answer)).not.toContain('ya29');
    for (const text of [
      '',
      '[]',
      'null',
      '"access_token"',
      '7',
      'access_token',
      'access_token=',
      'x=1&y=2',
      '{"access_token":"a"',
      'access_token=a b',
    ])
      expect(read(text).ok, text).toBe(false);
    expect(faultOf(read('access_token=a&access_token=b'))).toBe('oauth.answer-unreadable');
  });

  it('quirk N1 keeps every figure of a number beyond 2^53, and leaves texts alone', () => {
    const answer = read('{"access_token":"a","id":17841405793187218,"small":42,"list":[-90071992547409931],"text":"id 17841405793187218"}');
    expect(answer).toMatchObject({
      extra: { id: '17841405793187218', small: 42, list: ['-90071992547409931'], text: 'id 17841405793187218' },
    });
  });
});

describe('errors', () => {
  it('quirk E1 looks for an error before it looks at the status', () => {
    expect(detailOf(withToken({ error: 'invalid_code' }))).toBe('invalid_code');
    expect(faultOf(withToken({ ok: false }))).toBe('oauth.refused');
    expect(faultOf(withToken({ success: false, message: 'no' }))).toBe('oauth.refused');
    for (const members of [{ error: '' }, { error: null }, { ok: true }, { success: true }]) expect(withToken(members).ok).toBe(true);
  });

  it('quirk E2 reads an error that is an object', () => {
    expect(read('{"error":{"type":"OAuthException","code":190,"message":"Gone"}}', { status: 400 })).toMatchObject({
      fault: { detail: 'OAuthException' },
      said: { description: 'Gone' },
    });
    expect(detailOf(read('{"error":{"code":"bad","message":"Gone"}}'))).toBe('bad');
    expect(detailOf(read('{"error":{"error":"worse"}}'))).toBe('worse');
    expect(detailOf(read('{"error":{"code":7}}'))).toBe('7');
    expect(faultOf(withToken({ error: {} }))).toBe('oauth.refused');
  });

  it('quirk E3 takes a number for a failure only where the connector says so', () => {
    const text = '{"code":40105,"message":"no","data":{}}';
    expect(read(text, { auth: dialect({ envelope: 'code', tokenAt: 'data' }) })).toMatchObject({
      fault: { code: 'oauth.refused', detail: '40105' },
    });
    expect(detailOf(read(text))).toBe('missing_access_token');
    expect(withToken({ code: 200 }).ok).toBe(true);
    expect(read('{"status":0,"body":{"access_token":"a"}}', { auth: dialect({ envelope: 'status', tokenAt: 'body' }) }).ok).toBe(true);
    expect(read('{"errcode":"40029"}', { auth: dialect({ envelope: 'errcode' }) }).ok).toBe(false);
  });

  it('quirk E4 reads the standard members and keeps the service’s own beside them', () => {
    expect(
      read('{"error":"invalid_grant","error_description":"AADSTS70008: late","error_uri":"https://x.test","error_codes":[70008]}', {
        status: 400,
      }),
    ).toMatchObject({
      fault: { code: 'oauth.refused', detail: 'invalid_grant' },
      said: { code: 'invalid_grant', description: 'AADSTS70008: late' },
      details: { error_codes: [70008], error_uri: 'https://x.test' },
    });
  });

  it('quirk E5 reads the first of a list of errors', () => {
    expect(detailOf(read('{"errors":[{"errorType":"invalid_client","message":"m"}]}', { status: 401 }))).toBe('invalid_client');
    expect(detailOf(read('{"errors":[{"code":"invalid"}]}', { status: 400 }))).toBe('invalid');
    expect(detailOf(read('{"errors":[{"message":"m"}]}'))).toBe('m');
    expect(withToken({ errors: [] }).ok).toBe(true);
  });

  it('quirk E6 reads message or status of a refused request, and takes a numeric error for no code', () => {
    expect(detailOf(read('{"status":400,"message":"Invalid code"}', { status: 400 }))).toBe('Invalid code');
    expect(detailOf(read('{"status":"BAD","message":"Invalid code"}', { status: 400 }))).toBe('BAD');
    expect(detailOf(read('{"message":"Unauthorized","error":401}', { status: 401 }))).toBe('Unauthorized');
    expect(detailOf(withToken({}, { status: 400 }))).toBe('status 400');
    expect(withToken({ message: 'hello', status: 'ok' }).ok).toBe(true);
  });

  it('quirk E7 says that the token is missing where there is neither token nor error', () => {
    for (const text of ['{}', '{"access_token":""}', '{"access_token":null}', '{"data":{"access_token":"a"}}'])
      expect(read(text)).toMatchObject({ fault: { code: 'oauth.answer-unreadable', detail: 'missing_access_token' } });
  });

  it('tells a dead grant from a passing trouble', () => {
    const previous = { refreshToken: 'r', scopes: null };
    for (const error of ['invalid_grant', 'invalid_refresh_token', 'token_revoked', 'bad_refresh_token', 'invalid_code'])
      expect(faultOf(read(JSON.stringify({ error }), { previous, status: 400 }))).toBe('oauth.grant-ended');
    expect(faultOf(read('{"error":"invalid_grant"}', { status: 400 }))).toBe('oauth.refused');
    expect(faultOf(read('{"error":"invalid_client"}', { previous, status: 401 }))).toBe('oauth.refused');
    for (const status of [429, 500, 502, 503])
      expect(faultOf(read('{"error":"invalid_grant"}', { previous, status }))).toBe('oauth.provider-down');
  });

  it('S29 shows nothing of a code or token that stands in an error', () => {
    const answer = read(
      '{"error":"invalid_grant","error_description":"code 4/0AX4XfWh1234567890abcdef is bad","access_token":"tok_1","code":"c_1"}',
    );
    expect(JSON.stringify(answer)).not.toMatch(/4\/0AX|tok_1|c_1/);
  });
});

describe('the token', () => {
  it('quirk T1 knows three names', () => {
    expect(read('{"accessToken":"b"}')).toMatchObject({ accessToken: 'b' });
    expect(read('{"token":"c"}')).toMatchObject({ accessToken: 'c' });
    expect(read('{"token":"c","accessToken":"b","access_token":"a"}')).toMatchObject({ accessToken: 'a' });
  });

  it('quirk T2 looks elsewhere only where the connector says so', () => {
    const text = '{"data":[{"access_token":"a","scope":"x"}]}';
    expect(read(text).ok).toBe(false);
    expect(read(text, { auth: dialect({ tokenAt: 'data.0' }) })).toMatchObject({ accessToken: 'a', scopes: ['x'] });
    expect(read('{"data":"a"}', { auth: dialect({ tokenAt: 'data' }) }).ok).toBe(false);
  });

  it('quirk T3 sends a missing type and a type of its own as Bearer, and refuses one that is sent otherwise', () => {
    for (const token_type of [undefined, null, '', 'Bearer', 'bEaReR', 'bot', 'user'])
      expect(withToken({ token_type })).toMatchObject({ tokenType: 'Bearer' });
    for (const token_type of ['mac', 'DPoP', 'N_A', 7, {}, 'a\r\nb']) expect(detailOf(withToken({ token_type }))).toBe('token_type');
  });

  it('S29 takes a token of printable ASCII up to 16 KiB and nothing else', () => {
    for (const access_token of [7, true, {}, ['a'], 'a b', 'a\r\nx: 1', 'ä', 'a'.repeat(16_385)])
      expect(detailOf(withToken({ access_token }))).toBe('access_token');
    expect(withToken({ access_token: 'a'.repeat(16_384) }).ok).toBe(true);
    for (const refresh_token of [7, true, {}, 'a b', 'a'.repeat(16_385)])
      expect(detailOf(withToken({ refresh_token }))).toBe('refresh_token');
  });

  it('S29 reads no member that the answer only inherits', () => {
    expect(detailOf(read('{"__proto__":{"access_token":"a","token_type":"Bearer"}}'))).toBe('missing_access_token');
    expect(read('{"access_token":"a","constructor":{"error":"x"}}').ok).toBe(true);
  });
});

describe('the end', () => {
  it('quirk X1 takes a number that is written as a text', () => {
    expect(lifeOf(withToken({ expires_in: '600' }))).toBe(600);
    expect(lifeOf(withToken({ expires_in: '600.5' }))).toBe(600.5);
    for (const expires_in of ['soon', '1e3', '0x10', {}, [600], true]) expect(detailOf(withToken({ expires_in }))).toBe('expires_in');
  });

  it('quirk X2 knows four names', () => {
    for (const name of ['expires_in', 'expires_in_sec', 'expires', 'expiresIn']) expect(lifeOf(withToken({ [name]: 600 }))).toBe(600);
    expect(lifeOf(withToken({ expires_in: 1, expires: 2, expiresIn: 3 }))).toBe(1);
  });

  it('quirk X3 reads a point in time, in seconds, milliseconds or ISO 8601; a time from now wins', () => {
    for (const name of ['expires_at', 'expires_on', 'access_token_expires_at', 'access_token_expiration'])
      expect(lifeOf(withToken({ [name]: NOW / 1_000 + 60 }))).toBe(60);
    expect(lifeOf(withToken({ expires_at: NOW + 60_000 }))).toBe(60);
    expect(lifeOf(withToken({ expires_at: new Date(NOW + 60_000).toISOString() }))).toBe(60);
    expect(lifeOf(withToken({ expires_in: 7, expires_at: NOW + 60_000 }))).toBe(7);
    expect(lifeOf(withToken({ expires_in: 3_600_000, expires_in_sec: 3_600 }))).toBe(3_600);
    expect(lifeOf(withToken({ expires_at: NOW / 1_000 - 60 }))).toBe(0);
    expect(detailOf(withToken({ expires_at: 'tomorrow' }))).toBe('expires_in');
  });

  it('quirk X4 takes no value for unknown and not for never', () => {
    for (const members of [{}, { expires_in: null }, { expires_in: '' }]) expect(lifeOf(withToken(members))).toBe(null);
  });

  it('quirk X5 takes 0 for never only where the connector says so', () => {
    for (const expires_in of [0, '0', -1]) {
      expect(lifeOf(withToken({ expires_in }))).toBe(null);
      expect(lifeOf(withToken({ expires_in }, { auth: dialect({ zeroNeverExpires: true }) }))).toBe('never');
    }
  });

  it('quirk X6 takes more than ten years for milliseconds, else for unknown', () => {
    expect(lifeOf(withToken({ expires_in: 31_536_000_000 / 2 }))).toBe(31_536_000 / 2);
    expect(lifeOf(withToken({ expires_in: 1_438_315_200_000 }))).toBe(null);
  });

  it('S29 refuses an end that no token has', () => {
    expect(detailOf(withToken({ expires_in: 10 ** 8 + 1 }))).toBe('expires_in');
    expect(lifeOf(withToken({ expires_in: 10 ** 8 }))).toBe(10 ** 8);
  });
});

describe('the refresh token', () => {
  const previous = { refreshToken: 'old', scopes: ['s'] };

  it('quirk R1 keeps the old one where an answer has none', () => {
    expect(withToken({}, { previous })).toMatchObject({ refreshToken: 'old', scopes: ['s'] });
    expect(withToken({})).toMatchObject({ refreshToken: null });
  });

  it('quirk R2 puts a new one in its place', () => {
    expect(withToken({ refresh_token: 'new' }, { previous })).toMatchObject({ refreshToken: 'new' });
  });

  it('quirk R3 counts null and an empty text as absent', () => {
    for (const refresh_token of [null, '']) expect(withToken({ refresh_token }, { previous })).toMatchObject({ refreshToken: 'old' });
  });
});

describe('scopes', () => {
  it('quirk S1 splits at spaces', () => {
    expect(scopesOf(withToken({ scope: ' a  b a' }))).toEqual(['a', 'b']);
  });

  it('quirk S2 splits at commas where the connector does, or where there is neither space nor address', () => {
    expect(scopesOf(withToken({ scope: 'a,b' }))).toEqual(['a', 'b']);
    expect(scopesOf(withToken({ scope: 'a, b' }, { auth: dialect({}, ',') }))).toEqual(['a', 'b']);
    expect(scopesOf(withToken({ scope: 'a,b c' }))).toEqual(['a,b', 'c']);
    expect(scopesOf(withToken({ scope: 'https://x.test/a,b' }))).toEqual(['https://x.test/a,b']);
    expect(scopesOf(withToken({ scope: 'a b' }, { auth: dialect({}, ',') }))).toEqual(['a', 'b']);
  });

  it('quirk S3 takes lists and other names', () => {
    expect(scopesOf(withToken({ scope: ['a', 'b c'] }))).toEqual(['a', 'b', 'c']);
    expect(scopesOf(withToken({ scopes: 'a b' }))).toEqual(['a', 'b']);
    expect(scopesOf(withToken({ permissions: 'a' }))).toEqual(['a']);
    for (const scope of [7, {}, [{}]]) expect(detailOf(withToken({ scope }))).toBe('scope');
  });

  it('quirk S4 takes the callback’s where the connector answers there', () => {
    const auth = dialect({ scopeInCallback: true }, ',');
    expect(scopesOf(withToken({}, { auth, asked: ['a', 'b'], callbackScope: 'a' }))).toEqual(['a']);
    expect(scopesOf(withToken({}, { asked: ['a', 'b'], callbackScope: 'a' }))).toEqual(['a', 'b']);
  });

  it('quirk S5 takes the asked ones for granted where nothing is said (RFC 6749 section 5.1)', () => {
    for (const scope of [undefined, null, '']) expect(scopesOf(withToken({ scope }, { asked: ['a'] }))).toEqual(['a']);
    expect(scopesOf(withToken({}))).toBe(null);
  });

  it('quirk S6 cuts only where the connector says so', () => {
    expect(scopesOf(withToken({ scope: 'full|x.test' }, { auth: dialect({ scopeCutAt: '|' }) }))).toEqual(['full']);
    expect(scopesOf(withToken({ scope: 'full|x.test' }))).toEqual(['full|x.test']);
  });
});

const rules: fc.Arbitrary<AnswerRules> = fc.record(
  {
    tokenAt: fc.constantFrom('data', 'data.0', 'body', 'authed_user', ''),
    envelope: fc.constantFrom<'code' | 'errcode' | 'status'>('code', 'errcode', 'status'),
    zeroNeverExpires: fc.boolean(),
    scopeCutAt: fc.constant<'|'>('|'),
    scopeInCallback: fc.boolean(),
  },
  { requiredKeys: [] },
);

const NAMES = [
  'access_token',
  'accessToken',
  'token',
  'refresh_token',
  'token_type',
  'expires_in',
  'expires_at',
  'scope',
  'data',
  'body',
  'id_token',
  'code',
];
const member = fc.constantFrom(
  ...NAMES,
  'error',
  'errors',
  'ok',
  'success',
  'message',
  'status',
  'errcode',
  'authed_user',
  '__proto__',
  'length',
  '0',
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', '', 'Bearer', 'a,b', '600', 'invalid_grant', '|', '\r\n', null, true, false, 0, -1, 1e300, 7, 2 ** 60),
    fc.string(),
    fc.double(),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(member, tie('any'), { maxKeys: 5 }),
  ),
})).any;
const members = fc.dictionary(member, value, { maxKeys: 8 });

/** A question about any text: JSON, forms, pages, noise. */
const question = (text: fc.Arbitrary<string>): fc.Arbitrary<TokenQuestion> =>
  fc.record({
    auth: fc.record({
      answer: rules,
      scopeSeparator: fc.constantFrom(' ', ',', '+', ''),
      answerVariables: fc.array(fc.constantFrom('data.id', 'host', '__proto__', '')),
    }),
    status: fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 418, 429, 500, 503),
    contentType: fc.oneof(fc.string(), fc.constant(null)),
    text,
    now: fc.constant(NOW),
    callbackScope: fc.oneof(fc.string(), fc.constant(null)),
  });

const anyText = fc.oneof(
  fc.string(),
  members.map((one) => JSON.stringify(one)),
  members.map((one) =>
    new URLSearchParams(
      Object.entries(one).map(([name, inner]) => [name, typeof inner === 'string' ? inner : JSON.stringify(inner)]),
    ).toString(),
  ),
  fc.tuple(members, fc.string()).map(([one, tail]) => JSON.stringify(one) + tail),
  members.map((one) => `<html>${JSON.stringify(one)}</html>`),
);

describe('any answer at all', () => {
  it('S29 gives a usable token set or a fault, and never throws', () => {
    fc.assert(
      fc.property(question(anyText), (asked) => {
        const answer = readTokenAnswer(asked);
        if (!answer.ok) {
          expect(isFaultCode(answer.fault.code)).toBe(true);
          return;
        }
        expect(answer.accessToken).toMatch(/^[\x21-\x7e]{1,16384}$/);
        expect(asked.status >= 200 && asked.status < 300).toBe(true);
        expect(answer.refreshToken === null || /^[\x21-\x7e]{1,16384}$/.test(answer.refreshToken)).toBe(true);
        const { expiresIn } = answer;
        expect(expiresIn === null || expiresIn === 'never' || (expiresIn >= 0 && expiresIn <= 10 ** 8)).toBe(true);
        expect(() => JSON.stringify(answer)).not.toThrow();
      }),
      { numRuns: 20_000 },
    );
  });

  const failing = fc.oneof(
    fc.string({ minLength: 1 }).map((error) => ({ error })),
    members.map((error) => ({ error: { ...error } })),
    fc.constantFrom({ ok: false }, { success: false }, { error: true }, { error: 401 }, { errors: [{ code: 'x' }] }, { errors: ['x'] }),
  );

  it('S29 makes no token out of an error, whatever stands beside it and whatever the status says', () => {
    fc.assert(
      fc.property(members, failing, question(fc.constant('')), (beside, error, asked) => {
        const text = JSON.stringify({ ...beside, access_token: 'a', ...error });
        expect(readTokenAnswer({ ...asked, text }).ok).toBe(false);
      }),
      { numRuns: 10_000 },
    );
  });

  it('S29 makes no token out of a status that is none of success', () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 300, max: 599 }), question(fc.constant('')), (beside, status, asked) => {
        expect(readTokenAnswer({ ...asked, status, text: JSON.stringify({ ...beside, access_token: 'a' }) }).ok).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  it('S29 lets no token into what is kept beside it', () => {
    fc.assert(
      fc.property(members, (beside) => {
        const text = JSON.stringify({
          ...beside,
          access_token: 'secret-one',
          nested: { id_token: 'secret-two', list: [{ token: 'secret-three' }] },
        });
        const answer = readTokenAnswer({ auth: GENERIC, status: 200, contentType: null, text, now: NOW });
        expect(JSON.stringify(answer.ok ? answer.extra : answer)).not.toMatch(/secret-/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('S29 reads a mass of nesting, digits or backslashes in no time', () => {
    const started = performance.now();
    for (const text of [
      '['.repeat(2 ** 20),
      '{"a":'.repeat(2 ** 17),
      '1'.repeat(2 ** 20),
      `"${'\\"'.repeat(2 ** 19)}`,
      '&error='.repeat(2 ** 17),
    ])
      expect(read(text).ok).toBe(false);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
