import { groupOf } from './command.ts';
import { check } from './feed-check.ts';
import { admit, guard, rotate } from './feed-keys.ts';
import { publish, refresh, revoke } from './feed-publish.ts';

const KEY = { key: 'text', 'passphrase-file': 'text' } as const;
const WHERE = { to: 'text', endpoint: 'text', channel: 'text', track: 'text', json: 'flag' } as const;

const WHERE_HELP = `  --to is a folder that any static host serves, or s3://bucket/prefix with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
  --endpoint URL for other stores than Amazon’s (AWS_REGION and AWS_ENDPOINT_URL are read too). Clients need two things of a bucket or
  host: everybody may read it, and it allows GET from every origin (CORS); feed check URL says whether it does. The channel is the one that the key
  began; --channel names another one, --track beta begins a second one.
`;

/** `latchkey feed …` */
export const feed = groupOf('feed', 'Feeds: signed updates from a folder of plain files or a bucket.', {
  publish: {
    help: `latchkey feed publish FILE --to DIR|s3://bucket/prefix --key FILE [--rollout N] [--json]

  Stores a bundle and signs a head that names it. Several publishers may do so at once; the same again changes nothing.
  --rollout N offers it to N of 100 clients; publish again with a larger number to go on. Each version keeps its number when a
  newer one comes: who is in neither roll-out stays with what everybody was offered before.
${WHERE_HELP}`,
    given: 1,
    options: { ...KEY, ...WHERE, rollout: 'text' },
    required: ['to', 'key'],
    run: publish,
  },
  check: {
    help: `latchkey feed check URL|DIR [--json] [--channel ID] [--state FILE] [--bundles] [--origin ORIGIN]

  Looks at a feed as a client does, and verifies everything; also that its host lets pages of other addresses read it (CORS), as a page of
  ORIGIN if it is for one web app only. --state keeps what was trusted, so that an older or a
  second head is seen for what it is. --bundles fetches and verifies the latest bundle of each application too.
  With --json { ok, news, channel, epoch, n, issuedAt, expiresAt, signers,
  applications: [{ id, latest, versions, min, revoked: [{ version, level, why }], rollout, rollouts: { VERSION: N } }],
  problems: [{ code, message }] }.
`,
    given: 1,
    options: { json: 'flag', channel: 'text', state: 'text', bundles: 'flag', origin: 'text' },
    required: [],
    run: check,
  },
  revoke: {
    help: `latchkey feed revoke APPLICATION VERSION --why TEXT --to DIR|s3://bucket/prefix --key FILE [--level warn|block] [--json]

  Says to every client that a version must not run any more (block), or why not to use it (warn). No data is deleted by it.
${WHERE_HELP}`,
    given: 2,
    options: { ...KEY, ...WHERE, level: 'text', why: 'text' },
    required: ['why', 'to', 'key'],
    run: revoke,
  },
  refresh: {
    help: `latchkey feed refresh --to DIR|s3://bucket/prefix --key FILE [--now] [--json]

  Signs the head anew once it is past half of its month; run it every day. --now does so whatever its age.
${WHERE_HELP}`,
    given: 0,
    options: { ...KEY, ...WHERE, now: 'flag' },
    required: ['to', 'key'],
    run: refresh,
  },
  admit: {
    help: `latchkey feed admit BUNDLE --to DIR|s3://bucket/prefix --key FILE [--json]

  Names the signer of a bundle as one more author of the channel; its bundles can be published there from then on.
${WHERE_HELP}`,
    given: 1,
    options: { ...KEY, ...WHERE },
    required: ['to', 'key'],
    run: admit,
  },
  guard: {
    help: `latchkey feed guard --to DIR|s3://bucket/prefix --key FILE --root-key FILE [--json]

  From then on only the root key can change keys; the other one only publishes. Keep the root key away from where you publish: if the
  publishing key is lost or stolen, feed rotate --key ROOT --new-key NEW replaces it. --root-passphrase-file is the root key’s.
${WHERE_HELP}`,
    given: 0,
    options: { ...KEY, ...WHERE, 'root-key': 'text', 'root-passphrase-file': 'text' },
    required: ['to', 'key', 'root-key'],
    run: guard,
  },
  rotate: {
    help: `latchkey feed rotate --to DIR|s3://bucket/prefix --key OLD --new-key NEW [--stolen] [--from EPOCH-N] [--json]

  Replaces the key that publishes: OLD is that key itself, and both sign, or the root key that guards it. With --stolen bundles that the old one signed are installed no more,
  and --from takes the list from the last head that you trust. --new-passphrase-file is the new key’s.
${WHERE_HELP}`,
    given: 0,
    options: { ...KEY, ...WHERE, 'new-key': 'text', 'new-passphrase-file': 'text', stolen: 'flag', from: 'text' },
    required: ['to', 'key', 'new-key'],
    run: rotate,
  },
});
