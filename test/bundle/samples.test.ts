import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { canonicalText } from '../../src/bundle/canonical.ts';
import { diffBundles } from '../../src/bundle/diff.ts';
import { signedPayload, verifyBundle } from '../../src/bundle/verify.ts';
import { connectorById, hasConnector } from '../../src/connectors/catalogue.ts';
import { tellingBy } from '../../src/runtime/describe.ts';

const TELLING = tellingBy((id) => (hasConnector(id) ? connectorById(id) : null));
const FOLDER = fileURLToPath(new URL('./samples', import.meta.url));
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith('.latchkey'));
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

/** The key that signed the samples was thrown away: they can be read for ever, and nobody can make another one. */
const SIGNER = 'IyOjkQ3IMjnT4QHfeRrIhw';

describe('S15 signed samples of every format', () => {
  it('has some of each format that there is', () => {
    expect(NAMES.filter((name) => name.startsWith('v1-'))).toHaveLength(3);
  });

  it.each(NAMES)('%s still verifies, and is what it was', async (name) => {
    const bundle = await verifyBundle(read(name));
    expect(bundle.keyId.startsWith(SIGNER.slice(0, 20))).toBe(true);
    expect(canonicalText(signedPayload(bundle))).toBe(read(name).slice('{"payload":'.length, read(name).lastIndexOf(',"signature":')));
  });

  it('says who must authorize again from one sample to the next', async () => {
    const [older, newer] = await Promise.all(
      ['v1-estate-1.0.0.latchkey', 'v1-estate-1.1.0.latchkey'].map((name) => verifyBundle(read(name))),
    );
    if (older === undefined || newer === undefined) throw new Error('no samples');
    expect(diffBundles(older, newer, TELLING)).toMatchObject({
      from: '1.0.0',
      to: '1.1.0',
      refusal: null,
      consent: [
        { linkName: 'sandbox_books', why: 'more-scopes', scopes: ['books.contacts.read'] },
        { linkName: 'sandbox_books_2', why: 'new', scopes: ['books.organization.read'] },
      ],
    });
    expect(diffBundles(newer, older, TELLING).refusal).toEqual({ code: 'install.older', detail: '1.1.0' });
  });
});
