import { expect, it } from 'vitest';
import { installEngine } from '../support/engine/engine.ts';
import { testEngine } from '../support/engine/suite.ts';

const isInstalled = installEngine();

it('has a store to run on, or may install one', () => {
  expect(isInstalled).toBe(true);
});

if (isInstalled) testEngine({ publishers: 8, releases: 50, isWhole: true });
