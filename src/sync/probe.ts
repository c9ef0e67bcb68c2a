import * as v from 'valibot';
import { canonicalText } from '../bundle/canonical.ts';
import { Fault } from '../domain/faults.ts';
import { LIMITS, PATHS } from './layout.ts';
import { insist, type Patient, settle } from './patient.ts';
import type { IfMatch } from './s3.ts';
import { decode, encode, type Put, type Store } from './store.ts';

type Probe = { readonly storeWith: (ifMatch: IfMatch) => Store; readonly patient: Patient; readonly name: string };

const ROUNDS = 8;
const WRITERS = 8;
const BOTH: readonly IfMatch[] = ['quoted', 'unquoted'];

const requireOneWinner = (what: string, puts: readonly Put[]): void => {
  if (puts.filter((put) => put === 'done').length > 1) throw new Fault('feed.store-races', what);
};

/** Writes until the answer is one that says something. */
const known = async (write: () => Promise<Put>, tries: number): Promise<Put> => {
  for (let count = 0; count <= tries; count += 1) {
    const put = await write();
    if (put !== 'unknown') return put;
  }
  throw new Fault('feed.store-busy');
};

const etagAt = async (store: Store, patient: Patient, path: string): Promise<string> => {
  const stored = await insist(patient, () => store.get(path, LIMITS.claim));
  if (stored === null || stored.etag === '') throw new Fault('feed.store-races', 'what was written is not there');
  return stored.etag;
};

/** In which form this store takes an ETag, shown by a write that it must do and one that it must not. */
const formOf = async ({ storeWith, patient, name }: Probe): Promise<IfMatch> => {
  const path = `probe/${name}/form`;
  const first = storeWith('quoted');
  await settle(patient, first, path, encode('"0"'), 'immutable');
  if ((await known(() => first.putIfAbsent(path, encode('"x"'), 'immutable'), patient.tries)) !== 'taken')
    throw new Fault('feed.store-races', 'a second creation is not refused');
  for (const ifMatch of BOTH) {
    const store = storeWith(ifMatch);
    const etag = await etagAt(store, patient, path);
    const put = await store.putIfMatch(path, encode('"1"'), etag, 'head');
    const after = await etagAt(store, patient, path);
    if (put !== 'done' && after === etag) continue;
    if ((await known(() => store.putIfMatch(path, encode('"2"'), etag, 'head'), patient.tries)) !== 'taken')
      throw new Fault('feed.store-races', 'an old condition is not refused');
    return ifMatch;
  }
  throw new Fault('feed.store-races', 'no replacement under a condition');
};

/**
 * Finds out by racing whether creations and replacements have one winner each, and how the store takes an ETag. Leaves some small
 * objects under `probe/`. Throws `feed.store-races` for a store that must not hold heads.
 */
export const probeStore = async (probe: Probe): Promise<IfMatch> => {
  const ifMatch = await formOf(probe);
  const store = probe.storeWith(ifMatch);
  const writers = Array.from({ length: WRITERS }, (_, index) => index);
  for (let round = 0; round < ROUNDS; round += 1) {
    const path = `probe/${probe.name}/${round}`;
    const bytesOf = (writer: number, step: number) => encode(canonicalText({ round, step, writer }));
    requireOneWinner('creation', await Promise.all(writers.map((writer) => store.putIfAbsent(path, bytesOf(writer, 0), 'immutable'))));
    await settle(probe.patient, store, path, bytesOf(0, 0), 'immutable');
    const etag = await etagAt(store, probe.patient, path);
    requireOneWinner('replacement', await Promise.all(writers.map((writer) => store.putIfMatch(path, bytesOf(writer, 1), etag, 'head'))));
  }
  return ifMatch;
};

const engineSchema = v.object({ t: v.literal('latchkey.engine/1'), ifMatch: v.picklist(BOTH) });

/** What the store was found to be when it was set up; it is probed at the first time. Throws `feed.store-races`. */
export const engineOf = async (probe: Probe): Promise<IfMatch> => {
  const store = probe.storeWith('quoted');
  const stored = await insist(probe.patient, () => store.get(PATHS.engine, LIMITS.hint));
  const text = stored === null ? null : decode(stored.bytes);
  if (text !== null) {
    try {
      return v.parse(engineSchema, JSON.parse(text)).ifMatch;
    } catch {
      throw new Fault('feed.not-a-feed');
    }
  }
  const ifMatch = await probeStore(probe);
  await settle(probe.patient, store, PATHS.engine, encode(canonicalText({ t: 'latchkey.engine/1', ifMatch })), 'immutable');
  return ifMatch;
};
