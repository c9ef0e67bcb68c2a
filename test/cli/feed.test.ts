import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundle } from '../../src/cli/bundle.ts';
import { feed } from '../../src/cli/feed.ts';
import { key } from '../../src/cli/key.ts';
import { closeNow, listen } from '../../src/sandbox/listen.ts';
import { startS3 } from '../support/s3-simulator.ts';
import { type Ran, ran } from '../support/terminal.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const sample = (name: string): string => fileURLToPath(new URL(`../bundle/samples/${name}`, import.meta.url));

let folder = '';
let server: Server;
let address = '';
const asked: string[] = [];
/** What the host sends as Access-Control-Allow-Origin. */
let allows: (status: 200 | 404) => string | null = () => '*';
const at = (name: string): string => join(folder, name);
const run = (...args: string[]): Promise<Ran> => ran(feed, ...args);
const keyed = (name = 'author'): string[] => ['--key', at(`${name}.key`), '--passphrase-file', at('passphrase')];
const json = async (...args: string[]) => {
  const { code, out, error } = await run(...args, '--json');
  return { code, error, ...JSON.parse(out) };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-feed-'));
  await writeFile(at('passphrase'), 'correct horse battery staple');
  for (const name of ['author', 'next', 'other'])
    await ran(key, 'create', '--out', at(`${name}.key`), '--passphrase-file', at('passphrase'));
  for (const version of ['1.0.0', '1.1.0']) {
    await ran(bundle, 'unpack', sample(`v1-estate-${version}.latchkey`), '--out', at(version));
    for (const name of ['author', 'other'])
      await ran(bundle, 'pack', at(version), ...keyed(name), '--out', at(`${name}-${version}.latchkey`));
  }
  // Any static host: files of a folder, their ETags, and who may read them.
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const allowed = (status: 200 | 404): Record<string, string> => {
      const may = allows(status);
      return may === null || request.headers.origin === undefined ? {} : { 'access-control-allow-origin': may };
    };
    readFile(join(folder, decodeURI(request.url ?? ''))).then(
      (bytes) => response.writeHead(200, { etag: `"${bytes.length}-${bytes.subarray(-8).toString('hex')}"`, ...allowed(200) }).end(bytes),
      () => response.writeHead(404, allowed(404)).end(),
    );
  });
  address = `http://localhost:${await listen(server, 0)}`;
});
afterAll(() => closeNow(server));

describe('latchkey feed', () => {
  it('publishes to a folder that any static host serves, and checks it as a client does', async () => {
    const published = await json('publish', at('author-1.0.0.latchkey'), '--to', at('site'), ...keyed());
    expect(published).toMatchObject({
      code: 0,
      ok: true,
      outcome: 'published',
      epoch: 1,
      n: 1,
      application: 'app_estate',
      version: '1.0.0',
    });
    expect(await json('publish', at('author-1.0.0.latchkey'), '--to', at('site'), ...keyed())).toMatchObject({
      outcome: 'unchanged',
      n: 1,
    });
    expect(await json('publish', at('author-1.1.0.latchkey'), '--to', at('site'), ...keyed(), '--rollout', '10')).toMatchObject({ n: 2 });
    const expected = {
      code: 0,
      ok: true,
      news: 'newer',
      channel: published.channel,
      epoch: 1,
      n: 2,
      applications: [{ id: 'app_estate', latest: '1.1.0', versions: ['1.1.0', '1.0.0'], min: null, revoked: [], rollout: 10 }],
      problems: [],
    };
    for (const target of [
      at('site'),
      `${address}/site`,
      `${address}/site/`,
      `${address}/site/c/${published.channel}`,
      `${address}/site/c/${published.channel}/head`,
      at(`site/c/${published.channel}`),
    ])
      expect(await json('check', target, '--bundles'), target).toMatchObject(expected);
    asked.length = 0;
    await json('check', `${address}/site/c/${published.channel}`);
    expect(asked).toEqual(['head', 'root/1.json', 'root/2.json'].map((path) => `GET /site/c/${published.channel}/${path}`));
    expect((await run('check', at('site'))).out).toContain('1.1.0 offered to 10 of 100');
    // Each version goes on in its own roll-out.
    expect(await json('publish', at('author-1.0.0.latchkey'), '--to', at('site'), ...keyed(), '--rollout', '40')).toMatchObject({ n: 3 });
    expect((await json('check', at('site'))).applications).toMatchObject([{ rollout: 10, rollouts: { '1.1.0': 10, '1.0.0': 40 } }]);
  });

  describe('of a host', () => {
    beforeAll(() => run('publish', at('author-1.0.0.latchkey'), '--to', at('hosted'), ...keyed()));
    afterEach(() => {
      allows = () => '*';
    });

    it.each<[string, typeof allows, string[], string | null]>([
      ['nobody', () => null, [], 'sends no Access-Control-Allow-Origin with status 200'],
      ['another page', () => 'https://app.example', [], 'sends Access-Control-Allow-Origin: https://app.example with status 200'],
      ['nobody where something is missing', (status) => (status === 200 ? '*' : null), [], 'with status 404'],
      ['the page that is named', () => 'https://app.example', ['--origin', 'https://app.example'], null],
    ])('says whether a browser can read it: it lets %s', async (_, host, more, refusal) => {
      allows = host;
      const result = await json('check', `${address}/hosted`, ...more);
      expect(result).toMatchObject({ code: refusal === null ? 0 : 1, ok: refusal === null, news: 'newer', n: 1 });
      const problem = { code: 'feed.page-refused', message: expect.stringContaining(refusal ?? '') };
      expect(result.problems).toEqual(refusal === null ? [] : [problem]);
      const { error } = await run('check', `${address}/hosted`, ...more);
      expect(error.includes('a CORS rule allows GET from every origin')).toBe(refusal !== null);
      // In a folder nobody asks who may read.
      expect(await json('check', at('hosted'))).toMatchObject({ code: 0, problems: [] });
    });
  });

  it('S47 S49 keeps what it trusted in a file, and refuses an older head by it', async () => {
    const site = at('rolled');
    await run('publish', at('author-1.0.0.latchkey'), '--to', site, ...keyed());
    const [channel = ''] = await readdir(join(site, 'c'));
    const old = await readFile(join(site, 'c', channel, 'head'));
    await run('publish', at('author-1.1.0.latchkey'), '--to', site, ...keyed());
    const trust = ['--state', at('trusted.json')];
    expect(await json('check', `${address}/rolled`, ...trust)).toMatchObject({ code: 0, news: 'newer', n: 2 });
    expect(await json('check', `${address}/rolled`, ...trust)).toMatchObject({ code: 0, news: 'same', n: 2 });
    await writeFile(join(site, 'c', channel, 'head'), old);
    expect(await json('check', `${address}/rolled`, ...trust)).toMatchObject({
      code: 1,
      ok: false,
      news: 'refused',
      n: 2,
      problems: [{ code: 'feed.older' }],
    });
    await writeFile(at('trusted.json'), '{"channel":1}');
    expect(await json('check', `${address}/rolled`, ...trust)).toMatchObject({ code: 1, problems: [{ code: 'feed.state-wrong' }] });
    // The folder itself knows what came after: whoever publishes or looks there brings the head back.
    expect(await json('check', site)).toMatchObject({ code: 0, n: 2 });
  });

  it('S50 S51 stops a version, replaces a key, and admits an author', async () => {
    const site = at('keys');
    const to = ['--to', site, ...keyed()];
    await run('publish', at('author-1.0.0.latchkey'), ...to);
    expect(await json('revoke', 'app_estate', '1.0.0', '--why', 'It sends twice.', ...to)).toMatchObject({ code: 0, n: 2 });
    expect(await json('refresh', ...to)).toMatchObject({ outcome: 'unchanged', n: 2 });
    expect(await json('refresh', '--now', ...to)).toMatchObject({ outcome: 'published', n: 3 });
    const foreign = await run('publish', at('other-1.1.0.latchkey'), ...to);
    expect([foreign.code, foreign.error]).toEqual([1, expect.stringContaining('whom the publisher of this feed does not name')]);
    expect(await run('publish', at('other-1.1.0.latchkey'), '--to', site, ...keyed('other'))).toMatchObject({
      code: 1,
      error: expect.stringContaining('may not publish'),
    });
    expect(await json('admit', at('other-1.1.0.latchkey'), ...to)).toMatchObject({ code: 0, epoch: 2, n: 1 });
    expect(await json('publish', at('other-1.1.0.latchkey'), ...to)).toMatchObject({ code: 0, epoch: 2, n: 2 });
    const rotated = await json('rotate', ...to, '--new-key', at('next.key'), '--new-passphrase-file', at('passphrase'), '--from', '1-3');
    expect(rotated).toMatchObject({ code: 0, epoch: 3, n: 1 });
    expect(await json('check', `${address}/keys`, '--bundles')).toMatchObject({
      code: 0,
      epoch: 3,
      applications: [{ latest: '1.0.0', versions: ['1.0.0'], revoked: [{ version: '1.0.0', level: 'block', why: 'It sends twice.' }] }],
    });
    expect((await run('publish', at('author-1.1.0.latchkey'), ...to)).code).toBe(1);
    expect(await json('publish', at('author-1.1.0.latchkey'), '--to', site, ...keyed('next'))).toMatchObject({ code: 0, epoch: 3, n: 2 });
  });

  it('S50 key compromise recovery: a root key in a safe replaces a publishing key that was stolen, and the thief cannot', async () => {
    const site = at('guarded');
    const to = ['--to', site, ...keyed()];
    const pass = at('passphrase');
    const first = await json('publish', at('author-1.0.0.latchkey'), ...to);
    expect(await json('guard', ...to, '--root-key', at('next.key'), '--root-passphrase-file', pass)).toMatchObject({
      code: 0,
      epoch: 2,
      n: 1,
    });
    await json('check', `${address}/guarded`, '--state', at('guarded.json'));
    // The thief publishes, and tries to become the only one who may.
    expect(await json('publish', at('author-1.1.0.latchkey'), ...to)).toMatchObject({ code: 0, epoch: 2, n: 2 });
    const coup = await run('rotate', ...to, '--new-key', at('other.key'), '--new-passphrase-file', pass);
    expect([coup.code, coup.error]).toEqual([1, expect.stringContaining('does not follow from the one that is known')]);
    const healed = await json(
      'rotate',
      '--to',
      site,
      ...keyed('next'),
      '--new-key',
      at('other.key'),
      '--new-passphrase-file',
      pass,
      '--stolen',
      '--from',
      '2-1',
    );
    expect(healed).toMatchObject({ code: 0, epoch: 3, n: 1, channel: first.channel });
    expect((await run('publish', at('author-1.1.0.latchkey'), ...to)).code).toBe(1);
    const check = await json('check', `${address}/guarded`, '--state', at('guarded.json'), '--bundles');
    // What the stolen key signed is trusted no more, the first version with it; the new key signs it anew under the next one.
    expect(check).toMatchObject({
      code: 1,
      news: 'newer',
      epoch: 3,
      applications: [{ versions: ['1.0.0'] }],
      problems: [{ code: 'feed.author-unknown' }],
    });
    expect(await json('publish', at('other-1.1.0.latchkey'), '--to', site, ...keyed('other'))).toMatchObject({ code: 0, epoch: 3, n: 2 });
    expect(await json('check', `${address}/guarded`, '--state', at('guarded.json'), '--bundles')).toMatchObject({ code: 0, n: 2 });
  });

  it('a second track of an author is a channel of its own in the same folder', async () => {
    const site = at('tracks');
    const stable = await json('publish', at('author-1.0.0.latchkey'), '--to', site, ...keyed());
    const beta = await json('publish', at('author-1.1.0.latchkey'), '--to', site, ...keyed(), '--track', 'beta');
    expect([stable.code, beta.code, beta.n]).toEqual([0, 0, 1]);
    expect(beta.channel).not.toBe(stable.channel);
    expect(await json('check', site)).toMatchObject({ channel: stable.channel, applications: [{ versions: ['1.0.0'] }] });
    expect(await json('check', site, '--channel', beta.channel)).toMatchObject({ applications: [{ versions: ['1.1.0'] }] });
  });

  it('S48 says which bundle of a feed is not what it should be', async () => {
    const site = at('spoiled');
    const { sha256 } = await json('publish', at('author-1.0.0.latchkey'), '--to', site, ...keyed());
    await writeFile(join(site, 'o', sha256), 'hello');
    expect(await json('check', site)).toMatchObject({ code: 0 });
    expect(await json('check', site, '--bundles')).toMatchObject({ code: 1, ok: false, problems: [{ code: 'feed.bundle-wrong' }] });
    await rm(join(site, 'o', sha256));
    expect(await json('check', site, '--bundles')).toMatchObject({ code: 1, problems: [{ code: 'feed.bundle-wrong' }] });
    // What never changes is never written over, so a publisher says so too.
    await writeFile(join(site, 'o', sha256), 'hello');
    expect((await run('publish', at('author-1.0.0.latchkey'), '--to', site, ...keyed())).code).toBe(1);
  });

  it('publishes to a bucket, probes it once, and refuses one where two can win', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'KEY');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    for (const name of ['AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL']) vi.stubEnv(name, undefined);
    const good = await startS3({ ifMatch: 'unquoted' });
    const racing = await startS3({ isAtomic: false });
    try {
      const bucketAt = ({ base }: { base: string }): string[] => ['--to', 's3://bucket/feeds/', '--endpoint', new URL(base).origin];
      const first = await json('publish', at('author-1.0.0.latchkey'), ...bucketAt(good), ...keyed());
      expect(first).toMatchObject({ code: 0, outcome: 'published', n: 1 });
      good.seen.length = 0;
      expect(await json('publish', at('author-1.1.0.latchkey'), ...bucketAt(good), ...keyed())).toMatchObject({ code: 0, n: 2 });
      expect(good.seen.some((line) => line.includes('probe/') || line.includes('?'))).toBe(false);
      expect(await json('check', `${good.base}/feeds`, '--bundles')).toMatchObject({ code: 0, n: 2, channel: first.channel });
      const refused = await run('publish', at('author-1.0.0.latchkey'), ...bucketAt(racing), ...keyed());
      expect([refused.code, refused.error]).toEqual([1, expect.stringContaining('Two writers can both win')]);
      expect([...racing.files.keys()].every((path) => path.startsWith('feeds/probe/'))).toBe(true);
      expect(refused.error + refused.out).not.toContain('secret');
    } finally {
      vi.unstubAllEnvs();
      await Promise.all([good.close(), racing.close()]);
    }
  });

  it('two publishers at once, as two processes would: both releases are there', async () => {
    const site = at('twice');
    const both = await Promise.all(
      ['1.0.0', '1.1.0'].map((version) => json('publish', at(`author-${version}.latchkey`), '--to', site, ...keyed())),
    );
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await json('check', site, '--bundles')).toMatchObject({
      code: 0,
      applications: [{ latest: '1.1.0', versions: ['1.1.0', '1.0.0'] }],
    });
  });

  it('says how it is used, and what stops it, without a stack', async () => {
    const bundleFile = at('author-1.0.0.latchkey');
    const cases: [number, string[]][] = [
      [2, []],
      [2, ['nothing']],
      [2, ['publish', bundleFile]],
      [2, ['publish', bundleFile, '--to', at('site')]],
      [2, ['publish', at('none'), '--to', at('site'), ...keyed()]],
      [2, ['publish', bundleFile, '--to', 'ftp://x/y', ...keyed()]],
      [2, ['publish', bundleFile, '--to', 's3://A/', ...keyed()]],
      [2, ['publish', bundleFile, '--to', at('site'), ...keyed(), '--rollout', '101']],
      [2, ['publish', bundleFile, '--to', at('site'), ...keyed(), '--track', 'nightly']],
      [2, ['publish', bundleFile, '--to', at('site'), ...keyed(), '--channel', 'x']],
      [2, ['revoke', 'x', '1.0.0', '--why', 'x', '--to', at('site'), ...keyed()]],
      [2, ['revoke', 'app_a', '1.0.0', '--why', 'x', '--level', 'maybe', '--to', at('site'), ...keyed()]],
      [2, ['rotate', '--to', at('site'), ...keyed(), '--new-key', at('next.key'), '--from', 'x']],
      [2, ['check']],
      [2, ['check', 'ftp://x']],
      [2, ['check', at('site'), '--channel', 'x']],
      [2, ['check', at('site'), '--origin', 'app.example']],
      [1, ['publish', at('passphrase'), '--to', at('site'), ...keyed()]],
      [1, ['publish', bundleFile, '--to', '/dev/null/x', ...keyed()]],
      [1, ['refresh', '--to', at('empty'), ...keyed()]],
      [1, ['check', at('empty')]],
      [1, ['check', at('empty'), '--json']],
      [1, ['check', 'http://localhost:1/']],
      [0, ['--help']],
      ...['publish', 'check', 'revoke', 'refresh', 'admit', 'guard', 'rotate'].map((name): [number, string[]] => [0, [name, '--help']]),
    ];
    for (const [code, args] of cases) {
      const { code: is, error, out } = await run(...args);
      expect([is, args.join(' ')]).toEqual([code, args.join(' ')]);
      expect(error + out).not.toMatch(/ {4}at /);
      expect((error + out).length).toBeGreaterThan(10);
    }
  });
});
