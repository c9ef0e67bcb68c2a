import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuthorPublicKey } from '../../src/bundle/author-key.ts';
import { duplicateName } from '../../src/bundle/duplicates.ts';
import { makeAuthorKey, signBundle } from '../../src/bundle/sign.ts';
import { draftOf, filesOf, MAIN_FILE, parseSource } from '../../src/bundle/source.ts';
import { signedPayload, verifyBundle } from '../../src/bundle/verify.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { anyPayload } from '../support/payloads.ts';

let key: { publicKey: AuthorPublicKey; privateKey: string };
beforeAll(async () => {
  key = await makeAuthorKey();
});

const noParts = (path: string): Promise<string> => Promise.reject(new Error(`no part ${path}`));
const codeOf = (act: () => unknown): Promise<string> =>
  Promise.resolve()
    .then(act)
    .then(
      () => 'good',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    );

/** Packs a folder, given as its files’ texts. */
const pack = async (files: ReadonlyMap<string, string>): Promise<string> => {
  const draft = await draftOf(parseSource(files.get(MAIN_FILE) ?? ''), key.publicKey, 0, async (path) => files.get(path) ?? '');
  if (!draft.ok) throw new Error(JSON.stringify(draft.problems));
  return signBundle(draft.payload, key.privateKey);
};

const unpack = async (text: string): Promise<ReadonlyMap<string, string>> =>
  new Map([...filesOf(signedPayload(await verifyBundle(text)))].map(([path, value]) => [path, JSON.stringify(value, null, 2)]));

describe('a bundle as code', () => {
  it('pack, unpack, pack is the identity, byte for byte', async () => {
    let packed = 0;
    await fc.assert(
      fc.asyncProperty(anyPayload, async (payload) => {
        const draft = await draftOf(JSON.parse(JSON.stringify(payload)), key.publicKey, 0, noParts);
        // A random text may look like a secret, and then it is right to refuse it.
        fc.pre(draft.ok);
        if (!draft.ok) return;
        const once = await signBundle(draft.payload, key.privateKey);
        const twice = await pack(await unpack(once));
        expect(twice).toBe(once);
        packed += 1;
      }),
      { numRuns: 300 },
    );
    expect(packed).toBe(300);
  });

  const least = (): JsonObject => ({
    author: { name: 'Studio' },
    application: { id: 'app_1', version: '1.0.0', name: 'A', linkName: 'a' },
  });

  it('needs no more than a name for everything: the rest is empty, and the time is that of packing', async () => {
    const draft = await draftOf(least(), key.publicKey, 7, noParts);
    expect(draft).toMatchObject({ ok: true, payload: { publishedAt: 7, connections: [], components: [] } });
  });

  it('S1 S15 says every place that is wrong, and every secret, at once', async () => {
    const draft = await draftOf(
      {
        ...least(),
        extra: 1,
        connections: [{ linkName: 'If', type: 'system' }],
        components: [
          { linkName: 'c', name: 'C', kind: 'page-panel', config: { password: 'hunter2', note: `ghp_${'0123456789abcdef'.repeat(2)}` } },
        ],
      },
      key.publicKey,
      0,
      noParts,
    );
    expect(draft.ok).toBe(false);
    const paths = draft.ok ? [] : draft.problems.map(({ code, path }) => `${code} ${path}`);
    expect(paths).toEqual(
      expect.arrayContaining([
        'source.field-wrong extra',
        'source.field-wrong connections.0.linkName',
        'source.field-wrong connections.0.type',
        'source.secret-found components.0.config.password',
        'source.secret-found components.0.config.note',
      ]),
    );
  });

  it.each<[string, string, string]>([
    ['a name twice', '{"author":{"name":"a","\\u006eame":"b"}}', 'source.duplicate-name'],
    ['a list', '[]', 'source.not-a-source'],
    ['a text', '"a"', 'source.not-a-source'],
    ['a bundle', '{"payload":{},"signature":"a..b"}', 'source.is-a-bundle'],
    ['a prototype key', '{"__proto__":{}}', 'bundle.field-wrong'],
    ['no JSON', 'author: me', 'bundle.not-json'],
    ['a byte-order mark', '\uFEFF{}', 'bundle.not-json'],
    ['40 levels', `${'['.repeat(40)}${']'.repeat(40)}`, 'bundle.field-wrong'],
    ['a number that is not exact (S13)', '{"publishedAt":9007199254740993}', 'source.field-wrong'],
  ])('S11 S13 refuses %s as a source', async (_, text, code) => {
    expect(await codeOf(() => parseSource(text))).toBe(code);
  });

  it.each<[string, JsonObject, string]>([
    ['that leaves the folder', { connections: ['../../etc/passwd'] }, 'source.part-wrong'],
    ['whose file says another name', { connections: ['other'] }, 'source.part-wrong'],
  ])('refuses a part %s', async (_, parts, code) => {
    const read = async (): Promise<string> => '{"linkName":"one"}';
    expect(await codeOf(() => draftOf({ ...least(), ...parts }, key.publicKey, 0, read))).toBe(code);
  });

  it('refuses a source that names another author’s key', async () => {
    const other = await makeAuthorKey();
    const source: JsonObject = { ...least(), author: { name: 'Studio', key: { ...other.publicKey } } };
    expect(await codeOf(() => draftOf(source, key.publicKey, 0, noParts))).toBe('source.other-key');
  });

  it('finds a name that stands twice wherever it is, and none where there is none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(duplicateName(JSON.stringify(value))).toBeNull();
        expect(duplicateName(JSON.stringify({ a: [value, { b: value }], c: 1 }).replace('"c":1', '"a" : 1'))).toBe('a');
      }),
    );
  });
});
