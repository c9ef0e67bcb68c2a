import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { base64url } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf, requireStrongKey } from '../../src/bundle/author-key.ts';
import { canonicalText } from '../../src/bundle/canonical.ts';
import { FORMAT, type Payload } from '../../src/bundle/format/v1.ts';
import { findSecrets } from '../../src/bundle/secrets.ts';
import { makeAuthorKey, signBundle } from '../../src/bundle/sign.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { ESTATE } from '../../src/core/sample-estate.ts';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';

let good: string;
let payload: Payload;
let privateKey: string;

beforeAll(async () => {
  const key = await makeAuthorKey();
  privateKey = key.privateKey;
  payload = JSON.parse(
    JSON.stringify({
      format: FORMAT,
      publishedAt: 1_700_000_000_000,
      author: { name: 'Northwind Studio', key: key.publicKey },
      application: { id: 'app_1', version: '1.0.0', ...ESTATE.application },
      connections: ESTATE.connections,
      components: ESTATE.components,
      requirements: { systemConnections: [] },
    }),
  ) as Payload;
  good = await signBundle(payload, privateKey);
});

const codeOf = (text: string): Promise<string> =>
  verifyBundle(text).then(
    () => 'good',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'no fault'),
  );

/** The author signs it again with this change, so that what comes after the signature is met. */
const resigned = (change: Record<string, unknown>): Promise<string> => signBundle({ ...payload, ...change } as Payload, privateKey);

describe('a signed bundle', () => {
  it('verifies, names its author’s key and its own hash', async () => {
    const verified = await verifyBundle(good);
    expect(verified.payload).toEqual(payload);
    expect(verified.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintOf(verified.keyId)).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/);
  });

  it('S13 is its own canonical form', () => {
    expect(canonicalText(JSON.parse(good) as JsonObject)).toBe(good);
  });

  it.each([
    ['an empty file', () => '', 'bundle.not-json'],
    ['a picture', () => '\u0089PNG', 'bundle.not-json'],
    ['other JSON', () => '{"a":1}', 'bundle.not-a-bundle'],
    ['a list', () => '[1,2]', 'bundle.not-a-bundle'],
    ['the first half', () => good.slice(0, good.length / 2), 'bundle.incomplete'],
    ['a re-formatted copy', () => JSON.stringify(JSON.parse(good), null, 2), 'bundle.not-canonical'],
    ['a byte-order mark', () => `\uFEFF${good}`, 'bundle.not-json'],
    ['a duplicate key', () => good.replace('{"payload":', '{"payload":{},"payload":'), 'bundle.not-canonical'],
    ['another name under the same signature', () => good.replace('"name":"Estate"', '"name":"Estatf"'), 'bundle.signature-wrong'],
    ['a cut signature', () => good.replace(/.{4}"}$/, '"}'), 'bundle.signature-wrong'],
    ['a newer format', () => good.replace(FORMAT, 'latchkey.bundle/99'), 'bundle.format-newer'],
    ['another format', () => good.replace(FORMAT, 'something.else/1'), 'bundle.not-a-bundle'],
    ['a prototype key', () => good.replace('"name":"Estate"', '"__proto__":{},"name":"Estate"'), 'bundle.field-wrong'],
    ['40 levels', () => `${'['.repeat(40)}${']'.repeat(40)}`, 'bundle.field-wrong'],
    ['17 MiB', () => `"${'a'.repeat(17 * 1024 * 1024)}"`, 'bundle.too-large'],
  ])('refuses %s', async (_, text, code) => {
    expect(await codeOf(text())).toBe(code);
    expect(await codeOf(text())).toBe(code);
  });

  it.each<[string, () => Record<string, unknown>, string]>([
    ['an unknown field', () => ({ extra: 1 }), 'bundle.field-wrong'],
    ['a system connection (R86)', () => ({ connections: [{ ...payload.connections[0], type: 'system' }] }), 'bundle.field-wrong'],
    ['two connections of one link name', () => ({ connections: [payload.connections[0], payload.connections[0]] }), 'bundle.field-wrong'],
    [
      'a name with a hidden character (S17)',
      () => ({ application: { ...payload.application, name: 'Est\u202Eate' } }),
      'bundle.field-wrong',
    ],
    [
      'a token in a component (S1)',
      () => ({
        components: [{ linkName: 'c', name: 'C', kind: 'page-panel', config: { text: 'ghp_0123456789abcdefghij0123456789abcdef' } }],
      }),
      'bundle.secret-found',
    ],
    ['a version that is none', () => ({ application: { ...payload.application, version: 'latest' } }), 'bundle.field-wrong'],
  ])('refuses %s, though its author signed it', async (_, change, code) => {
    expect(await codeOf(await resigned(change()))).toBe(code);
  });

  it('S44 refuses a signature by another key than the one it carries', async () => {
    const other = await makeAuthorKey();
    expect(await codeOf(await signBundle(payload, other.privateKey))).toBe('bundle.signature-wrong');
  });

  it('S44 refuses another algorithm, an embedded key and a foreign type in the header', async () => {
    const signature = good.slice(good.lastIndexOf('"signature":"') + 13, -2);
    const [, , value = ''] = signature.split('.');
    const kid = (await verifyBundle(good)).keyId;
    const headers: JsonObject[] = [
      { alg: 'none', kid, typ: 'latchkey-bundle+jws' },
      { alg: 'EdDSA', kid, typ: 'latchkey-bundle+jws' },
      { alg: 'HS256', kid, typ: 'latchkey-bundle+jws' },
      { alg: 'Ed25519', kid, typ: 'JWT' },
      { alg: 'Ed25519', kid, typ: 'latchkey-bundle+jws', jwk: payload.author.key },
      { alg: 'Ed25519', kid: 'x', typ: 'latchkey-bundle+jws' },
    ];
    for (const header of headers) {
      const forged = `${base64url.encode(JSON.stringify(header))}..${value}`;
      expect(await codeOf(good.replace(signature, forged))).toBe('bundle.signature-wrong');
    }
  });

  it('S45 refuses the keys that would verify anything', () => {
    const small = [
      '0000000000000000000000000000000000000000000000000000000000000000',
      '0100000000000000000000000000000000000000000000000000000000000000',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
      'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
      'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    ];
    for (const hex of small) {
      const x = base64url.encode(Buffer.from(hex, 'hex'));
      expect(() => requireStrongKey({ crv: 'Ed25519', kty: 'OKP', x }), hex).toThrow('bundle.key-wrong');
    }
    expect(() => requireStrongKey(payload.author.key)).not.toThrow();
  });

  it('S14 leaves the prototype as it was after every refusal', () => {
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('S1 the search for secrets', () => {
  it.each([
    [{ client_secret: 'x' }],
    [{ a: { api_key: 'x' } }],
    [{ headers: [{ authorization: 'Bearer x' }] }],
    [{ a: `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiJ4In0'}.${'abcdefghijk'}` }],
    [{ a: `-----BEGIN ${'PRIVATE'} KEY-----` }],
    [{ a: `xoxb-${'1234567890'}` }],
    [{ a: `AKIA${'ABCDEFGHIJKLMNOP'}` }],
    [{ a: 'https://user:password@example.com/' }],
    [{ a: 'Zk9mQ2xW7bT4sR1vY8nJ3hG6pL5dK0aX' }],
  ])('finds it in %j', (value: JsonObject) => {
    expect(findSecrets(value).found).toHaveLength(1);
  });

  it('finds none in the sample, and says how much it searched', () => {
    const search = findSecrets({ ...ESTATE } as unknown as JsonValue);
    expect(search.found).toEqual([]);
    expect(search.values).toBeGreaterThan(40);
  });

  it.each([
    [{ client_secret: '' }],
    [{ api_key: '{{vault}}' }],
    [{ a: 'books.invoices.create' }],
    [{ a: 'sandbox_books_connection_of_estate' }],
    [{ a: 'https://example.com/x' }],
  ])('leaves %j alone', (value: JsonObject) => {
    expect(findSecrets(value).found).toEqual([]);
  });

  const script = (text: string): string[] => findSecrets({ script: text }).found.map(({ kind }) => kind);
  const HEX = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b';

  it.each([
    [`key = "GOCSPX-${'a1B2c3D4e5F6g7H8i9J0k1L2m3N4'}";`],
    [`info get("AIzaSy${'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q'}");`],
    ['password = "hunter2hunter2";'],
    ['crmPassword = \n\t"swordfish";'],
    [`s = "${HEX}";`],
    [`mail = "SG.${'abcdefghijklmnopqrstuv'}.${'0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'}";`],
    [`t = "Zoho-oauthtoken 1000.${HEX.slice(0, 32)}.${HEX.slice(0, 32)}";`],
    ['h = {"Authorization":"Zoho-oauthtoken 1000.abcdef"};'],
    ['h.put("x-api-key", "k-12345678");'],
    ['token = "a1b2c3d4e5f6a7b8c9d0";'],
    ['body = "{\\"client_secret\\":\\"abc123def\\"}";'],
    ['u = "https://maps.example/find?q=x&api_key=abc123def456";'],
    ['info "Bearer Zk9mQ2xW7bT4sR1vY8nJ3hG6pL5dK0aX";'],
    ['// don’t, don\'t: password = "hunter2hunter2"'],
    ['/* once: Zk9mQ2xW7bT4sR1vY8nJ3hG6pL5dK0aX */'],
    ['<p>It\'s <b>"new"</b></p><% password = "hunter2hunter2"; %>'],
    ['if( { password = "hunter2hunter2'.concat('"')],
    [`slack = "https://hooks.slack.com/services/T01234567/B01234567/abcdefghijklmnop";`],
  ])('finds what stands inside the script %s', (text) => {
    expect(script(`info 1;\n${text}\n`)).toHaveLength(1);
  });

  it.each([
    ['password = input.Password;'],
    ['accessToken = response.get("access_token");'],
    ['endpoints = {"authorization":"https://login.acme.com/authorize"};'],
    ['h = {"Authorization":"Bearer " + token};'],
    ['info {"password":"Password", "api_key":"YOUR_API_KEY", "cookie":"", "passwd":"{{password}}"};'],
    ['spreadsheetId = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms";'],
    ['u = "https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit";'],
    [`commit = "${HEX}";`],
    ['id = "550e8400-e29b-41d4-a716-446655440000"; key = "invoice_line_2024_01";'],
    ['type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";'],
    ['found = zoho.crm.searchRecords("Leads", "(Secret:equals:" + name + ")", 1, 200, {}, "crm_link");'],
    ['path = "/crm/v2/Leads/4876876000000376001/Attachments/Quarterly-Report_2024.pdf";'],
    ['if(answer.get("code") == "INVALID_OAUTHTOKEN_2024") { info "Log in again, then say your password."; }'],
  ])('leaves the script %s alone', (text) => {
    expect(script(`info 1;\n${text}\n`)).toEqual([]);
  });

  it('leaves every other script of the tests alone: one of them has a token on purpose', () => {
    const folder = fileURLToPath(new URL('../deluge/scripts', import.meta.url));
    const files = readdirSync(folder).filter((name) => name.endsWith('.dg'));
    expect(files.length).toBeGreaterThan(70);
    expect(files.filter((name) => script(readFileSync(`${folder}/${name}`, 'utf8')).length > 0)).toEqual(['21-token-in-script.dg']);
  });

  it('names the component and the line of a script, and never the value', async () => {
    const config = { start: null, script: 'info 1;\npassword = "hunter2hunter2";' };
    const text = await resigned({ components: [{ linkName: 'nightly_sync', name: 'Sync', kind: 'deluge-task', config }] });
    const error: unknown = await verifyBundle(text).catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code: 'bundle.secret-found', detail: 'components.0.config.script (nightly_sync, line 2)' });
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});
