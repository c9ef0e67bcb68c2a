// `npm run schema`: writes public/schema from the valibot schemas of bundles. `test/bundle/schema.test.ts` compares them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'public', 'schema');
const { module } = await runnerImport(join(root, 'test', 'support', 'json-schema.ts'), { configFile: false, root });
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(module.SCHEMA_FILES)) writeFileSync(join(folder, name), `${JSON.stringify(schema, null, 2)}\n`);
const { status } = spawnSync('npx', ['--no-install', 'biome', 'format', '--write', folder], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
