// `npm run rules`: every domain rule (R) and security requirement (S) with the tests whose titles begin with its id. Fails on a rule without one, and on an id that is no rule.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const rules = JSON.parse(readFileSync(join(here, 'rules.json'), 'utf8'));
const isBrief = process.argv.includes('--brief');

/** Reports of runs that have just been made; without any, vitest is asked for its tests, which loads all of them. */
const reports = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const list = () => {
  const listed = spawnSync('npx', ['--no-install', 'vitest', 'list', '--json', '--project', 'unit', '--project', 'e2e'], {
    cwd: join(here, '..'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const start = listed.stdout.indexOf('[');
  if (listed.status !== 0 || start < 0) {
    console.error(listed.stderr || listed.stdout);
    process.exit(1);
  }
  return JSON.parse(listed.stdout.slice(start)).map(({ name, projectName }) => ({ titles: name.split(' > '), projectName }));
};

const read = (report) =>
  JSON.parse(readFileSync(report, 'utf8')).testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title }) => ({ titles: [...ancestorTitles, title], projectName: basename(report, '.json') })),
  );

const ID = /^([RSA]\d+)(?:\s|$)/;
/** The ids that a title begins with. */
const idsOf = (title) => {
  const ids = [];
  for (let rest = title; ; ) {
    const match = ID.exec(rest);
    if (match === null) return ids;
    ids.push(match[1]);
    rest = rest.slice(match[0].length);
  }
};

const tests = new Map(Object.keys(rules).map((id) => [id, []]));
const unknown = [];
for (const { titles, projectName } of reports.length > 0 ? reports.flatMap(read) : list()) {
  for (const id of new Set(titles.flatMap(idsOf))) {
    if (tests.has(id)) tests.get(id).push(`${projectName}: ${titles.at(-1)}`);
    else if (!id.startsWith('A')) unknown.push(`${id}: ${titles.at(-1)}`);
  }
}

const bare = [];
for (const [id, rule] of Object.entries(rules)) {
  const { title, later } = typeof rule === 'string' ? { title: rule, later: '' } : rule;
  const found = tests.get(id);
  if (found.length === 0 && later === '') bare.push(id);
  if (isBrief) continue;
  console.log(`${id}  ${title}${later === '' ? '' : ` (later: ${later})`}`);
  for (const test of found) console.log(`      ${test}`);
}

const ids = Object.keys(rules).length;
const waiting = Object.values(rules).filter((rule) => typeof rule === 'object').length;
console.log(`${ids} rules: ${ids - bare.length - waiting} with a test, ${waiting} later, ${bare.length} with neither`);
for (const line of unknown) console.error(`No such rule: ${line}`);
if (bare.length > 0) console.error(`Without a test: ${bare.join(', ')}`);
process.exit(bare.length > 0 || unknown.length > 0 ? 1 : 0);
