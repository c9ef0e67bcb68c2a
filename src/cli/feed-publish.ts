import { randomUUID } from 'node:crypto';
import { fingerprintOf } from '../bundle/author-key.ts';
import type { OpenKey } from '../bundle/key-file.ts';
import { VERSION_PATTERN } from '../domain/application.ts';
import { Fault } from '../domain/faults.ts';
import { isId } from '../domain/ids.ts';
import { isPlainName } from '../domain/text.ts';
import { withRelease, withRevoked } from '../sync/apps.ts';
import { type Channel, createChannel, hintedChannel, idOf, newestOf, openChannel, planFor } from '../sync/channel.ts';
import { HEAD_LIFE } from '../sync/head.ts';
import { isChannel, PATHS } from '../sync/layout.ts';
import { settle } from '../sync/patient.ts';
import { type Change, type Published, type Publisher, publishChange } from '../sync/publish.ts';
import { TRACKS, writeFirstRoot } from '../sync/root.ts';
import type { Store } from '../sync/store.ts';
import { readRunnable } from './bundle.ts';
import { type Call, Usage } from './command.ts';
import { PATIENT, storeOf } from './feed-place.ts';
import { EXIT } from './io.ts';
import { openKeyOf } from './key.ts';

const named = async (store: Store, id: string): Promise<Channel> => {
  if (!isChannel(id)) throw new Usage('A channel has 52 letters and digits.');
  const channel = await openChannel(store, PATIENT, id);
  if (channel === null) throw new Fault('feed.missing');
  return channel;
};

/**
 * The channel to publish to: the one that was named; the one that this key began; the feed's own, where this key was put in later; or a
 * new one where the feed has none at all.
 */
export const channelFor = async (call: Call, store: Store, key: OpenKey, mayBegin: boolean): Promise<Channel> => {
  const id = call.text('channel');
  if (id !== undefined) return named(store, id);
  const track = TRACKS.find((one) => one === (call.text('track') ?? 'stable'));
  if (track === undefined) throw new Usage(`--track is one of ${TRACKS.join(', ')}.`);
  const first = await writeFirstRoot(planFor(track, key), [key]);
  const own = await openChannel(store, PATIENT, await idOf(first));
  if (own !== null) return own;
  const hinted = await hintedChannel(store, PATIENT);
  if (hinted !== null) {
    const there = await named(store, hinted);
    const { channelKeys, keys } = newestOf(there);
    const isSecondTrack = call.text('track') !== undefined && there.roots.some((root) => root.keys.has(key.keyId));
    if (!isSecondTrack && (channelKeys.has(key.keyId) || keys.has(key.keyId))) return there;
    // A second track of an author who is known here is a new channel; a stranger's key is more likely a mistake.
    if (!isSecondTrack) throw new Fault('feed.key-not-named', fingerprintOf(key.keyId));
  }
  if (!mayBegin) throw new Fault('feed.missing');
  return createChannel(store, PATIENT, first);
};

/** Who publishes from the command line: with patience, and claims that are its own. */
export const publisherOf = (store: Store, channel: Channel, key: OpenKey): Publisher => ({
  store,
  channel,
  key,
  patient: PATIENT,
  now: Date.now,
  nonce: randomUUID,
});

/** Says what came of a publication, as text or as data. */
export const say = (call: Call, channel: Channel, published: Published, more: object = {}): number => {
  const { outcome, epoch, n, hash } = published;
  const result = { ok: true, outcome, channel: channel.id, epoch, n, head: hash, ...more };
  if (call.has('json')) call.io.out(`${JSON.stringify(result, null, 2)}\n`);
  else
    call.io.out(
      `${outcome === 'published' ? 'Published' : 'It says so already'}: head ${epoch}-${n}\nchannel ${channel.id}\nclients read c/${channel.id}\n`,
    );
  return EXIT.fine;
};

const rolloutOf = (call: Call): number => {
  const given = call.text('rollout') ?? '100';
  if (!/^(\d{1,2}|100)$/.test(given)) throw new Usage('--rollout is a number from 0 to 100.');
  return Number(given);
};

/** `latchkey feed publish` */
export const publish = async (call: Call): Promise<number> => {
  const rollout = rolloutOf(call);
  const { payload, bytes, hash, keyId } = await readRunnable(call.given[0] ?? '');
  const key = await openKeyOf(call);
  const store = await storeOf(call);
  const channel = await channelFor(call, store, key, true);
  if (!newestOf(channel).authors.has(keyId)) throw new Fault('feed.author-unknown', fingerprintOf(keyId));
  if (!(await settle(PATIENT, store, PATHS.object(hash), bytes, 'immutable'))) throw new Fault('feed.bundle-wrong');
  const { id, version } = payload.application;
  const release = { sha256: hash, size: bytes.length };
  const published = await publishChange(publisherOf(store, channel, key), (apps) => withRelease(apps, id, version, release, rollout));
  return say(call, channel, published, { application: id, version, sha256: hash });
};

const change = async (call: Call, by: Change): Promise<number> => {
  const key = await openKeyOf(call);
  const store = await storeOf(call);
  const channel = await channelFor(call, store, key, false);
  return say(call, channel, await publishChange(publisherOf(store, channel, key), by));
};

/** `latchkey feed revoke` */
export const revoke = (call: Call): Promise<number> => {
  const [id = '', version = ''] = call.given;
  const level = call.text('level') ?? 'block';
  const why = call.text('why') ?? '';
  if (!isId('app', id) || !VERSION_PATTERN.test(version)) throw new Usage('Name the application’s id and the version.');
  if (level !== 'warn' && level !== 'block') throw new Usage('--level is warn or block.');
  if (!isPlainName(why, 200)) throw new Usage('--why is one plain line of at most 200 characters.');
  return change(call, (apps) => withRevoked(apps, id, { v: version, level, why }));
};

/** `latchkey feed refresh`: signs anew what is past half of its life, so that it can run every day. */
export const refresh = (call: Call): Promise<number> =>
  change(call, (apps, head) => (head !== null && !call.has('now') && Date.now() < head.iat + HEAD_LIFE / 2 ? null : apps));
