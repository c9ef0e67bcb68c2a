import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { raceToRefresh } from '../support/refresh-race.ts';
import { startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ accessTokenSeconds: 100 });
});
afterAll(() => sandbox.close());

describe('an ended access token that four want at once', () => {
  it('S31 S59 is renewed by one request, and no refresh token is sent twice, whoever dies', { timeout: 60_000 }, async () => {
    const outcomes = await raceToRefresh(sandbox, 25);
    expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(25);
  });
});
