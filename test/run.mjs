// `npm test`: plain JavaScript without dependencies, because it runs before anything is installed.
// Installs what is missing, then every check; ends with `N passed, N failed` over all of it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const reports = mkdtempSync(join(tmpdir(), 'latchkey-reports-'));
const counts = { passed: 0, failed: 0 };

const run = (command, args, options = {}) => spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options }).status === 0;

const step = (name, act) => {
  const startedAt = Date.now();
  console.log(`\n— ${name}`);
  const isGood = act();
  counts[isGood ? 'passed' : 'failed'] += 1;
  console.log(`— ${name}: ${isGood ? 'passed' : 'FAILED'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  return isGood;
};

const finish = () => {
  console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
  process.exit(counts.failed === 0 ? 0 : 1);
};

const install = () => {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true;
  return run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit']);
};

/** A real Chromium: the one that is named, the system's, or the system's package where that can be installed. */
const findChromium = () => {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== '') return existsSync(named) ? named : null;
  const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = known.find((path) => existsSync(path));
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    run('apt-get', ['update', '-qq'], quiet);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'], quiet);
  }
  return known.find((path) => existsSync(path)) ?? null;
};

/** Vitest counts its own tests; a run that ends without a report counts as one failure. */
const tests = (project, env = {}) => {
  const report = join(reports, `${project}.json`);
  console.log(`\n— ${project} tests`);
  run('npx', ['--no-install', 'vitest', 'run', '--project', project, '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`], {
    env: { ...process.env, ...env },
  });
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, success } = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed += numPassedTests;
    // A file that could not be loaded has no failed test of its own.
    counts.failed += success ? 0 : Math.max(numFailedTests, 1);
  } else counts.failed += 1;
};

if (!step('install', install)) finish();
step('types', () => run('npx', ['--no-install', 'tsc', '--noEmit']));
step('lint', () => run('npx', ['--no-install', 'biome', 'check', '--error-on-warnings', '.']));
tests('unit');
const isBuilt = step('build', () => run('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] }));
if (isBuilt) {
  const chromium = findChromium();
  const isFound = step('browser', () => {
    if (chromium === null) console.error('No Chromium was found. Install it, or set CHROMIUM_PATH to one.');
    return chromium !== null;
  });
  if (isFound) tests('e2e', { CHROMIUM_PATH: chromium });
}
step('rules', () =>
  run('node', ['test/rules.mjs', '--brief', ...['unit', 'e2e'].map((project) => join(reports, `${project}.json`)).filter(existsSync)]),
);
rmSync(reports, { recursive: true, force: true });
finish();
