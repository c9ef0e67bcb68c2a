import type { TableName } from '../../db/tables.ts';
import { query } from '../command.ts';
import { nothing } from '../inputs.ts';
import type { WhereView } from '../views.ts';

const PLAIN = 'readable by who has this profile';
const SEALED = {
  device: 'sealed with a key that lies in this profile',
  locked: 'sealed; the passphrase opens it',
  unlocked: 'sealed; the passphrase opened it for now',
};

const KEY = {
  device: 'in plain: who has this profile has it',
  locked: 'wrapped; the passphrase or the passkey opens it',
  unlocked: 'wrapped; the passphrase or the passkey opened it for now',
};

type Keeping = { readonly what: string; readonly how?: 'sealed' | 'key' };

/** Every table, so that none is forgotten, in the order in which a person would ask. `sealed` rows hold ciphertext alone. */
const STORED: Readonly<Record<TableName, Keeping>> = {
  secrets: { what: 'Tokens, client secrets, private keys, author keys and open sign-ins', how: 'sealed' },
  keys: { what: 'The vault’s own key', how: 'key' },
  authorizations: { what: 'Authorizations: account names, scopes, times' },
  flows: { what: 'Sign-ins that are open, or were lately: which connection, when, how they ended' },
  oauthApps: { what: 'Client ids of your own OAuth apps and of Latchkey’s own registrations' },
  connectors: { what: 'Connectors that a workspace made itself' },
  connections: { what: 'Definitions of connections' },
  needs: { what: 'Who is waited for to authorize what' },
  applications: { what: 'Applications that are built here' },
  components: { what: 'Components' },
  releases: { what: 'Published versions' },
  distributions: { what: 'To whom versions were given' },
  clients: { what: 'Names of clients' },
  installations: { what: 'Installed applications' },
  bundles: { what: 'Bundles, as they were signed' },
  feeds: { what: 'Feeds that are followed, with what was last believed of them' },
  downloads: { what: 'Updates that were downloaded and checked, and are not installed' },
  trust: { what: 'Author keys that were seen, and the highest versions' },
  records: { what: 'Entries of forms' },
  outbox: { what: 'Pushes that wait, are tried again or failed, with what they send, without the authorization' },
  runs: { what: 'Runs with what was sent and answered, without the authorization' },
  events: { what: 'Lines of the audit' },
  workspaces: { what: 'Workspaces' },
  members: { what: 'Names and roles of members' },
  settings: { what: 'Settings, and when the vault was last used' },
};

const TABLES = Object.keys(STORED) as readonly TableName[];

/** What Latchkey does not promise, in plain words. */
const RISKS: readonly string[] = [
  'Malware that runs as you can do what you can do.',
  'While the vault is unlocked, a fault in this page could act through it; it could not take the tokens away.',
  'Extensions that may read this web app’s pages see what you see. The extension’s own pages are out of their reach.',
  'Deleted bytes may stay on the disk for a while, in the browser’s files and in the drive itself.',
  'A weak passphrase can be guessed by who has a copy of this profile.',
  'A service that you approved can do whatever you approved. Read the scopes.',
  'A service that does not check what proves a sign-in to be yours (PKCE) leaves its code worth stealing.',
  'In browsers that do not guard against it, a name server that lies about an address can lead a request astray (DNS rebinding).',
  'An author whose key was stolen can sign updates until you stop taking them.',
  'A feed could show different people different versions, each rightly signed. Latchkey keeps the proof if it ever sees both.',
];

/** The page "Where is it all?". */
export const where = query({
  args: nothing,
  read: async (call): Promise<WhereView> => {
    const state = await call.vault.state();
    const ways = { sealed: SEALED[state], key: KEY[state], plain: PLAIN };
    const stored = await Promise.all(
      TABLES.map(async (table) => {
        const { what, how = 'plain' } = STORED[table];
        // Only counted: what is sealed is the vault's to read.
        return { what, count: await call.db.table(table).count(), how: ways[how] };
      }),
    );
    const names = new Map((await call.db.workspaces.toArray()).map(({ id, name }) => [id, name]));
    const feeds = (await call.db.feeds.orderBy('nextCheckAt').toArray()).map(({ id, address, workspaceId, lastCheckAt, nextCheckAt }) => {
      return { id, host: new URL(address).host, workspaceName: names.get(workspaceId) ?? '', lastCheckAt, nextCheckAt };
    });
    return { stored, feeds, requests: [...call.requests], risks: RISKS };
  },
});
