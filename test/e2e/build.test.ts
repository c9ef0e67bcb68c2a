import { expect, it } from 'vitest';
import { builtFiles } from '../support/built.ts';

/** The sandbox on this device, and names that are asked for by nobody: namespaces, schemas, a script's own base, a message of Dexie's. */
const PLAIN_HTTP = new Set(['http://localhost', 'http://www.w3.org', 'http://json-schema.org', 'http://script.invalid', 'http://bit.ly']);

it('S61 what is built for browsers evaluates nothing, holds no source map, and speaks plain http to nobody', () => {
  const files = [...builtFiles()].filter(([path]) => /^(pwa|extension)\//.test(path));
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter(([path]) => path.endsWith('.map')).map(([path]) => path)).toEqual([]);
  for (const [path, bytes] of files.filter(([name]) => /\.(js|html)$/.test(name))) {
    const text = bytes.toString('utf8');
    expect(text.match(/\beval\(|new Function\(|sourceMappingURL/)?.[0], path).toBeUndefined();
    const hosts = (text.match(/http:\/\/[a-z][a-z0-9.-]+/g) ?? []).filter((host) => !PLAIN_HTTP.has(host));
    expect(hosts, path).toEqual([]);
  }
});
