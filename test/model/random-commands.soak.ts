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

  it('every rule holds after every one of at least 10,000 steps', async () => {
    const tally = await randomCommands(sandbox.origin, 90, 200);
    console.log(`${tally.steps} commands: ${tally.allowed} allowed, ${tally.refused} refused`);
    for (const [kind, [allowed, refused]] of [...tally.kinds].sort()) console.log(`  ${kind}: ${allowed} allowed, ${refused} refused`);
    expect(tally.steps).toBeGreaterThanOrEqual(10_000);
  });
});
