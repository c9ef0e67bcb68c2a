import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { chance } from '../support/chance.ts';
import { ENDS, MEANWHILE, raceToRefresh } from '../support/refresh-race.ts';
import { startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox({ accessTokenSeconds: 100 });
});
afterAll(() => sandbox.close());

describe('an ended access token that four want at once', () => {
  it('S31 S59 is renewed by one request, and no refresh token is sent twice, whoever dies and whatever a person does meanwhile', {
    timeout: 60_000,
  }, async () => {
    const outcomes = await raceToRefresh(sandbox, 20, chance('the race to refresh'));
    for (const end of ENDS) for (const meanwhile of MEANWHILE) expect(outcomes.get(`${end}, ${meanwhile}`)).toBeGreaterThan(0);
  });
});
