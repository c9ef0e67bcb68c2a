import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SCHEMA_FILES } from '../support/json-schema.ts';

const FOLDER = fileURLToPath(new URL('../../public/schema', import.meta.url));

describe('the published JSON Schema', () => {
  it('is what npm run schema makes of the schemas that read sources', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(SCHEMA_FILES).sort());
    for (const [name, schema] of Object.entries(SCHEMA_FILES))
      expect(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')), name).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it('S15 lets no object have a field that it does not name', () => {
    const open: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (Array.isArray(value)) {
        for (const [index, entry] of value.entries()) look(entry, `${path}.${index}`);
      } else if (value !== null && typeof value === 'object') {
        if ('properties' in value && !('additionalProperties' in value)) open.push(path);
        for (const [name, entry] of Object.entries(value)) look(entry, `${path}.${name}`);
      }
    };
    look(SCHEMA_FILES, '');
    expect(open).toEqual([]);
  });
});
