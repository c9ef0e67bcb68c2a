import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { builtDigests } from '../support/built.ts';

/** What a test runner sets would make it another build. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|DEV$|PROD$|MODE$|TEST$)/.test(name)));

const build = (): Record<string, string> => {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'ignore', env });
  return builtDigests();
};

it('S61 two builds are the same to the byte', () => {
  const first = build();
  expect(Object.keys(first).length).toBeGreaterThan(50);
  expect(build()).toEqual(first);
});
