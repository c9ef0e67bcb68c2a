import type { TableName } from '../../db/tables.ts';
import { query } from '../command.ts';
import { nothing } from '../inputs.ts';
import type { WhereView } from '../views.ts';

const PLAIN = 'in the browser’s storage, readable by who has this profile';
const SEALED = {
  device: 'sealed with a key that lies in this profile',
  locked: 'sealed; the passphrase opens it',
  unlocked: 'sealed; the passphrase opened it for now',
};

/** What a person would ask after, by table. `sealed` rows hold ciphertext alone. */
const STORED: readonly { readonly table: TableName; readonly what: string; readonly isSealed: boolean }[] = [
  { table: 'secrets', what: 'Tokens, client secrets, private keys, author keys and open sign-ins', isSealed: true },
  { table: 'authorizations', what: 'Authorizations: account names, scopes, times', isSealed: false },
  { table: 'oauthApps', what: 'Client ids of your own OAuth apps and of Latchkey’s own registrations', isSealed: false },
  { table: 'connectors', what: 'Connectors that a workspace made itself', isSealed: false },
  { table: 'connections', what: 'Definitions of connections', isSealed: false },
  { table: 'applications', what: 'Applications that are built here', isSealed: false },
  { table: 'components', what: 'Components', isSealed: false },
  { table: 'releases', what: 'Published versions', isSealed: false },
  { table: 'installations', what: 'Installed applications', isSealed: false },
  { table: 'records', what: 'Entries of forms', isSealed: false },
  { table: 'runs', what: 'Runs with what was sent and answered, without the authorization', isSealed: false },
  { table: 'events', what: 'Lines of the audit', isSealed: false },
  { table: 'members', what: 'Names and roles of members', isSealed: false },
  { table: 'feeds', what: 'Feeds that are followed, with what was last believed of them', isSealed: false },
  { table: 'downloads', what: 'Updates that were downloaded and checked, and are not installed', isSealed: false },
  { table: 'trust', what: 'Author keys that were seen, and the highest versions', isSealed: false },
];

/** What Latchkey does not promise, in plain words. */
const RISKS: readonly string[] = [
  'Malware that runs as you can do what you can do.',
  'While the vault is unlocked, a fault in this page could act through it; it could not take the tokens away.',
  'Extensions that may read this web app’s pages see what you see. The extension’s own pages are out of their reach.',
  'Deleted bytes may stay on the disk for a while, in the browser’s files and in the drive itself.',
  'A weak passphrase can be guessed by who has a copy of this profile.',
  'A service that you approved can do whatever you approved. Read the scopes.',
  'An author whose key was stolen can sign updates until you stop taking them.',
];

/** The page "Where is it all?". */
export const where = query({
  args: nothing,
  read: async (call): Promise<WhereView> => {
    const state = await call.vault.state();
    const stored = await Promise.all(
      STORED.map(async ({ table, what, isSealed }) => ({
        what,
        // Only counted: what is sealed is the vault's to read.
        count: await call.db.table(table).count(),
        how: isSealed ? SEALED[state] : PLAIN,
      })),
    );
    const names = new Map((await call.db.workspaces.toArray()).map(({ id, name }) => [id, name]));
    const feeds = (await call.db.feeds.orderBy('nextCheckAt').toArray()).map(({ id, address, workspaceId, lastCheckAt, nextCheckAt }) => {
      return { id, host: new URL(address).host, workspaceName: names.get(workspaceId) ?? '', lastCheckAt, nextCheckAt };
    });
    return { stored, feeds, requests: [...call.requests], risks: RISKS };
  },
});
