import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SAMPLES = join(ROOT, 'test/bundle/samples');

type Ran = { code: number; out: string; error: string };

const start = (file: string, args: readonly string[], cwd: string): Promise<Ran> =>
  new Promise((resolve) => {
    // The build of a project must not take this for a run of its tests.
    const { VITEST: _, ...env } = process.env;
    const child = execFile(file, args, { cwd, env, encoding: 'utf8' }, (failure, out, error) => {
      const code = failure === null ? 0 : typeof failure.code === 'number' ? failure.code : -1;
      resolve({ code, out, error });
    });
    child.stdin?.end();
  });

let folder = '';
let file = '';
const run = (...args: string[]): Promise<Ran> => start(process.execPath, [file, ...args], folder);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-built-'));
  file = join(folder, 'dist', 'latchkey.js');
  const built = await start('npx', ['--no-install', 'vite', 'build', '--mode', 'cli', '--outDir', join(folder, 'dist')], ROOT);
  if (built.code !== 0) throw new Error(built.error);
  await writeFile(join(folder, 'passphrase'), 'correct horse battery staple\n');
}, 120_000);

describe('the built command line', () => {
  it('is what package.json names, with a line that lets a shell run it', async () => {
    const { bin } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    expect(bin).toEqual({ latchkey: './dist/cli/latchkey.js' });
    expect(await readFile(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('makes a key, packs, inspects, verifies, compares and unpacks where nothing is installed', async () => {
    const pass = ['--passphrase-file', 'passphrase'];
    expect(await run('key', 'create', '--out', 'author.key', ...pass)).toMatchObject({ code: 0, error: '' });
    expect(await run('bundle', 'unpack', join(SAMPLES, 'v1-estate-1.1.0.latchkey'), '--out', 'tree')).toMatchObject({ code: 0, error: '' });
    expect(await run('bundle', 'pack', 'tree', '--key', 'author.key', ...pass, '--out', 'a.latchkey')).toMatchObject({
      code: 0,
      error: '',
    });
    expect(await run('bundle', 'verify', 'a.latchkey')).toMatchObject({ code: 0, error: '' });
    const inspected = await run('bundle', 'inspect', 'a.latchkey', '--json');
    expect(JSON.parse(inspected.out)).toMatchObject({ ok: true, application: 'Estate', version: '1.1.0' });
    expect(
      (await run('bundle', 'diff', join(SAMPLES, 'v1-estate-1.0.0.latchkey'), join(SAMPLES, 'v1-estate-1.1.0.latchkey'), '--json')).code,
    ).toBe(0);
  });

  it('publishes to a folder from several processes at once, and checks what came of it', async () => {
    const pass = ['--key', 'author.key', '--passphrase-file', 'passphrase'];
    const bundles = await Promise.all(
      [1, 2, 3].map(async (minor) => {
        const source = JSON.parse(await readFile(join(folder, 'tree', 'bundle.json'), 'utf8'));
        await writeFile(
          join(folder, 'tree', `v${minor}.json`),
          JSON.stringify({ ...source, application: { ...source.application, version: `2.${minor}.0` } }),
        );
        const name = `v${minor}.latchkey`;
        expect(await run('bundle', 'pack', join('tree', `v${minor}.json`), ...pass, '--out', name)).toMatchObject({ code: 0, error: '' });
        return name;
      }),
    );
    const results = await Promise.all(bundles.map((name) => run('feed', 'publish', name, '--to', 'site', ...pass)));
    expect(results.map(({ code, error }) => [code, error])).toEqual(bundles.map(() => [0, '']));
    expect(await run('feed', 'revoke', 'app_estate', '2.1.0', '--why', 'A test.', '--to', 'site', ...pass)).toMatchObject({
      code: 0,
      error: '',
    });
    expect(await run('feed', 'refresh', '--to', 'site', ...pass)).toMatchObject({ code: 0, error: '' });
    const { code, out } = await run('feed', 'check', 'site', '--json', '--bundles');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, applications: [{ latest: '2.3.0', versions: ['2.3.0', '2.2.0', '2.1.0'] }] });
    expect(await run('key', 'create', '--out', 'next.key', '--passphrase-file', 'passphrase')).toMatchObject({ code: 0 });
    const rotated = await run(
      'feed',
      'rotate',
      '--to',
      'site',
      ...pass,
      '--new-key',
      'next.key',
      '--new-passphrase-file',
      'passphrase',
      '--json',
    );
    expect(JSON.parse(rotated.out)).toMatchObject({ ok: true, epoch: 2 });
  });

  it('ends with 1 for what it refuses and 2 for what it does not understand, and never with a stack', async () => {
    await writeFile(join(folder, 'broken'), '{"payload":');
    const cases: [number, string[]][] = [
      [1, ['bundle', 'verify', 'broken']],
      [1, ['bundle', 'inspect', 'broken', '--json']],
      [1, ['bundle', 'pack', 'broken', '--key', 'broken', '--out', 'x', '--passphrase-file', 'passphrase']],
      [1, ['key', 'show', '--key', 'broken', '--passphrase-file', 'passphrase']],
      [2, []],
      [2, ['nothing']],
      [2, ['bundle', 'verify', 'none']],
      [2, ['bundle', 'inspect', '--nothing']],
      [2, ['key', 'create', '--out', 'y']],
      [1, ['feed', 'check', 'nothing-here']],
      [2, ['feed', 'publish', 'a.latchkey']],
      [0, ['feed', '--help']],
      [0, ['--help']],
      [0, ['key', '--help']],
      [0, ['bundle', '--help']],
      [0, ['bundle', 'pack', '--help']],
    ];
    for (const [code, args] of cases) {
      const result = await run(...args);
      expect([result.code, args]).toEqual([code, args]);
      expect(result.error + result.out).not.toMatch(/ {4}at |node:internal/);
    }
  });
});
