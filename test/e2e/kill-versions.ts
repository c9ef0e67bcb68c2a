import * as v from 'valibot';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { deleteRows, must, readTables } from '../support/direct.ts';
import { ESTATE_ID, estateApplication, FIRST, SECOND, startUpdates, type Updates } from '../support/updates.ts';
import { act, authorize, type Deed, type World } from './kill-deeds.ts';
import { judged } from './kill-judge.ts';

/** What the next version has beside what `SECOND` changes: a connection and a component that uses it. */
const LEDGER = {
  linkName: 'sandbox_ledger',
  displayName: 'Sandbox Ledger',
  connectorId: 'sandbox-sheet',
  type: 'admin',
  scopes: ['sheet.data.read'],
  environmentPolicy: 'separate',
} as const;

const NEXT: typeof SECOND = {
  connections: [...SECOND.connections, { ...LEDGER, scopes: [...LEDGER.scopes] }],
  components: [
    ...SECOND.components,
    {
      linkName: 'properties_reserved',
      name: 'Properties reserved',
      kind: 'page-panel',
      config: {
        page: 'dashboard',
        title: 'Properties reserved',
        connection: LEDGER.linkName,
        operation: 'count-rows',
        values: { sheet: 'Properties', column: 'status', equals: 'reserved' },
      },
    },
  ],
};

const OLD_VERSION = '1.0.0';

/** A followed publisher, and the installation whose grants all of this has to leave alone. */
const startInstallation = async (world: World) => {
  const updates: Updates = await startUpdates();
  // Three digits from the first on: a longer version makes a larger bundle, whose size is stored.
  let count = 100;
  const release = (version: string, contents: typeof FIRST) =>
    updates.release(version, updates.key, { application: { ...estateApplication(version), name: 'Harbour' }, ...contents });
  const releaseNext = async () => {
    count += 1;
    const version = `1.${count}.0`;
    return { version, ...(await release(version, NEXT)) };
  };
  const install = async ({ text, sha256 }: { text: string; sha256: string }): Promise<void> => {
    await must(world.page, 'installBundle', { text, hash: sha256 });
  };
  const now = async () => {
    const { installations = [] } = await readTables(world.page, ['installations']);
    const row = installations.find(({ applicationId }) => applicationId === ESTATE_ID);
    return { installationId: row?.['id'] as `ins_${string}`, version: String(row?.['version']), sha256: String(row?.['bundleHash']) };
  };
  const goBack = async (): Promise<void> => {
    await must(world.page, 'rollBack', { installationId: (await now()).installationId, version: OLD_VERSION, isConfirmed: true });
  };
  const first = await release(OLD_VERSION, FIRST);
  const { feedId } = await must(world.page, 'followFeed', { address: updates.host.address });
  await install(first);
  const { connections = [] } = await readTables(world.page, ['connections']);
  const { installationId } = await now();
  const own = connections.filter(({ ownerId }) => ownerId === installationId).map(({ id }) => id as `con_${string}`);
  /** Grants of the old version; a vault that was begun anew took them all. */
  const authorizeOwn = async (): Promise<void> => {
    const { authorizations = [] } = await readTables(world.page, ['authorizations']);
    const held = new Set(authorizations.filter(({ grant }) => grant !== null).map(({ connectionId }) => connectionId));
    const lost = own.filter((id) => !held.has(id));
    if (lost.length > 0 && (await now()).version !== OLD_VERSION) await goBack();
    for (const connectionId of lost) await authorize({ page: world.page, connectionId }, 'production');
  };
  await authorizeOwn();
  // From here on each round begins with an installation that has a version to go back to.
  await install(await releaseNext());
  await goBack();
  return {
    feedId,
    updates,
    releaseNext,
    install,
    now,
    /** The old version, without what an update had added to it. */
    toOld: async (): Promise<void> => {
      if ((await now()).version !== OLD_VERSION) await goBack();
      const rows = await readTables(world.page, ['connections']);
      const ledger = rows['connections']?.find(({ linkName }) => linkName === LEDGER.linkName);
      // What a killed upgrade had downloaded is taken away too, so that each round downloads.
      const { downloads = [], installations = [] } = await readTables(world.page, ['downloads', 'installations']);
      const used = JSON.stringify(installations);
      await deleteRows(
        world.page,
        'downloads',
        downloads.map(({ id }) => String(id)),
      );
      await deleteRows(
        world.page,
        'bundles',
        downloads.map(({ hash }) => String(hash)).filter((hash) => !used.includes(hash)),
      );
      if (ledger !== undefined) await must(world.page, 'removeUnusedConnection', { connectionId: ledger['id'] as `con_${string}` });
    },
    goBack,
    authorizeOwn,
    first,
  };
};

const signedSchema = v.object({ bytes: v.instance(Uint8Array), hash: v.string() });
const keySchema = v.object({ keyId: v.string() });

/** The rows of the table that make versions and take them; `close` stops the publisher. */
export const versionDeeds = () => {
  let installation: ReturnType<typeof startInstallation> | null = null;
  const installed = async (world: World) => {
    await act(world, 'Carla');
    installation ??= startInstallation(world);
    const here = await installation;
    await here.authorizeOwn();
    return here;
  };
  let published = 1;
  const deeds = {
    publish: judged({
      prepare: async (world) => {
        await act(world, 'Dana');
        const { page } = world;
        const { applications = [], settings = [], secrets = [] } = await readTables(page, ['applications', 'settings', 'secrets']);
        // As if nobody had signed yet: the first signature makes the key.
        const isKey = (id: unknown): boolean => String(id).startsWith('author-key:');
        await deleteRows(page, 'settings', settings.map(({ key }) => String(key)).filter(isKey));
        await deleteRows(page, 'secrets', secrets.map(({ id }) => String(id)).filter(isKey));
        published += 1;
        const version = `1.${published}.0`;
        const applicationId = applications[0]?.['id'] as `app_${string}`;
        return {
          roles: new Map([[version, 'next']]),
          steps: {
            published: () => must(page, 'publishApplication', { applicationId, version }),
            distributed: async () => {
              const { releases = [] } = await readTables(page, ['releases']);
              const releaseId = releases.find((row) => row['version'] === version)?.['id'] as `rel_${string}`;
              await must(page, 'distributeRelease', { releaseId, channel: { kind: 'marketplace' }, isConfirmed: true });
            },
          },
        };
      },
      between: { state: 'published, key made', isStored: (line) => /author.key/.test(line) },
      leaves: {
        applications: '~1',
        connections: '~2',
        components: '~2',
        secrets: '+1',
        releases: '+1',
        distributions: '+1',
        events: '+3',
        settings: '+1',
      },
      check: async ({ releases = [], settings = [] }) => {
        const newest = [...releases].sort((a, b) => Number(b['publishedAt']) - Number(a['publishedAt']))[0];
        const { bytes, hash } = v.parse(signedSchema, newest?.['signed']);
        const bundle = await verifyBundle(new TextDecoder().decode(bytes));
        const key = settings.find((row) => String(row['key']).startsWith('author-key:'));
        if (bundle.hash !== hash || bundle.keyId !== v.parse(keySchema, key?.['value']).keyId)
          throw new Error('the bundle is not what the key signed');
      },
    }),
    upgrade: judged({
      prepare: async (world) => {
        const { toOld, releaseNext, feedId, first } = await installed(world);
        await toOld();
        const { version, sha256 } = await releaseNext();
        const { page } = world;
        let offered = { text: '', hash: '' };
        return {
          roles: new Map([
            [version, 'next'],
            [sha256, 'next'],
            [OLD_VERSION, 'old'],
            [first.sha256, 'old'],
          ]),
          steps: {
            downloaded: async () => {
              offered = await must(page, 'downloadUpdate', { feedId, applicationId: ESTATE_ID, version });
            },
            upgraded: () => must(page, 'installBundle', offered),
          },
        };
      },
      // What a check found is stored before anything is downloaded.
      between: { state: 'feed checked', isStored: (line) => line.startsWith('feeds ') },
      leaves: {
        connections: '+1 ~3',
        components: '+1 ~2',
        authorizations: '~1',
        needs: '+2',
        installations: '~1',
        bundles: '+1 -1',
        trust: '~1',
        feeds: '~1',
        events: '+1',
      },
    }),
    'go back': judged({
      prepare: async (world) => {
        const { now, releaseNext, install, goBack, first } = await installed(world);
        if ((await now()).version === OLD_VERSION) await install(await releaseNext());
        const { version, sha256 } = await now();
        return {
          roles: new Map([
            [version, 'next'],
            [sha256, 'next'],
            [OLD_VERSION, 'old'],
            [first.sha256, 'old'],
          ]),
          steps: { 'gone back': goBack },
        };
      },
      leaves: {
        connections: '~4',
        components: '-1 ~2',
        authorizations: '~1',
        needs: '-2',
        installations: '~1',
        feeds: '~1',
        events: '+1',
      },
    }),
  } as const satisfies Readonly<Record<string, Deed>>;
  return { deeds, close: async (): Promise<void> => void (await (await installation)?.updates.host.close()) };
};
