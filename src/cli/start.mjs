// `npm start`: plain JavaScript without dependencies, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Latchkey needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const run = (args, what) => {
  console.log(what);
  const { status, stdout, stderr } = spawnSync(npm, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (status === 0) return;
  console.error(`${stdout ?? ''}${stderr ?? ''}`);
  console.error(`"npm ${args.join(' ')}" failed. Correct what it says above and start again.`);
  process.exit(1);
};

const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs)
  run(['ci', '--ignore-scripts', '--no-fund', '--no-audit'], 'Installing from the lock file (once)…');

const filesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );

/** One hash over all that the build reads, so that only a change builds again. */
const sourceHash = () => {
  const hash = createHash('sha256');
  const files = [
    ...filesBelow(join(root, 'src')),
    ...filesBelow(join(root, 'public')),
    lock,
    join(root, 'vite.config.ts'),
    join(root, 'manifest.json'),
  ];
  for (const file of files.sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
};

const stamp = join(root, 'dist', '.built-from');
const hash = sourceHash();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
  run(['run', 'build'], 'Building (once)…');
  writeFileSync(stamp, hash);
}

// Run in a process of its own group member, so that Ctrl-C reaches it once and this one only waits.
const child = spawn(process.execPath, [join(root, 'dist', 'node', 'start.js')], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 0));
