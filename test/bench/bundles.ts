/** Bundles of any size, made where they are measured. */
import { FORMAT, type Payload } from '../../src/bundle/format/v1.ts';
import { makeAuthorKey, signBundle } from '../../src/bundle/sign.ts';

type Key = Awaited<ReturnType<typeof makeAuthorKey>>;

const connectionsOf = (count: number): Payload['connections'] =>
  Array.from({ length: count }, (_, index) => ({
    linkName: `connection_${index}`,
    displayName: `Connection ${index} with a name of usual length`,
    connectorId: 'sandbox-books',
    type: 'admin' as const,
    scopes: ['books.contacts.create', 'books.contacts.read', 'books.invoices.create', 'books.invoices.read', 'books.organization.read'],
    environmentPolicy: 'separate' as const,
  }));

/** The connections with one of them renamed. */
const withRenamed = (connections: Payload['connections'], renamed: number | null): Payload['connections'] =>
  connections.map((one, index) => (index === renamed ? { ...one, displayName: `Renamed ${index}` } : one));

type Options = { readonly pageCount?: number; readonly version?: string; readonly key?: Key; readonly renamed?: number | null };

export const makeBundle = async (
  count: number,
  { pageCount = 1, version = '1.0.0', key: given, renamed = null }: Options = {},
): Promise<string> => {
  const key = given ?? (await makeAuthorKey());
  const application = {
    id: 'app_bench' as const,
    version,
    name: 'Bench',
    linkName: 'bench',
    forms: [],
    pages: Array.from({ length: pageCount }, (_, index) => ({ linkName: `page_${index}`, name: `Page ${index} ${'x'.repeat(50)}` })),
  };
  const payload: Payload = {
    format: FORMAT,
    publishedAt: 1,
    author: { name: 'Bench', key: key.publicKey },
    application,
    connections: withRenamed(connectionsOf(count), renamed),
    components: [],
    requirements: { systemConnections: [] },
  };
  return signBundle(payload, key.privateKey);
};
