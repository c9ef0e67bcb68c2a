import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/core/api.ts';
import { ACCESS, type Action, typesOf } from '../src/domain/access.ts';
import { EVENTS } from '../src/domain/events.ts';
import { FAULTS } from '../src/domain/faults.ts';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );

type Source = {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly imports: readonly { from: string; isType: boolean }[];
};

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'([^']+)';?/gm;

const readSource = (file: string): Source => {
  const text = readFileSync(file, 'utf8');
  const path = relative(SRC, file);
  const imports = [...text.matchAll(IMPORT)].map(([, isType, from = '']) => ({ from, isType: isType !== undefined }));
  return { path, folder: path.includes('/') ? (path.split('/')[0] ?? path) : path, text, imports };
};

const SOURCES = filesBelow(SRC)
  .filter((file) => /\.(ts|tsx)$/.test(file))
  .map(readSource);

/** Which folder may import which other folders and packages. `core` with `types` means `import type` only. */
const RULES: Readonly<Record<string, { folders: readonly string[]; types?: readonly string[]; packages: readonly string[] }>> = {
  domain: { folders: [], packages: [] },
  // The build's own plugin stands beside the records that it reads.
  connectors: { folders: ['domain'], packages: ['valibot', 'minisearch', 'virtual:connectors', 'node:', 'vite'] },
  db: { folders: ['domain'], packages: ['dexie'] },
  vault: { folders: ['domain', 'db'], packages: ['hash-wasm'] },
  oauth: { folders: ['domain'], packages: ['oauth4webapi', 'jose', 'valibot'] },
  bundle: { folders: ['domain'], packages: ['canonicalize', 'jose', 'valibot'] },
  backup: { folders: ['domain', 'bundle'], packages: ['jose', 'valibot'] },
  sync: { folders: ['domain', 'bundle'], packages: ['aws4fetch', 'jose', 'valibot'] },
  deluge: {
    folders: ['domain'],
    packages: [
      '@lezer/common',
      '@lezer/lr',
      '@lezer/highlight',
      '@codemirror/autocomplete',
      '@codemirror/commands',
      '@codemirror/language',
      '@codemirror/lint',
      '@codemirror/state',
      '@codemirror/view',
    ],
  },
  runtime: { folders: ['domain', 'deluge'], packages: ['valibot'] },
  core: {
    folders: ['domain', 'connectors', 'db', 'vault', 'oauth', 'bundle', 'backup', 'sync', 'deluge', 'runtime'],
    packages: ['valibot', 'dexie', 'jose', 'aws4fetch'],
  },
  wire: { folders: ['domain'], packages: ['comlink'] },
  host: { folders: ['domain', 'connectors', 'core', 'db', 'deluge', 'vault', 'wire'], packages: ['comlink', 'dexie', 'valibot'] },
  platform: { folders: ['domain', 'wire'], types: ['core'], packages: ['workbox-window', 'comlink'] },
  ui: {
    folders: ['domain', 'deluge', 'wire', '#platform'],
    types: ['core'],
    packages: ['preact', 'preact/hooks', '@preact/signals', 'comlink', 'uplot', 'uqr'],
  },
  'main.tsx': { folders: ['ui'], packages: ['preact'] },
  'popup.tsx': { folders: ['ui'], packages: ['preact'] },
  'offscreen.ts': { folders: [], packages: [] },
  'callback.ts': { folders: ['ui', 'domain'], packages: [] },
  cli: { folders: ['domain', 'sandbox', 'deluge', 'connectors', 'oauth', 'bundle', 'runtime', 'sync'], packages: ['node:', 'valibot'] },
  sandbox: { folders: [], packages: ['node:', 'oidc-provider'] },
};

const targetOf = (source: Source, from: string): string => {
  const path = relative(SRC, join(SRC, dirname(source.path), from.split('?')[0] ?? from));
  return path.includes('/') ? (path.split('/')[0] ?? path) : path;
};

const isAllowed = (source: Source, { from, isType }: { from: string; isType: boolean }): boolean => {
  const rule = RULES[source.folder];
  if (rule === undefined) return false;
  if (from.endsWith('.css')) return true;
  if (!from.startsWith('.'))
    return from === '#platform'
      ? rule.folders.includes(from)
      : rule.packages.some((name) => from === name || (name.endsWith(':') && from.startsWith(name)));
  const target = targetOf(source, from);
  if (target === source.folder || target.startsWith('..')) return true;
  // The web app's window side names its worker by address, which imports no code of it.
  if (/\?(shared)?worker&url$/.test(from)) return source.folder === 'platform';
  return rule.folders.includes(target) || (isType && (rule.types ?? []).includes(target));
};

describe('architecture', () => {
  it('lets each folder import what its row allows and nothing else', () => {
    const wrong = SOURCES.flatMap((source) =>
      source.imports.filter((one) => !isAllowed(source, one)).map(({ from }) => `${source.path} → ${from}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no import cycles', () => {
    const graph = new Map(
      SOURCES.map((source) => [
        source.path,
        source.imports
          .filter(({ from, isType }) => from.startsWith('.') && !isType && !from.includes('?'))
          .map(({ from }) => relative(SRC, join(SRC, dirname(source.path), from))),
      ]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of graph.get(path) ?? []) walk(next, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) walk(path, []);
    expect(cycles).toEqual([]);
  });

  it('S40 lets only the sandboxed page, the worker of scripts and the command line reach the interpreter', () => {
    const graph = new Map(
      SOURCES.map((source) => [
        source.path,
        source.imports
          .filter(({ from, isType }) => from.startsWith('.') && !isType && !from.includes('?'))
          .map(({ from }) => relative(SRC, join(SRC, dirname(source.path), from))),
      ]),
    );
    const reaches = (from: string): boolean => {
      const seen = new Set<string>();
      const todo = [from];
      for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
        if (seen.has(path)) continue;
        seen.add(path);
        todo.push(...(graph.get(path) ?? []));
      }
      return seen.has('deluge/run.ts');
    };
    const starts = ['main.tsx', 'popup.tsx', 'callback.ts', 'offscreen.ts', 'host/extension-background.ts', 'host/pwa-worker.ts'];
    expect(starts.filter(reaches)).toEqual([]);
    expect(['host/script-sandbox.ts', 'host/script-worker.ts', 'cli/latchkey.ts'].filter(reaches)).toHaveLength(3);
  });

  it('keeps stored discovery documents out of what a browser loads: the command line alone reads them', () => {
    const readers = SOURCES.filter(({ imports }) => imports.some(({ from, isType }) => !isType && from.endsWith('/discovery.ts')));
    expect(readers.map(({ path }) => path)).toEqual(['cli/connectors.ts']);
  });

  it('keeps the code editor in its folder, and loads it only when somebody edits', () => {
    const isEditor = (path: string): boolean => path.startsWith('deluge/editor/');
    const wrong = SOURCES.flatMap((source) =>
      source.imports
        .filter(({ from, isType }) => {
          if (isEditor(source.path)) return false;
          const target = relative(SRC, join(SRC, dirname(source.path), from));
          return /^@codemirror\/|^@lezer\/highlight/.test(from) || (from.startsWith('.') && !isType && isEditor(target));
        })
        .map(({ from }) => `${source.path} → ${from}`),
    );
    expect(wrong).toEqual([]);
  });

  it('S40 keeps the interpreter out of pages: no screen and no editor reaches it', () => {
    const byPath = new Map(SOURCES.map((source) => [source.path, source]));
    const isPage = ({ path, folder }: Source): boolean =>
      path.startsWith('deluge/editor/') || ['ui', 'main.tsx', 'popup.tsx'].includes(folder);
    const reached = new Set<string>();
    const walk = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      const source = byPath.get(path);
      // What is imported when it is needed is in a page too.
      const lazy = [...(source?.text.matchAll(/import\('([^']+)'\)/g) ?? [])].map(([, from = '']) => from);
      const plain = (source?.imports ?? []).filter(({ isType }) => !isType).map(({ from }) => from);
      for (const from of [...plain, ...lazy]) if (from.startsWith('.')) walk(relative(SRC, join(SRC, dirname(path), from)));
    };
    for (const source of SOURCES) if (isPage(source)) walk(source.path);
    expect([...reached].filter((path) => /^deluge\/(run|compile|frame|functions|methods|http)\.ts$/.test(path))).toEqual([]);
    expect(reached.has('deluge/editor/mount.ts')).toBe(true);
  });

  it('keeps the vault the only reader of secrets', () => {
    const readers = SOURCES.filter(({ text, folder }) => folder !== 'vault' && /\bdb\.secrets\b/.test(text)).map(({ path }) => path);
    expect(readers).toEqual([]);
  });

  it('uses no default export, no `export *`, no escape from the type checker', () => {
    const wrong = SOURCES.filter(({ text }) => /^export (default|\*)|@ts-ignore|@ts-expect-error|: any\b|<any>|as any\b/m.test(text)).map(
      ({ path }) => path,
    );
    expect(wrong).toEqual([]);
  });

  it('asks for the clock and for randomness through the context in core, and never in domain', () => {
    const wrong = SOURCES.filter(
      ({ folder, text }) => (folder === 'core' || folder === 'domain') && /Date\.now\(|Math\.random\(|new Date\(\)/.test(text),
    ).map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  it('touches no network, storage or extension API in the interface', () => {
    const wrong = SOURCES.filter(({ folder, text }) => folder === 'ui' && /\bchrome\.|\bindexedDB\b|\bfetch\(|innerHTML/.test(text)).map(
      ({ path }) => path,
    );
    expect(wrong).toEqual([]);
  });

  it('throws and names only faults of the catalogue, and uses every row of it', () => {
    const text = SOURCES.filter(({ path }) => path !== 'domain/faults.ts')
      .map((source) => source.text)
      .join('\n');
    const named = [...text.matchAll(/'([a-z]+\.[a-z]+(?:-[a-z0-9]+)*)'/g)].map(([, code = '']) => code);
    const unused = Object.keys(FAULTS).filter((code) => !named.includes(code));
    expect(unused).toEqual([]);
    const thrown = [...text.matchAll(/new Fault\('([^']+)'/g)].map(([, code = '']) => code);
    expect(thrown.filter((code) => !Object.hasOwn(FAULTS, code))).toEqual([]);
  });

  it('gives each fault a text, a remedy and an answer to "again?"', () => {
    for (const [code, row] of Object.entries(FAULTS)) {
      expect(row.text, code).toMatch(/[.!?]$/);
      expect(row.remedy, code).toMatch(/[.!?)]$/);
    }
  });

  it('uses every event of the catalogue', () => {
    const text = SOURCES.filter(({ folder }) => folder === 'core')
      .map((source) => source.text)
      .join('\n');
    expect(Object.keys(EVENTS).filter((name) => !text.includes(`'${name}'`))).toEqual([]);
  });

  it('gives each command an action of the access table, or says that nobody needs to act yet', () => {
    const actions = new Set(ACCESS.map(({ action }) => action));
    const wrong = Object.entries(COMMANDS).filter(([, { allow }]) => allow !== null && !actions.has(allow));
    expect(wrong.map(([name]) => name)).toEqual([]);
    const open = Object.entries(COMMANDS).filter(([, { allow }]) => allow === null);
    expect(open.map(([name]) => name).sort()).toEqual([
      'actAs',
      'addPasskey',
      'answerProtectionOffer',
      // The vault belongs to the device and not to a role.
      'changePassphrase',
      'completeAuthorization',
      'createWorkspace',
      'loadSample',
      'lockVault',
      'previewRestore',
      'protectVault',
      'removePasskey',
      'resetVault',
      // A workspace that is not here belongs to nobody yet; one that is asks for its super admin.
      'restoreBackup',
      'rotateDataKey',
      'setIdleLock',
      'setSandboxOrigin',
      'stayUnlocked',
      'unlockVault',
      'unlockWithPasskey',
      'wipeDevice',
    ]);
  });

  it('uses every action of the access table', () => {
    const text = SOURCES.filter(({ folder }) => folder === 'core')
      .map((source) => source.text)
      .join('\n');
    const actions: Action[] = ACCESS.map(({ action }) => action);
    expect([...new Set(actions)].filter((action) => !text.includes(`'${action}'`))).toEqual([]);
    expect(typesOf('microservices.open')).toEqual([]);
  });
});
