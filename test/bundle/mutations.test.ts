import { base64url } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalText } from '../../src/bundle/canonical.ts';
import { FORMAT, type Payload } from '../../src/bundle/format/v1.ts';
import { makeAuthorKey, signBundle } from '../../src/bundle/sign.ts';
import { ESTATE } from '../../src/core/sample-estate.ts';
import type { FaultCode } from '../../src/domain/faults.ts';
import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { startCore, type TestCore } from '../support/core.ts';

/** A good bundle in every way it could be made bad: as it is, and signed again by its author so that what comes after the signature is met. */
let core: TestCore;
let good: string;
let payload: JsonObject;
let privateKey: string;

beforeAll(async () => {
  core = await startCore();
  await core.do('createWorkspace', { side: 'client', name: 'Agency', memberName: 'Carla' });
  const key = await makeAuthorKey();
  privateKey = key.privateKey;
  const whole = {
    format: FORMAT,
    publishedAt: 1_700_000_000_000,
    author: { name: 'Northwind Studio', key: key.publicKey },
    application: { id: 'app_1', version: '1.0.0', ...ESTATE.application },
    connections: ESTATE.connections,
    components: ESTATE.components,
    requirements: { systemConnections: [{ connectorId: 'sandbox-books', scopes: ['books.contacts.read'] }] },
  };
  payload = JSON.parse(JSON.stringify(whole)) as JsonObject;
  good = await sign(payload);
});

/** Signed by its author as far as it still names one; without an author there is nobody to sign it. */
const sign = async (value: JsonObject): Promise<string> => {
  try {
    return await signBundle(value as unknown as Payload, privateKey);
  } catch {
    return `{"payload":${canonicalText(value)},"signature":"${'A'.repeat(40)}..${'A'.repeat(86)}"}`;
  }
};

type Path = readonly (string | number)[];

/** Every place in a value, the value itself left out. */
const placesOf = (value: JsonValue, at: Path = []): Path[] => {
  if (value === null || typeof value !== 'object') return [];
  const entries: [string | number, JsonValue][] = Array.isArray(value)
    ? value.map((entry, index) => [index, entry as JsonValue])
    : Object.entries(value as JsonObject).map(([name, entry]) => [name, entry as JsonValue]);
  return entries.flatMap(([name, entry]) => [[...at, name], ...placesOf(entry, [...at, name])]);
};

const valueAt = (value: JsonValue, path: Path): JsonValue =>
  path.reduce<JsonValue>((here, name) => (here as Record<string | number, JsonValue>)[name] ?? null, value);

const REMOVED = Symbol('removed');
const changed = (path: Path, to: JsonValue | typeof REMOVED): JsonObject => {
  const copy = structuredClone(payload) as JsonObject;
  const last = path.at(-1);
  const parent = valueAt(copy, path.slice(0, -1)) as Record<string | number, JsonValue>;
  if (last === undefined) throw new Error('no place');
  if (to !== REMOVED) parent[last] = to;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
};

/** Refused, in time, the same way twice, and nothing stored. */
const refused = async (text: string, limit = 100): Promise<FaultCode> => {
  const before = await core.ctx.db.installations.count();
  const startedAt = performance.now();
  const code = await core.fails('previewBundle', { text }).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${text.slice(0, 300)}`);
  });
  expect(performance.now() - startedAt).toBeLessThan(limit * 5);
  expect(await core.fails('previewBundle', { text })).toBe(code);
  expect(await core.ctx.db.installations.count()).toBe(before);
  expect(await core.ctx.db.connections.count()).toBe(0);
  return code;
};

const isFine = async (text: string): Promise<boolean> => {
  try {
    await core.do('previewBundle', { text });
    return true;
  } catch {
    return false;
  }
};

let mutations = 0;
const count = <T>(value: T): T => {
  mutations += 1;
  return value;
};

describe('a good bundle, changed after it was signed', () => {
  it('is good before', async () => {
    expect(await isFine(good)).toBe(true);
  });

  it('S44 is refused whichever of its values was changed', async () => {
    const texts = placesOf(payload).filter((path) => typeof valueAt(payload, path) === 'string');
    expect(texts.length).toBeGreaterThan(60);
    for (const path of texts) {
      const value = String(valueAt(payload, path));
      const other = value.startsWith('x') ? `y${value.slice(1)}` : `x${value.slice(1)}`;
      const signature = good.slice(good.lastIndexOf(',"signature":'));
      const text = `{"payload":${canonicalText(changed(path, other))}${signature}`;
      const code = await refused(count(text));
      expect(['bundle.signature-wrong', 'bundle.not-a-bundle', 'bundle.key-wrong'], path.join('.')).toContain(code);
    }
  });

  it('S13 is refused in every other spelling of the same value', async () => {
    const spellings: Record<string, (text: string) => string> = {
      'a space': (text) => text.replace(':', ': '),
      'a line end': (text) => `${text}\n`,
      'windows line ends': (text) => text.replaceAll(',', ',\r\n'),
      'a byte-order mark': (text) => `\uFEFF${text}`,
      'an escape': (text) => text.replace('Estate', '\\u0045state'),
      'an escaped slash': (text) => text.replace('latchkey.bundle/1', 'latchkey.bundle\\/1'),
      'a number with a point': (text) => text.replace('1700000000000', '1700000000000.0'),
      'a number with an exponent': (text) => text.replace('1700000000000', '17e11'),
      'a leading zero': (text) => text.replace('1700000000000', '01700000000000'),
      'a negative zero': (text) => text.replace('1700000000000', '-0'),
      'more than a double holds': (text) => text.replace('1700000000000', '17000000000000000001'),
      NaN: (text) => text.replace('1700000000000', 'NaN'),
      'a duplicate key': (text) => text.replace('"name":"Estate"', '"name":"Estate","name":"Estate"'),
      'another order': (text) => text.replace('"author":{"key"', '"author":{"name":"Northwind Studio","key"'),
      'a comment': (text) => text.replace('{', '{/* */'),
      'single quotes': (text) => text.replaceAll('"', "'"),
      'a trailing comma': (text) => text.replace(/\}$/, ',}'),
      'something behind it': (text) => `${text}{}`,
      'a NUL': (text) => text.replace('Estate', 'Est\u0000ate'),
      'a lone surrogate': (text) => text.replace('Estate', 'Est\\ud800ate'),
      'an unpaired surrogate': (text) => text.replace('Estate', 'Est\ud800ate'),
    };
    for (const [name, change] of Object.entries(spellings)) {
      const code = await refused(count(change(good)));
      expect(
        ['bundle.not-json', 'bundle.not-canonical', 'bundle.incomplete', 'bundle.signature-wrong', 'bundle.not-a-bundle'],
        name,
      ).toContain(code);
    }
  });

  it('S11 is refused wherever it was cut', async () => {
    for (let part = 1; part < 20; part += 1) await refused(count(good.slice(0, Math.floor((good.length * part) / 20))));
  });

  it('S11 S14 is refused by size, depth and forbidden keys before anything of it is used', async () => {
    const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    const cases: [string, string, FaultCode][] = [
      ['16 MiB and a byte', `"${'a'.repeat(16 * 1024 * 1024)}"`, 'bundle.too-large'],
      ['33 levels', deep(33), 'bundle.field-wrong'],
      ['100,000 levels', deep(100_000), 'bundle.field-wrong'],
      ['__proto__', '{"payload":{"__proto__":{"polluted":1}},"signature":"a..b"}', 'bundle.field-wrong'],
      ['constructor', '{"payload":{"a":{"constructor":{"prototype":{"polluted":1}}}},"signature":"a..b"}', 'bundle.field-wrong'],
      ['prototype', '{"payload":{"prototype":1},"signature":"a..b"}', 'bundle.field-wrong'],
    ];
    for (const [name, text, code] of cases) expect(await refused(count(text), 1_000), name).toBe(code);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
  });

  it('S44 S45 is refused with another header or key', async () => {
    const signature = good.slice(good.lastIndexOf('"signature":"') + 13, -2);
    const [header = '', , value = ''] = signature.split('.');
    const said = JSON.parse(Buffer.from(base64url.decode(header)).toString()) as JsonObject;
    const headers: JsonObject[] = [
      ...['none', 'None', 'EdDSA', 'HS256', 'ES256', 'Ed448', ''].map((alg) => ({ ...said, alg })),
      ...['JWT', '', 'latchkey-bundle'].map((typ) => ({ ...said, typ })),
      { ...said, kid: 'x' },
      { ...said, crit: ['exp'] },
      { ...said, jku: 'https://evil.example/jwks' },
      { ...said, jwk: { kty: 'OKP' } },
      { ...said, x5c: ['a'] },
      { ...said, b64: false },
      {},
    ];
    for (const one of headers) {
      const text = good.replace(signature, `${base64url.encode(JSON.stringify(one))}..${value}`);
      expect(['bundle.signature-wrong'], JSON.stringify(one)).toContain(await refused(count(text)));
    }
    for (const bad of ['', 'A', `${value.slice(0, -2)}`, `${value}A`, value.replace(/.$/, '='), 'A'.repeat(86)])
      await refused(count(good.replace(signature, `${header}..${bad}`)));
  });

  it('S44 is refused with spare bits in its base64url: one signature has one text', async () => {
    const signature = good.slice(good.lastIndexOf('"signature":"') + 13, -2);
    const [header = '', , value = ''] = signature.split('.');
    // 64 bytes are 86 characters, whose last has four bits too many.
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
      if (last !== value.at(-1))
        expect(await refused(count(good.replace(signature, `${header}..${value.slice(0, -1)}${last}`))), last).toBe(
          'bundle.signature-wrong',
        );
  });
});

describe('a bundle that its author signed, but should not have', () => {
  /** What a version of the format may leave out. */
  const OPTIONAL = /\.(isPublic|service)$/;
  /** Lists that may be shorter, and texts that may be others: they are another good bundle. */
  const isFree = (path: Path): boolean =>
    typeof path.at(-1) === 'number' || OPTIONAL.test(`.${path.join('.')}`) || /\.(mapping|values)\.[^.]+$/.test(path.join('.'));

  it('S15 is refused without any of its members, with null there, with another type there, and with a member more', async () => {
    const places = placesOf(payload);
    expect(places.length).toBeGreaterThan(120);
    for (const path of places) {
      const value = valueAt(payload, path);
      const name = path.join('.');
      if (!isFree(path)) await refused(count(await sign(changed(path, REMOVED))));
      await refused(count(await sign(changed(path, null))));
      const other: JsonValue = typeof value === 'string' ? 7 : typeof value === 'boolean' ? 'true' : 'text';
      await refused(count(await sign(changed(path, other))));
      const isRecord = value !== null && typeof value === 'object' && !Array.isArray(value);
      // A mapping's names are the inputs of an operation, which a component may leave for later.
      if (isRecord && !/(mapping|values)$/.test(name)) await refused(count(await sign(changed([...path, 'extra'], 1))));
    }
  });

  const HIDDEN = [
    '\u0000',
    '\u0007',
    '\u001b',
    '\u007f',
    '\u0085',
    '\u200b',
    '\u200e',
    '\u202e',
    '\u2028',
    '\u2066',
    '\ufeff',
    '\u00ad',
    '\u2800',
    '\u3164',
    '\ufe0f',
    '\u{e0041}',
    '\u{e0100}',
  ];
  const SHOWN: readonly Path[] = [
    ['author', 'name'],
    ['application', 'name'],
    ['application', 'forms', 0, 'name'],
    ['application', 'forms', 0, 'fields', 0, 'label'],
    ['application', 'forms', 0, 'fields', 2, 'choices', 0],
    ['application', 'pages', 0, 'name'],
    ['connections', 0, 'displayName'],
    ['components', 0, 'name'],
    ['components', 1, 'config', 'title'],
    ['components', 0, 'config', 'trigger', 'value'],
  ];

  it.each(SHOWN.map((path) => [path.join('.'), path] as const))(
    'S17 is refused with a character that cannot be seen in %s',
    async (_, path) => {
      for (const unit of HIDDEN)
        expect(await refused(count(await sign(changed(path, `Est${unit}ate`)))), JSON.stringify(unit)).toBe('bundle.field-wrong');
    },
  );

  it.each(SHOWN.slice(0, 8).map((path) => [path.join('.'), path] as const))(
    'S17 is refused with a name that is empty, endless or not normalized in %s',
    async (_, path) => {
      for (const name of ['', ' ', ' Estate', 'Estate ', 'E'.repeat(201), 'e\u0301state'])
        expect(await refused(count(await sign(changed(path, name)))), JSON.stringify(name)).toBe('bundle.field-wrong');
    },
  );

  it('S16 is refused with link names that mean something else', async () => {
    const names = [
      '',
      '1st',
      'Books',
      'a-b',
      'a b',
      'ａ',
      'а',
      '__proto__',
      'constructor',
      'null',
      'if',
      'info',
      'connection',
      'a'.repeat(51),
      'a.b',
      'a/b',
      '../a',
    ];
    for (const path of [
      ['connections', 0, 'linkName'],
      ['components', 0, 'linkName'],
      ['application', 'linkName'],
    ] as const)
      for (const name of names) expect(await refused(count(await sign(changed(path, name)))), name).toBe('bundle.field-wrong');
  });

  it('is refused with versions, ids, types and connectors that do not exist', async () => {
    const cases: [Path, JsonValue[]][] = [
      [
        ['application', 'version'],
        ['1', '1.0', '01.0.0', '1.0.0-beta', 'v1.0.0', '1.0.0 ', '999999.0.0'],
      ],
      [
        ['application', 'id'],
        ['', 'app_', 'con_1', 'app_A', 'app_1/2', `app_${'a'.repeat(65)}`],
      ],
      [['publishedAt'], [-1, 1.5, 2 ** 60]],
      [
        ['connections', 0, 'type'],
        ['system', 'Admin', 'user', ''],
      ],
      [
        ['connections', 0, 'environmentPolicy'],
        ['both', ''],
      ],
      [
        ['connections', 0, 'connectorId'],
        ['zoho-nothing', '', 'sandbox books', '__proto__', 'toString'],
      ],
      [
        ['connections', 0, 'scopes'],
        [['books.everything'], ['books.invoices.create books.contacts.read'], ['']],
      ],
      [
        ['components', 0, 'kind'],
        ['', 'deluge', '__proto__', 'toString'],
      ],
      [
        ['components', 0, 'config', 'connection'],
        ['nobody', 'sandbox_books '],
      ],
      [
        ['application', 'forms', 0, 'fields', 0, 'type'],
        ['file', ''],
      ],
      [['format'], ['latchkey.bundle/0', 'latchkey.bundle/2', 'latchkey.bundle/1 ', 'other']],
      [
        ['requirements', 'systemConnections', 0, 'connectorId'],
        ['', 'a b'],
      ],
    ];
    for (const [path, values] of cases) for (const value of values) await refused(count(await sign(changed(path, value))));
  });

  it('S1 is refused with a secret anywhere in it', async () => {
    const secrets = [
      `ghp_${'0123456789abcdef'.repeat(2)}`,
      `xoxb-${'1234567890-abcdef'}`,
      `AKIA${'ABCDEFGHIJKLMNOP'}`,
      `ya29.${'a0AfH6SMB'}`,
      `sk_${'live_0123456789abcdef'}`,
      `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiJ4In0'}.abcdefghijk`,
      `-----BEGIN ${'PRIVATE'} KEY-----`,
      'https://user:password@example.com/',
      'Zk9mQ2xW7bT4sR1vY8nJ3hG6pL5dK0aX',
    ];
    const places: readonly Path[] = [
      ['components', 0, 'config', 'mapping', 'item', 'text'],
      ['components', 1, 'config', 'values', 'sheet'],
      ['components', 0, 'config', 'trigger', 'value'],
    ];
    for (const path of places)
      for (const secret of secrets)
        expect(await refused(count(await sign(changed(path, secret)))), secret.slice(0, 6)).toBe('bundle.secret-found');
  });

  it('S1 S11 is refused in time, whatever its texts were made to do to a search', async () => {
    const texts = [
      'a'.repeat(250_000),
      'eyJ'.repeat(80_000),
      `eyJ${'a'.repeat(200_000)}.`,
      '://'.repeat(80_000),
      'a://b:'.repeat(40_000),
      '-----BEGIN '.repeat(20_000),
      '"\\"'.repeat(80_000),
      `"${'\\"'.repeat(100_000)}`,
      '"a" : '.repeat(40_000),
      'password="'.repeat(25_000),
      '"\n'.repeat(120_000),
    ];
    for (const text of texts)
      await refused(count(await sign(changed(['components', 0, 'config', 'mapping', 'item', 'text'], text))), 1_000);
  });

  it('S11 is refused with more than a bundle holds', async () => {
    const many = (path: Path, length: number): Promise<string> => {
      const [first] = valueAt(payload, path) as JsonValue[];
      return sign(
        changed(
          path,
          Array.from({ length }, (_, index) => ({ ...(first as JsonObject), linkName: `n_${index}` })),
        ),
      );
    };
    await refused(count(await many(['connections'], 10_001)), 4_000);
    await refused(count(await many(['application', 'forms'], 501)), 1_000);
    await refused(count(await sign(changed(['components', 0, 'config', 'mapping', 'item', 'text'], 'a'.repeat(300_000)))), 1_000);
    await refused(count(await sign(changed(['components', 1, 'config', 'values', 'a'.repeat(200)], 'x'))));
  });

  it('the worker still answers, and a good bundle is still good', async () => {
    expect(mutations).toBeGreaterThan(150);
    expect(await isFine(good)).toBe(true);
    console.log(`${mutations} mutations refused`);
  });
});
