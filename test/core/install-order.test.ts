import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { PayloadInput } from '../../src/bundle/format/v1.ts';
import { makeAuthorKey, signBundle } from '../../src/bundle/sign.ts';
import { Fault } from '../../src/domain/faults.ts';
import { isSameName } from '../../src/domain/text.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { install } from '../support/journey.ts';
import { anyInstallable } from '../support/payloads.ts';

const NOW = Date.UTC(2026, 0, 1);

let authors: Awaited<ReturnType<typeof makeAuthorKey>>[] = [];

beforeAll(async () => {
  authors = [await makeAuthorKey(), await makeAuthorKey()];
});

/** The audit, which says what happened and when, and what the device keeps for itself. */
const ASIDE: ReadonlySet<string> = new Set(['events', 'settings', 'keys']);

type Rows = Record<string, unknown[]>;

const stored = async (core: TestCore): Promise<Rows> =>
  Object.fromEntries(Object.entries(await core.dump()).filter(([table]) => !ASIDE.has(table)));

const MADE = /\b([a-z]{3})_[0-9a-f]{32}\b/g;

/** Every row as text, sorted, with made ids as what they name: an installation by its application, its parts by their link names. */
const meaningOf = async (core: TestCore): Promise<Record<string, string[]>> => {
  const { installations, connections, components } = core.ctx.db;
  const names = new Map<string, string>();
  for (const row of await installations.toArray()) names.set(row.id, `installation of ${row.applicationId}`);
  for (const row of await connections.toArray()) names.set(row.id, `${row.linkName} of ${names.get(row.ownerId ?? '')}`);
  for (const row of await components.toArray()) names.set(row.id, `${row.linkName} of ${names.get(row.ownerId)} in ${row.environment}`);
  const said = (row: unknown): string => JSON.stringify(row).replaceAll(MADE, (id, kind: string) => names.get(id) ?? `some ${kind}`);
  return Object.fromEntries(Object.entries(await stored(core)).map(([table, rows]) => [table, rows.map(said).sort()]));
};

/** A client that installs these one after the other; each that it has already is refused, and stores nothing. */
const clientWith = async (texts: readonly string[]): Promise<TestCore> => {
  const core = await startCore({ now: () => NOW });
  await core.do('createWorkspace', { side: 'client', name: 'Harbour Homes', memberName: 'Carla' });
  const seen = new Set<string>();
  for (const text of texts) {
    if (!seen.has(text)) await install(core, text);
    else {
      const before = await stored(core);
      await expect(install(core, text)).rejects.toEqual(new Fault('install.already', JSON.parse(text).payload.application.version));
      expect(await stored(core)).toEqual(before);
    }
    seen.add(text);
  }
  return core;
};

const sign = (payload: Omit<PayloadInput, 'author'> & { author: { name: string } }, index: number): Promise<string> => {
  const author = authors[index % authors.length];
  if (author === undefined) throw new Error('no author');
  return signBundle({ ...payload, author: { ...payload.author, key: author.publicKey } }, author.privateKey);
};

const plan = fc
  .uniqueArray(anyInstallable, {
    minLength: 1,
    maxLength: 3,
    comparator: ({ application: a }, { application: b }) => a.id === b.id || isSameName(a.name, b.name),
  })
  .chain((payloads) => {
    const all = payloads.map((_, index) => index);
    const order = fc
      .array(fc.nat(all.length - 1), { minLength: 1, maxLength: 2 })
      .chain((again) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length }));
    return fc.record({ payloads: fc.constant(payloads), one: order, other: order });
  });

it('S16 installing twice is installing once, and the order of different applications does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ payloads, one, other }) => {
      const texts = await Promise.all(payloads.map(sign));
      const inOrder = (order: readonly number[]): string[] => order.flatMap((index) => texts[index] ?? []);
      const meaning = await meaningOf(await clientWith(inOrder(one)));
      expect(meaning['installations']).toHaveLength(texts.length);
      expect(await meaningOf(await clientWith(inOrder(other)))).toEqual(meaning);
    }),
    { numRuns: 8 },
  );
});
