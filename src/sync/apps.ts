import * as v from 'valibot';
import { isNewerVersion, VERSION_PATTERN } from '../domain/application.ts';
import { Fault } from '../domain/faults.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { isId } from '../domain/ids.ts';
import { isPlainName } from '../domain/text.ts';
import { LIMITS } from './layout.ts';
import { encode, sha256 } from './store.ts';

export const hashField = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const versionField = v.pipe(v.string(), v.regex(VERSION_PATTERN));
const whyField = v.pipe(
  v.string(),
  v.check((value) => isPlainName(value, 200), 'not a plain text'),
);

/** Of how many of a hundred clients. */
const percentField = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100));

/** Where one version is, and the least Latchkey that it needs. */
const releaseSchema = v.object({
  sha256: hashField,
  size: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LIMITS.bundle)),
  engineMin: v.exactOptional(versionField),
  /** How many of a hundred clients were offered it when a newer one became the latest; all of them where it is absent. */
  rollout: v.exactOptional(percentField),
});

/** warn: still runs, and says why not to. block: no new run of this version; its data stays. */
const revocationSchema = v.object({ v: versionField, level: v.picklist(['warn', 'block']), why: whyField });

const appSchema = v.object({
  latest: versionField,
  versions: v.record(versionField, releaseSchema),
  min: v.exactOptional(versionField),
  revoked: v.exactOptional(v.array(revocationSchema), []),
  /** How many of a hundred clients are offered `latest` so far. */
  rollout: v.exactOptional(percentField, 100),
});

export const appsSchema = v.record(
  v.pipe(
    v.string(),
    v.check((value) => isId('app', value), 'not an application'),
  ),
  appSchema,
);

export type Release = v.InferOutput<typeof releaseSchema>;
export type Revocation = v.InferOutput<typeof revocationSchema>;
export type App = v.InferOutput<typeof appSchema>;
/** All the applications of one channel: one request tells about each of them. */
export type Apps = Readonly<Record<string, App>>;

export const newestFirst = (versions: readonly string[]): string[] =>
  [...versions].sort((a, b) => (a === b ? 0 : isNewerVersion(a, b) ? -1 : 1));

/** How many of a hundred clients a version of the list is offered to. */
export const rolloutOf = (app: App, version: string): number =>
  version === app.latest ? app.rollout : (app.versions[version]?.rollout ?? 100);

/** A release that is not the latest, offered to so many. */
const heldAt = ({ rollout: _, ...release }: Release, percent: number): Release =>
  percent === 100 ? release : { ...release, rollout: percent };

/**
 * The list with one more release, or with another number of clients for one that it has; null where it says so already. A release keeps its
 * own number when a newer one comes: its roll-out does not end by that. Throws `feed.version-taken` for other content under the same version.
 */
export const withRelease = (apps: Apps, id: ApplicationId, version: string, release: Release, rollout = 100): Apps | null => {
  const app = Object.hasOwn(apps, id) ? apps[id] : undefined;
  if (app === undefined) return { ...apps, [id]: { revoked: [], latest: version, versions: { [version]: release }, rollout } };
  const there = app.versions[version];
  if (there !== undefined && there.sha256 !== release.sha256) throw new Fault('feed.version-taken', version);
  if (there !== undefined && rolloutOf(app, version) === rollout) return null;
  const before = app.versions[app.latest];
  if (version !== app.latest && !isNewerVersion(version, app.latest))
    return { ...apps, [id]: { ...app, versions: { ...app.versions, [version]: heldAt(release, rollout) } } };
  const overtaken = before === undefined ? {} : { [app.latest]: heldAt(before, app.rollout) };
  return { ...apps, [id]: { ...app, latest: version, versions: { ...app.versions, ...overtaken, [version]: release }, rollout } };
};

/** The list with one version revoked; null where it is so already. Throws `feed.version-unknown`. */
export const withRevoked = (apps: Apps, id: string, revocation: Revocation): Apps | null => {
  const app = Object.hasOwn(apps, id) ? apps[id] : undefined;
  if (app?.versions[revocation.v] === undefined) throw new Fault('feed.version-unknown', `${id} ${revocation.v}`);
  const others = app.revoked.filter((one) => one.v !== revocation.v);
  const was = app.revoked.find((one) => one.v === revocation.v);
  if (was !== undefined && was.level === revocation.level && was.why === revocation.why) return null;
  return { ...apps, [id]: { ...app, revoked: [...others, revocation] } };
};

/**
 * What the author says against this version, or null: outright, or because it is below the least that they stand behind. That says no level,
 * so it stops nothing (FEED 3.5).
 */
export const revocationOf = (app: App, version: string): Revocation | null => {
  const said = app.revoked.find((one) => one.v === version);
  if (said !== undefined) return said;
  const isBelow = app.min !== undefined && isNewerVersion(app.min, version);
  return isBelow ? { v: version, level: 'warn', why: `Its publisher asks for ${app.min} or later` } : null;
};

/** What the author says against any version, and against these ones by the least that they stand behind. */
export const revocationsOf = (app: App, versions: readonly string[]): Revocation[] => {
  const implied = [...new Set(versions)].map((version) => revocationOf(app, version)).filter((one) => one !== null);
  return [...app.revoked, ...implied.filter(({ v }) => app.revoked.every((one) => one.v !== v))];
};

/** Which of a hundred groups a client is in for one version: another one for each version, the same one at each check. */
export const rolloutBucket = async (clientId: string, version: string): Promise<number> =>
  (await sha256(encode(clientId + version))).reduce((rest, byte) => (rest * 256 + byte) % 100, 0);

/** What matters of a client for what it is offered. */
export type ClientSide = {
  readonly clientId: string;
  readonly installed: string | null;
  /** The user stays where they are; only they change that. */
  readonly isPinned: boolean;
  /** The version of this Latchkey. */
  readonly engine: string;
};

export type Offer = { readonly version: string; readonly release: Release };

/** The version that this client may install now, or null: newer than what it has, not revoked, not below the least, in its own roll-out. */
export const offerFor = async (app: App, client: ClientSide): Promise<Offer | null> => {
  const { installed, isPinned, clientId, engine } = client;
  if (isPinned && installed !== null) return null;
  for (const version of newestFirst(Object.keys(app.versions))) {
    const release = app.versions[version];
    if (release === undefined || isNewerVersion(version, app.latest)) continue;
    if (installed !== null && !isNewerVersion(version, installed)) return null;
    if (revocationOf(app, version) !== null) continue;
    if (release.engineMin !== undefined && isNewerVersion(release.engineMin, engine)) continue;
    if ((await rolloutBucket(clientId, version)) >= rolloutOf(app, version)) continue;
    return { version, release };
  }
  return null;
};
