import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { randomCommands } from './random-commands.ts';

describe('random commands against the model', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
  });
  afterAll(() => sandbox.close());

  it('every rule holds after every step (a short share of the soak)', { timeout: 120_000 }, async () => {
    const { allowed, refused } = await randomCommands(sandbox.origin, 6, 200);
    expect(allowed).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });
});
