import { describe, expect, it } from 'vitest';
import { hasEdge, hasStore } from '../support/engine/engine.ts';
import { testEngine } from '../support/engine/suite.ts';

if (hasStore() && hasEdge()) testEngine({ publishers: 3, releases: 5, isWhole: false });
else
  describe('a feed on a distributed store', () => {
    it.skip('is left to npm run soak, which installs the store', () => {
      expect(hasStore()).toBe(true);
    });
  });
