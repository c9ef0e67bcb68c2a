import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let folder = '';

type Ran = { readonly code: number; readonly out: string; readonly error: string };

const execute = (args: readonly string[], cwd: string): Promise<Ran> =>
  new Promise((resolve) => {
    // The build takes another configuration under the test runner.
    const { VITEST: _, ...env } = process.env;
    execFile(process.execPath, args, { cwd, env, maxBuffer: 2 ** 26 }, (failure, out, error) => {
      resolve({ code: typeof failure?.code === 'number' ? failure.code : 0, out, error });
    });
  });

/** The built file, where nothing is installed. */
const latchkey = (...args: string[]): Promise<Ran> => execute([join(folder, 'latchkey.js'), 'connectors', ...args], folder);

const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return name;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-cli-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const built = await execute(
    [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--mode', 'cli', '--outDir', folder, '--emptyOutDir', 'false'],
    ROOT,
  );
  expect(built.code, built.error).toBe(0);
}, 60_000);

describe('latchkey connectors', () => {
  it('lists every connector with what it is filtered by', async () => {
    const { code, out } = await latchkey('list', '--json');
    expect(code).toBe(0);
    const entries: { id: string }[] = JSON.parse(out);
    expect(entries).toHaveLength(434);
    expect(entries.find(({ id }) => id === 'twilio')).toMatchObject({
      name: 'Twilio',
      loggedInUser: true,
      verdict: 'key',
      isVerified: true,
    });
    expect((await latchkey('list')).out.split('\n')).toContain('gitlab\tGitLab\tDeveloper tools\tboth\tverified');
  });

  it('shows one record with what is true of it', async () => {
    const { code, out } = await latchkey('show', 'zoho-crm', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      id: 'zoho-crm',
      auth: { method: 'oauth2-code', scopeSeparator: ',' },
      truth: { verdict: 'own-app', needsSecret: true },
    });
    const salesforce = (await latchkey('show', 'salesforce')).out;
    expect(salesforce).toMatch(/in the web app after settings at the service\. .* Give the My Domain host/);
    expect(salesforce).toContain('always asked for: Stay connected while you are away (refresh_token)');
    expect((await latchkey('show', 'gitlab')).out).toMatch(/^GitLab \(gitlab\), Developer tools\n[\s\S]*Works in both/);
  });

  it('finds nothing wrong with the shipped records, and says what is old or wrong', async () => {
    expect(await latchkey('check', '--at', '2026-11-26')).toEqual({
      code: 0,
      out: '434 checked, against 32 discovery documents, 0 findings\n',
      error: '',
    });
    const late = await latchkey('check', '--json', '--at', '2028-01-01');
    expect(late.code).toBe(1);
    expect(JSON.parse(late.out).findings).toHaveLength(434);
    const { out } = await latchkey('show', 'twilio', '--json');
    const { truth: _, ...twilio } = JSON.parse(out);
    const wrong = await file(
      'wrong.json',
      JSON.stringify({
        ...twilio,
        defaultScopes: ['x'],
        apiBase: 'https://{nobody}/',
        test: { method: 'GET', path: 'https://evil.test/x' },
      }),
    );
    const formless = await file('formless.json', JSON.stringify({ ...twilio, surprise: 1 }));
    const { truth: __, ...gitlab } = JSON.parse((await latchkey('show', 'gitlab', '--json')).out);
    const stray = await file(
      'stray.json',
      JSON.stringify({ ...gitlab, auth: { ...gitlab.auth, endpoints: { ...gitlab.auth.endpoints, token: 'https://gitlab.com/token' } } }),
    );
    const found = await latchkey('check', '--json', '--at', '2026-11-26', wrong, formless, stray, await file('none.txt', 'no JSON'));
    expect(found.code).toBe(1);
    const rules = JSON.parse(found.out).findings.map(({ rule }: { rule: string }) => rule);
    expect(rules).toEqual(expect.arrayContaining(['scopes', 'placeholders', 'destinations', 'form', 'discovery: token']));
  });

  const tokenOf = async (id: string, text: string, ...more: string[]): Promise<{ code: number; answer: unknown }> => {
    const { code, out, error } = await latchkey(
      'parse-token',
      id,
      '--status',
      '200',
      '--content-type',
      'application/json',
      '--json',
      ...more,
      await file('answer', text),
    );
    expect(error).toBe('');
    return { code, answer: JSON.parse(out) };
  };

  it('quirk B1 reads a token answer as the record says, and prints these members only', async () => {
    expect(await tokenOf('github', 'access_token=gho_1&scope=repo%2Cgist&token_type=bearer')).toEqual({
      code: 0,
      answer: { ok: true, accessToken: 'gho_1', scopes: ['repo', 'gist'], tokenType: 'Bearer' },
    });
    expect(await tokenOf('generic', '{"access_token":"a","expires_in":"600","token_type":"bearer","user_id":17841405793187218}')).toEqual({
      code: 0,
      answer: { ok: true, accessToken: 'a', expiresIn: 600, tokenType: 'Bearer', extra: { user_id: '17841405793187218' } },
    });
    const { code, answer } = await tokenOf('slack', '{"ok":false,"error":"invalid_code"}');
    expect(code).toBe(1);
    expect(answer).toEqual({
      ok: false,
      fault: { code: 'oauth.refused', detail: 'invalid_code', said: { code: 'invalid_code', description: null } },
    });
  });

  it('quirk R1 keeps what is stored where a refresh says nothing of it', async () => {
    const previous = await file('stored.json', '{"accessToken":"old","refreshToken":"kept","scopes":["a"]}');
    expect(await tokenOf('spotify', '{"access_token":"Bq","expires_in":3600}', '--previous', previous)).toEqual({
      code: 0,
      answer: { ok: true, accessToken: 'Bq', refreshToken: 'kept', expiresIn: 3600, scopes: ['a'], tokenType: 'Bearer' },
    });
    expect(await tokenOf('zoho-crm', '{"error":"invalid_code"}', '--previous', previous)).toMatchObject({
      code: 1,
      answer: { fault: { code: 'oauth.grant-ended' } },
    });
  });

  it('says how it is used, without a stack, and repeats nothing of a file', async () => {
    const answer = await file('answer', '{"access_token":"s3cret"}');
    const broken = await file('broken', 's3cret');
    for (const args of [
      [],
      ['nothing'],
      ['list', 'x'],
      ['show'],
      ['show', 'made-up'],
      ['show', '__proto__'],
      ['list', '--what'],
      ['parse-token', 'github'],
      ['parse-token', 'made-up', answer],
      ['parse-token', 'twilio', answer],
      ['parse-token', 'github', '--status', 'x', answer],
      ['parse-token', 'github', 'none'],
      ['parse-token', 'github', '--previous', broken, answer],
      ['check', '--at', 'soon'],
    ]) {
      const { code, out, error } = await latchkey(...args);
      expect(code, args.join(' ')).toBe(2);
      expect(out).toBe('');
      expect(error).not.toMatch(/ {4}at |s3cret/);
    }
    expect(await latchkey('--help')).toMatchObject({ code: 0, error: '' });
  });
});
