import fc from 'fast-check';
import type { PayloadInput } from '../../src/bundle/format/v1.ts';
import { FIELD_TYPES } from '../../src/domain/application.ts';
import { isLinkName } from '../../src/domain/link-name.ts';
import { isPlainName } from '../../src/domain/text.ts';

const linkName = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/).filter(isLinkName);
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((value) => isPlainName(value));
const token = fc.stringMatching(/^[a-z]{1,12}(\.[a-z]{1,8}){0,2}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const member = fc
  .stringMatching(/^[a-z][A-Za-z]{0,8}$/)
  .filter((key) => !/constructor|prototype|password|passwd|cookie|authorization/i.test(key));

const { json } = fc.letrec<{ json: unknown; object: Record<string, unknown> }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(member, tie('json'), { maxKeys: 4 }),
}));

const listOf = <T extends { linkName: string }>(entry: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> =>
  fc.uniqueArray(entry, { selector: ({ linkName: own }) => own, maxLength });

const form = fc.record(
  {
    linkName,
    name,
    isPublic: fc.boolean(),
    fields: fc.array(
      fc.record({
        name: linkName,
        label: name,
        type: fc.constantFrom(...FIELD_TYPES),
        required: fc.boolean(),
        choices: fc.array(name, { maxLength: 3 }),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['linkName', 'name', 'fields'] },
);

/** Any payload of format 1 but its author's key; some look as if they held a secret, and a test has to leave those out. */
export const anyPayload: fc.Arbitrary<Omit<PayloadInput, 'author'> & { author: { name: string } }> = fc.record({
  format: fc.constant('latchkey.bundle/1' as const),
  publishedAt: fc.nat(),
  author: fc.record({ name }),
  application: fc.record({
    id: fc.stringMatching(/^[a-z0-9]{1,20}$/).map((rest): `app_${string}` => `app_${rest}`),
    version: fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99)).map((parts) => parts.join('.')),
    name,
    linkName,
    forms: listOf(form, 3),
    pages: listOf(fc.record({ linkName, name }), 3),
  }),
  connections: listOf(
    fc.record({
      linkName,
      displayName: name,
      connectorId: token,
      type: fc.constantFrom('admin' as const, 'logged-in-user' as const),
      scopes: fc.array(token, { maxLength: 4 }),
      environmentPolicy: fc.constantFrom('same' as const, 'separate' as const),
    }),
    4,
  ),
  components: listOf(
    fc.record({
      linkName,
      name,
      kind: token,
      config: fc.dictionary(member, json, { maxKeys: 4 }).map((value) => JSON.parse(JSON.stringify(value))),
    }),
    4,
  ),
  requirements: fc.record({
    systemConnections: fc.array(fc.record({ connectorId: token, scopes: fc.array(token, { maxLength: 3 }) }), { maxLength: 2 }),
  }),
});

/** Services that the sandbox has, with what a connection to them may be. */
const SERVICES = [
  { connectorId: 'sandbox-books', types: ['admin'], scopes: ['books.contacts.create', 'books.contacts.read', 'books.organization.read'] },
  { connectorId: 'sandbox-sheet', types: ['admin', 'logged-in-user'], scopes: ['sheet.data.read'] },
] as const;

const service = fc
  .constantFrom(...SERVICES)
  .chain(({ connectorId, types, scopes }) =>
    fc.record({ connectorId: fc.constant(connectorId), type: fc.constantFrom(...types), scopes: fc.subarray([...scopes]) }),
  );

/** Any payload that can be installed: its connections are to services that there are, and each is used by a script of its name. */
export const anyInstallable = fc.tuple(anyPayload, fc.array(service, { minLength: 4, maxLength: 4 })).map(([payload, services]) => {
  const connections = payload.connections.map((connection, index) => ({ ...connection, ...services[index] }));
  const scriptOf = (linkName: string): string => `r = invokeurl [ url: "https://a.example/" connection: "${linkName}" ]; return r;`;
  return {
    ...payload,
    connections,
    components: connections.map(({ linkName, displayName }) => ({
      linkName,
      name: displayName,
      kind: 'deluge-invokeurl',
      config: { start: null, script: scriptOf(linkName) },
    })),
    requirements: { systemConnections: [] },
  };
});
