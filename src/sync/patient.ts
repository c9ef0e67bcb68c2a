import { Fault } from '../domain/faults.ts';
import type { ObjectKind } from './layout.ts';
import type { Store } from './store.ts';

/** How a publisher waits; a test gives its own. */
export type Patient = {
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
  /** How often one thing is tried before it is said that it did not work. */
  readonly tries: number;
  /** The first wait at most; it doubles. */
  readonly firstMs: number;
};

const MOST_MS = 5_000;

/** Waits before try number `count`: full jitter, so that those who met do not meet again. */
export const pause = ({ sleep, random, firstMs }: Patient, count: number): Promise<void> =>
  sleep(random() * Math.min(MOST_MS, firstMs * 2 ** Math.min(count, 16)));

/** Reads again and again while the store cannot be reached. Throws its last fault. */
export const insist = async <T>(patient: Patient, read: () => Promise<T>): Promise<T> => {
  for (let count = 0; ; count += 1) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'feed.store-unreachable' || count >= patient.tries) throw error;
      await pause(patient, count);
    }
  }
};

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);

/**
 * Writes what is written once, until it is known what stands there. True: these bytes, whoever wrote them. False: others. After an
 * answer that was lost it reads, because the write may have arrived.
 */
export const settle = async (
  patient: Patient,
  store: Store,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  kind: ObjectKind,
): Promise<boolean> => {
  for (let count = 0; count <= patient.tries; count += 1) {
    if ((await store.putIfAbsent(path, bytes, kind)) === 'done') return true;
    // Larger than these bytes is other than these bytes; one more is enough to see it.
    const there = await insist(patient, () => store.get(path, bytes.length).catch(otherwise));
    if (there !== null) return sameBytes(there.bytes, bytes);
    await pause(patient, count);
  }
  throw new Fault('feed.store-busy');
};

const otherwise = (error: unknown): { bytes: Uint8Array } => {
  if (error instanceof Fault && error.code === 'feed.too-large') return { bytes: new Uint8Array() };
  throw error;
};
