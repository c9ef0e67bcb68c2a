import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { payloadSchema } from '../../src/bundle/format/v1.ts';
import { makeAuthorKey, signBundle } from '../../src/bundle/sign.ts';
import { bundle } from '../../src/cli/bundle.ts';
import { feed } from '../../src/cli/feed.ts';
import { key } from '../../src/cli/key.ts';
import { type Ran, ran } from '../support/terminal.ts';

const sample = (name: string): string => fileURLToPath(new URL(`../bundle/samples/${name}`, import.meta.url));
const OLD = sample('v1-estate-1.0.0.latchkey');
const NEW = sample('v1-estate-1.1.0.latchkey');

let folder = '';
let keyed: string[] = [];
const at = (name: string): string => join(folder, name);
const run = (...args: string[]): Promise<Ran> => ran(bundle, ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-bundle-'));
  await writeFile(at('passphrase'), 'correct horse battery staple');
  await ran(key, 'create', '--out', at('key'), '--passphrase-file', at('passphrase'));
  keyed = ['--key', at('key'), '--passphrase-file', at('passphrase')];
});

const source = async (name: string, change: object = {}): Promise<string> => {
  await writeFile(
    at(name),
    JSON.stringify({
      author: { name: 'Studio' },
      application: { id: 'app_1', version: '1.0.0', name: 'Shop', linkName: 'shop' },
      connections: [
        {
          linkName: 'books',
          displayName: 'Books',
          connectorId: 'sandbox-books',
          type: 'admin',
          scopes: ['books.contacts.read', 'books.invoices.read'],
          environmentPolicy: 'same',
        },
      ],
      components: [{ linkName: 'script', name: 'Script', kind: 'deluge-task', config: { script: 'info 1;' } }],
      ...change,
    }),
  );
  return at(name);
};

describe('latchkey bundle', () => {
  it('packs a source, and inspects, verifies and compares what it packed', async () => {
    const out = at('shop.latchkey');
    expect(await run('pack', await source('shop.json'), ...keyed, '--out', out)).toMatchObject({ code: 0, error: '' });
    const { code, out: text } = await run('inspect', out, '--json');
    expect(code).toBe(0);
    const inspected = JSON.parse(text);
    expect(inspected).toEqual({
      ok: true,
      format: 'latchkey.bundle/1',
      application: 'Shop',
      version: '1.0.0',
      connections: [
        { linkName: 'books', connector: 'sandbox-books', type: 'admin', scopes: ['books.contacts.read', 'books.invoices.read'] },
      ],
      components: [{ linkName: 'script', name: 'Script', kind: 'deluge-task' }],
      signer: { fingerprint: expect.stringMatching(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/) },
      problems: [],
    });
    expect((await run('inspect', out)).out).toContain('connection books: sandbox-books, admin, books.contacts.read books.invoices.read');
    expect(await run('verify', out)).toMatchObject({ code: 0, error: '' });
    expect(await run('verify', out, '--fingerprint', inspected.signer.fingerprint)).toMatchObject({ code: 0, error: '' });
    expect(await run('verify', OLD, '--fingerprint', inspected.signer.fingerprint)).toMatchObject({
      code: 1,
      error: expect.stringContaining('signed by another key'),
    });
    expect(await run('diff', out, out)).toMatchObject({ code: 0, error: '' });
  });

  it('S1 S15 prints every reason and writes nothing where a source is wrong', async () => {
    const wrong = await source('wrong.json', {
      connections: [{ linkName: 'x', type: 'system' }],
      components: [{ linkName: 'p', name: 'P', kind: 'k', config: { api_key: 'k1' } }],
    });
    const { code, error, out } = await run('pack', wrong, ...keyed, '--out', at('wrong.latchkey'));
    expect([code, out]).toEqual([1, '']);
    for (const path of ['connections.0.type', 'connections.0.displayName', 'components.0.config.api_key']) expect(error).toContain(path);
    expect(error).not.toContain('k1');
    expect(await readdir(folder)).not.toContain('wrong.latchkey');
  });

  const part = (change: object) => ({ displayName: 'X', type: 'admin', scopes: [], environmentPolicy: 'same', ...change });
  const CANNOT_RUN = {
    connections: [
      part({ linkName: 'unknown', connectorId: 'no-such-service' }),
      part({ linkName: 'custom', connectorId: 'custom-acme-1' }),
      part({ linkName: 'books', connectorId: 'sandbox-books', scopes: ['books.everything'] }),
    ],
    components: [
      { linkName: 'kindless', name: 'K', kind: 'no-such-kind', config: {} },
      { linkName: 'misshapen', name: 'M', kind: 'page-panel', config: { title: 'T' } },
      {
        linkName: 'dangling',
        name: 'D',
        kind: 'deluge-invokeurl',
        config: { script: 'r = invokeurl [ url: "https://a.example/" connection: "nobody" ];' },
      },
    ],
  };

  it('R20 R89 packs nothing that cannot run, and says all of it', async () => {
    const { code, error, out } = await run('pack', await source('cannot.json', CANNOT_RUN), ...keyed, '--out', at('cannot.latchkey'));
    expect([code, out]).toEqual([1, '']);
    for (const part of ['no-such-service', 'custom-acme-1', 'books: scope books.everything', 'no-such-kind', 'misshapen', 'nobody'])
      expect(error, part).toContain(part);
    expect(await readdir(folder)).not.toContain('cannot.latchkey');
  });

  it('R20 R89 inspects and verifies what another program signed, and publishes it nowhere', async () => {
    const author = await makeAuthorKey();
    const application = { id: 'app_1', version: '1.0.0', name: 'Shop', linkName: 'shop', forms: [], pages: [] } as const;
    const payload = {
      format: 'latchkey.bundle/1',
      publishedAt: 1,
      author: { name: 'Studio', key: author.publicKey },
      application,
      ...CANNOT_RUN,
      requirements: { systemConnections: [] },
    } as const;
    await writeFile(at('foreign.latchkey'), await signBundle(v.parse(payloadSchema, payload), author.privateKey));
    const seen = await run('inspect', at('foreign.latchkey'), '--json');
    expect(seen.code).toBe(1);
    const { problems, ...rest } = JSON.parse(seen.out);
    expect(rest).toMatchObject({ ok: false, application: 'Shop', signer: { fingerprint: expect.any(String) } });
    expect(problems.map(({ code, path }: { code: string; path: string }) => `${code} ${path}`)).toEqual([
      'bundle.connector-unknown connections.0.connectorId',
      'bundle.custom-connector connections.1.connectorId',
      'bundle.field-wrong connections.2.scopes',
      'bundle.field-wrong components.0.kind',
      'bundle.field-wrong components.1.config',
      'bundle.field-wrong components.2.config',
    ]);
    const verified = await run('verify', at('foreign.latchkey'));
    expect(verified).toMatchObject({ code: 1, out: expect.stringContaining('is genuine'), error: expect.stringContaining('no-such-kind') });
    const published = await ran(feed, 'publish', at('foreign.latchkey'), '--to', at('site'), ...keyed);
    expect(published).toMatchObject({ code: 1, error: expect.stringContaining('no-such-service') });
    expect(await readdir(folder)).not.toContain('site');
  });

  it('R22 packs a type beyond the twelve services, and says what clients have to do', async () => {
    const beyond = { connections: [part({ linkName: 'help_desk', connectorId: 'zendesk', type: 'logged-in-user' })], components: [] };
    const packed = await run('pack', await source('beyond.json', beyond), ...keyed, '--out', at('beyond.latchkey'));
    expect(packed).toMatchObject({ code: 0, error: '', out: expect.stringContaining('Clients must lift the limit too') });
  });

  it('unpacks into files, packs them to the same bytes, and brings an older unpacking up to date', async () => {
    const tree = at('tree');
    await run('unpack', OLD, '--out', tree);
    await writeFile(join(tree, 'README.md'), 'mine');
    await run('pack', tree, ...keyed, '--out', at('a.latchkey'));
    expect(await run('unpack', NEW, '--out', tree)).toMatchObject({ code: 0, error: '' });
    expect((await readdir(join(tree, 'connections'))).sort()).toEqual(['sandbox_books.json', 'sandbox_books_2.json', 'sandbox_sheet.json']);
    await run('unpack', at('a.latchkey'), '--out', tree);
    expect((await readdir(join(tree, 'connections'))).sort()).toEqual(['sandbox_books.json', 'sandbox_sheet.json']);
    expect(await readFile(join(tree, 'README.md'), 'utf8')).toBe('mine');
    expect(JSON.parse(await readFile(join(tree, 'bundle.json'), 'utf8')).$schema).toBe('./schema/bundle-v1.json');
    await run('pack', join(tree, 'bundle.json'), ...keyed, '--out', at('b.latchkey'));
    expect(await readFile(at('b.latchkey'), 'utf8')).toBe(await readFile(at('a.latchkey'), 'utf8'));
  });

  it('does not unpack into a folder that holds something else', async () => {
    await mkdir(at('photos'));
    await writeFile(at('photos/cat.jpg'), 'meow');
    expect(await run('unpack', OLD, '--out', at('photos'))).toMatchObject({ code: 1, error: expect.stringContaining('something else') });
    expect(await readdir(at('photos'))).toEqual(['cat.jpg']);
  });

  it('compares two versions as data, and refuses what is no update', async () => {
    const forward = await run('diff', OLD, NEW, '--json');
    expect(forward.code).toBe(0);
    expect(JSON.parse(forward.out)).toMatchObject({ ok: true, application: 'Estate', from: '1.0.0', to: '1.1.0', problems: [] });
    const back = await run('diff', NEW, OLD, '--json');
    expect(back.code).toBe(1);
    expect(JSON.parse(back.out)).toMatchObject({ ok: false, problems: [{ code: 'install.older' }] });
    expect(await run('diff', OLD, sample('v1-least.latchkey'))).toMatchObject({
      code: 1,
      error: expect.stringContaining('two different applications'),
    });
    await run('unpack', OLD, '--out', at('resigned'));
    await run('pack', at('resigned'), ...keyed, '--out', at('resigned.latchkey'));
    expect(await run('diff', OLD, at('resigned.latchkey'))).toMatchObject({ code: 1, error: expect.stringContaining('different author') });
  });

  it('R116 says what changes in a connection and a component, and who authorizes again where the holders change', async () => {
    const connection = (type: string) => ({
      linkName: 'sheet',
      displayName: 'Sheet',
      connectorId: 'sandbox-sheet',
      type,
      scopes: ['sheet.data.read'],
      environmentPolicy: 'same',
    });
    const script = (kind: string, path: string) => ({
      linkName: 'ask',
      name: 'Ask',
      kind: 'deluge-invokeurl',
      config: { start: null, script: `x = invokeurl\n[\n\turl: "/${path}"\n\ttype: ${kind}\n\tconnection: "sheet"\n];` },
    });
    const pack = async (version: string, type: string, kind: string, path: string): Promise<string> => {
      const application = { id: 'app_1', version, name: 'Shop', linkName: 'shop' };
      const from = await source(`${version}.json`, { application, connections: [connection(type)], components: [script(kind, path)] });
      const out = at(`${version}.latchkey`);
      expect(await run('pack', from, ...keyed, '--out', out)).toMatchObject({ code: 0, error: '' });
      return out;
    };
    const [older, newer] = [await pack('1.0.0', 'admin', 'GET', 'rows'), await pack('1.1.0', 'logged-in-user', 'POST', 'rows')];
    const { changes, consent } = JSON.parse((await run('diff', older, newer, '--json')).out);
    expect(consent).toEqual([{ linkName: 'sheet', why: 'other-type', scopes: ['sheet.data.read'] }]);
    expect(changes).toMatchObject([
      { what: 'connection', linkName: 'sheet', says: [expect.stringContaining('authorized by each person')], grows: false },
      {
        what: 'component',
        linkName: 'ask',
        writes: ['sends POST to /rows'],
        edits: [{ of: 'Script', lines: [{ line: 4, before: '\ttype: GET', after: '\ttype: POST' }] }],
        grows: true,
      },
    ]);
    const { out } = await run('diff', older, newer);
    expect(out).toContain('    newly changes data: sends POST to /rows\n');
    expect(out).toContain('    Script, line 4 - \ttype: GET\n    Script, line 4 + \ttype: POST\n');
    expect(out).toContain('must be authorized: sheet (other-type)');
  });

  it('S13 S44 refuses broken files with their reason, as text and as data', async () => {
    const good = await readFile(OLD, 'utf8');
    const broken: [string, string | Uint8Array, string][] = [
      ['empty', '', 'bundle.not-json'],
      ['half', good.slice(0, 900), 'bundle.incomplete'],
      ['changed', good.replace('"Estate"', '"Estatf"'), 'bundle.signature-wrong'],
      ['pretty', JSON.stringify(JSON.parse(good), null, 2), 'bundle.not-canonical'],
      ['newer', good.replace('latchkey.bundle/1', 'latchkey.bundle/9'), 'bundle.format-newer'],
      ['binary', new Uint8Array([0xff, 0xfe, 0, 1]), 'bundle.not-json'],
      ['mark', `\uFEFF${good}`, 'bundle.not-json'],
      ['large', 'x'.repeat(16 * 1024 * 1024 + 1), 'bundle.too-large'],
    ];
    for (const [name, content, code] of broken) {
      await writeFile(at(name), content);
      const asData = await run('inspect', at(name), '--json');
      expect(asData.code, name).toBe(1);
      expect(JSON.parse(asData.out), name).toMatchObject({
        ok: false,
        application: null,
        problems: [{ code, message: expect.any(String) }],
      });
      for (const args of [
        ['verify', at(name)],
        ['unpack', at(name), '--out', at('never')],
        ['diff', OLD, at(name)],
      ]) {
        const { code: exit, error } = await run(...args);
        expect(exit, `${args[0]} ${name}`).toBe(1);
        expect(error).not.toMatch(/ {4}at /);
      }
    }
  });

  it('S13 never stumbles over a file, whatever is in it', async () => {
    const good = await readFile(NEW);
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }),
          fc.json().map((text) => new TextEncoder().encode(text)),
          fc.json().map((text) => new TextEncoder().encode(`{"payload":${text},"signature":"a..b"}`)),
          fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.map((is, index) => (index === at ? byte : is))),
        ),
        async (bytes) => {
          await writeFile(at('fuzzed'), bytes);
          const { code, out, error } = await run('inspect', at('fuzzed'), '--json');
          expect(error).toBe('');
          const { ok, problems } = JSON.parse(out);
          expect(code).toBe(ok ? 0 : 1);
          expect(problems.length > 0).toBe(!ok);
          if (ok) expect(Buffer.compare(Buffer.from(bytes), good)).toBe(0);
          else refused += 1;
        },
      ),
      { numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(300);
  });

  it('says how it is used', async () => {
    const wrong = [
      [],
      ['nothing'],
      ['pack'],
      ['pack', 'x'],
      ['pack', 'x', '--key', 'k'],
      ['inspect'],
      ['inspect', 'a', 'b'],
      ['verify', at('none')],
      ['diff', 'a'],
      ['unpack', OLD],
      ['__proto__'],
    ];
    for (const args of [...wrong, ['verify', folder], ['pack', at('none'), ...keyed, '--out', at('x')]]) {
      const { code, error } = await run(...args);
      expect(code, args.join(' ')).toBe(2);
      expect(error.length).toBeGreaterThan(10);
      expect(error).not.toMatch(/ {4}at /);
    }
    for (const name of ['pack', 'inspect', 'verify', 'diff', 'unpack'])
      expect(await run(name, '--help')).toMatchObject({ code: 0, error: '' });
  });
});
