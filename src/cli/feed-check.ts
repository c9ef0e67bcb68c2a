import { fingerprintOf } from '../bundle/author-key.ts';
import { Fault } from '../domain/faults.ts';
import { type App, newestFirst, rolloutOf } from '../sync/apps.ts';
import { type Check, checkFeed, type FeedState } from '../sync/check.ts';
import { downloadBundle } from '../sync/download.ts';
import { LIMITS, PATHS } from '../sync/layout.ts';
import { SMALL } from '../sync/reader.ts';
import { reopenRoot } from '../sync/root.ts';
import { parseState } from '../sync/state.ts';
import { type Call, type ShownProblem, said, shown } from './command.ts';
import { channelAt, type Place, placeOf } from './feed-place.ts';
import { readIfThere, writeWhole } from './files.ts';
import { EXIT } from './io.ts';

const MOST_STATE = 4 * 1024 * 1024;

/** What was trusted at the last check. A file that is damaged is refused: going on without it would trust anew. */
const stateAt = async (path: string | undefined, channel: string): Promise<FeedState | null> => {
  const bytes = path === undefined ? null : await readIfThere(path, MOST_STATE);
  if (bytes === null) return null;
  const state = parseState(new TextDecoder().decode(bytes));
  if (state === null) throw new Fault('feed.state-wrong', path ?? '');
  if (state.channel !== channel) throw new Fault('feed.channel-wrong');
  return state;
};

type Shown = {
  readonly ok: boolean;
  readonly news: Check['news'];
  readonly channel: string | null;
  readonly epoch: number | null;
  readonly n: number | null;
  readonly issuedAt: string | null;
  readonly expiresAt: string | null;
  readonly signers: readonly string[];
  readonly applications: readonly {
    readonly id: string;
    readonly latest: string;
    readonly versions: readonly string[];
    readonly min: string | null;
    readonly revoked: readonly { readonly version: string; readonly level: string; readonly why: string }[];
    readonly rollout: number;
    /** Versions that not everybody is offered, with how many of a hundred clients are. */
    readonly rollouts: Readonly<Record<string, number>>;
  }[];
  readonly problems: readonly ShownProblem[];
};

const rolloutsOf = (app: App): Record<string, number> =>
  Object.fromEntries(
    newestFirst(Object.keys(app.versions)).flatMap((version) => {
      const percent = rolloutOf(app, version);
      return percent === 100 ? [] : [[version, percent]];
    }),
  );

const shownCheck = async (channel: string, { state, news, problems }: Check): Promise<Shown> => {
  const head = state?.head ?? null;
  const signers = state === null ? [] : [...(await reopenRoot(state.root)).channelKeys.keys()].map(fingerprintOf);
  return {
    ok: news !== 'refused' && problems.every(({ code }) => code === 'feed.clock'),
    news,
    channel,
    epoch: head?.epoch ?? null,
    n: head?.n ?? null,
    issuedAt: head === null ? null : new Date(head.iat).toISOString(),
    expiresAt: head === null ? null : new Date(head.exp).toISOString(),
    signers,
    applications: Object.entries(head?.apps ?? {}).map(([id, app]) => ({
      id,
      latest: app.latest,
      versions: newestFirst(Object.keys(app.versions)),
      min: app.min ?? null,
      revoked: app.revoked.map(({ v, level, why }) => ({ version: v, level, why })),
      rollout: app.rollout,
      rollouts: rolloutsOf(app),
    })),
    problems: problems.map(shown),
  };
};

/** Fetches and verifies the latest bundle of each application, as an installation would. */
const bundleProblems = async ({ read }: Place, state: FeedState): Promise<Fault[]> => {
  const faults: Fault[] = [];
  for (const [id, { latest, versions }] of Object.entries(state.head?.apps ?? {})) {
    const release = versions[latest];
    if (release === undefined) continue;
    await downloadBundle(read, state, id, { version: latest, release }).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
    });
  }
  return faults;
};

/**
 * Asks for the root that is not there yet, as a client does whenever a key was replaced: a host that answers it otherwise than the rest would
 * keep every client on the old keys.
 */
const rootProblems = async ({ read }: Place, { root, channel }: FeedState): Promise<Fault[]> => {
  const path = PATHS.root(channel, (await reopenRoot(root)).version + 1);
  return read(path, { limit: LIMITS.root, patience: SMALL, etag: null }).then(
    () => [],
    (error: unknown) => {
      if (error instanceof Fault) return [error];
      throw error;
    },
  );
};

const textOf = (result: Shown): string =>
  [
    `${result.news === 'refused' ? 'Refused' : result.news === 'same' ? 'Nothing new' : 'Trusted'}: channel ${result.channel}`,
    ...(result.n === null ? [] : [`head ${result.epoch}-${result.n}, signed ${result.issuedAt}, good until ${result.expiresAt}`]),
    ...result.signers.map((signer) => `signed by ${signer}`),
    ...result.applications.flatMap(({ id, latest, versions, revoked, rollouts }) => [
      `  ${id} ${latest}, of ${versions.length}`,
      ...Object.entries(rollouts).map(([version, percent]) => `    ${version} offered to ${percent} of 100`),
      ...revoked.map(({ version, level, why }) => `    ${version} ${level}: ${why}`),
    ]),
    '',
  ].join('\n');

const REFUSED: Check = { state: null, news: 'refused', mayInstall: false, problems: [], passed: [], waitMs: null };

const checked = async (call: Call, place: Place): Promise<{ channel: string | null; check: Check }> => {
  let channel: string | null = null;
  try {
    channel = await channelAt(place, call.text('channel'));
    const path = call.text('state');
    const before = await stateAt(path, channel);
    const check = await checkFeed({ channel, state: before, read: place.read, now: Date.now() });
    if (path !== undefined && check.state !== null && check.state !== before) await writeWhole(path, JSON.stringify(check.state));
    if (check.state === null || check.news === 'refused') return { channel, check };
    const faults = [...(await rootProblems(place, check.state)), ...(call.has('bundles') ? await bundleProblems(place, check.state) : [])];
    return { channel, check: { ...check, problems: [...check.problems, ...faults.map((fault) => fault.toData())] } };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { channel, check: { ...REFUSED, problems: [error.toData()] } };
  }
};

/** A feed that is not there says nothing about its host. */
const withRefusal = (check: Check, refusal: string | null): Check =>
  refusal === null || check.problems.some(({ code }) => code === 'feed.missing')
    ? check
    : { ...check, problems: [...check.problems, new Fault('feed.page-refused', refusal).toData()] };

/** `latchkey feed check` */
export const check = async (call: Call): Promise<number> => {
  const place = placeOf(call.given[0] ?? '', call.text('origin'));
  const { channel, check: seen } = await checked(call, place);
  const outcome = withRefusal(seen, place.refusal());
  const result = await shownCheck(channel ?? '', outcome);
  if (call.has('json')) call.io.out(`${JSON.stringify({ ...result, channel }, null, 2)}\n`);
  else {
    if (channel !== null) call.io.out(textOf(result));
    for (const problem of outcome.problems) call.io.error(said(problem));
  }
  return result.ok ? EXIT.fine : EXIT.findings;
};
