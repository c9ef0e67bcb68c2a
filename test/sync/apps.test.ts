import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNewerVersion } from '../../src/domain/application.ts';
import {
  type App,
  type ClientSide,
  newestFirst,
  offerFor,
  revocationOf,
  revocationsOf,
  rolloutBucket,
  withRelease,
  withRevoked,
} from '../../src/sync/apps.ts';

const release = (digit: string) => ({ sha256: digit.repeat(64), size: 1 });
const CLIENT: ClientSide = { clientId: 'client', installed: null, isPinned: false, engine: '1.0.0' };

/** Three versions, the middle one offered to so many. */
const staged = (rollout: number) => ({ '1.0.0': release('a'), '1.1.0': { ...release('b'), rollout }, '1.2.0': release('c') });

const appOf = (change: Partial<App> = {}): App => ({
  latest: '1.2.0',
  versions: { '1.0.0': release('a'), '1.1.0': release('b'), '1.2.0': release('c') },
  revoked: [],
  rollout: 100,
  ...change,
});

describe('what a client is offered', () => {
  it.each<[string, Partial<App>, Partial<ClientSide>, string | null]>([
    ['the newest', {}, {}, '1.2.0'],
    ['the newest over an older one', {}, { installed: '1.0.0' }, '1.2.0'],
    ['nothing where it has the newest', {}, { installed: '1.2.0' }, null],
    ['nothing where it has a newer one than there is', {}, { installed: '2.0.0' }, null],
    ['nothing while it is pinned', {}, { installed: '1.0.0', isPinned: true }, null],
    ['the one before, where the newest is stopped', { revoked: [{ v: '1.2.0', level: 'block', why: 'x' }] }, {}, '1.1.0'],
    [
      'the one before, where the newest is warned of',
      { revoked: [{ v: '1.2.0', level: 'warn', why: 'x' }] },
      { installed: '1.0.0' },
      '1.1.0',
    ],
    ['nothing below the least', { min: '1.2.0', revoked: [{ v: '1.2.0', level: 'block', why: 'x' }] }, {}, null],
    ['the one before, outside of the rollout', { rollout: 0 }, {}, '1.1.0'],
    ['the last one for everybody, outside of two roll-outs', { rollout: 0, versions: staged(0) }, {}, '1.0.0'],
    ['nothing, where it has that one', { rollout: 0, versions: staged(0) }, { installed: '1.0.0' }, null],
    ['nothing that its Latchkey is too old for', { versions: { '1.2.0': { ...release('c'), engineMin: '2.0.0' } } }, {}, null],
    ['what its Latchkey can do', { versions: { '1.1.0': release('b'), '1.2.0': { ...release('c'), engineMin: '2.0.0' } } }, {}, '1.1.0'],
    ['nothing above what the author calls the latest', { latest: '1.1.0' }, {}, '1.1.0'],
  ])('is %s', async (_, app, client, version) => {
    expect((await offerFor(appOf(app), { ...CLIENT, ...client }))?.version ?? null).toBe(version);
  });

  it('S51 a version below the least is warned of, and never stopped by that; what is said outright comes first', () => {
    const app = appOf({ min: '1.2.0', revoked: [{ v: '1.0.0', level: 'block', why: 'x' }] });
    expect(revocationOf(app, '1.2.0')).toBeNull();
    expect(revocationsOf(app, ['1.0.0', '1.1.0', '1.1.0', '1.2.0'])).toEqual([
      { v: '1.0.0', level: 'block', why: 'x' },
      { v: '1.1.0', level: 'warn', why: 'Its publisher asks for 1.2.0 or later' },
    ]);
  });

  it('is reached by about as many clients as the rollout says, always the same ones, and others for another version', async () => {
    const clients = Array.from({ length: 2_000 }, (_, index) => `client-${index}`);
    const buckets = await Promise.all(clients.map((client) => rolloutBucket(client, '1.2.0')));
    expect(await Promise.all(clients.map((client) => rolloutBucket(client, '1.2.0')))).toEqual(buckets);
    expect(Math.max(...buckets)).toBeLessThan(100);
    for (const percent of [5, 25, 50, 90]) {
      const share = (100 * buckets.filter((bucket) => bucket < percent).length) / clients.length;
      expect(Math.abs(share - percent)).toBeLessThan(4);
    }
    const others = await Promise.all(clients.map((client) => rolloutBucket(client, '1.3.0')));
    expect(others.filter((bucket, index) => bucket === buckets[index]).length).toBeLessThan(clients.length / 20);
  });
});

describe('the list of a channel', () => {
  const version = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).map((parts) => parts.join('.'));
  type List = Parameters<typeof withRelease>[0];

  it('keeps each version’s roll-out when a newer one comes, and goes on with it by publishing again', async () => {
    const at = (apps: List, one: string, percent?: number): List => withRelease(apps, 'app_a', one, release('a'), percent) ?? apps;
    const offered = async (apps: List): Promise<Record<string, number>> => {
      const counts: Record<string, number> = {};
      for (let client = 0; client < 1_000; client += 1) {
        const app = apps['app_a'];
        const offer = app === undefined ? null : await offerFor(app, { ...CLIENT, clientId: `client-${client}`, installed: '1.0.0' });
        counts[offer?.version ?? 'none'] = (counts[offer?.version ?? 'none'] ?? 0) + 1;
      }
      return counts;
    };
    const two = at(at(at({}, '1.0.0'), '1.1.0', 10), '1.2.0', 10);
    const counts = await offered(two);
    for (const one of ['1.1.0', '1.2.0']) expect(Math.abs((counts[one] ?? 0) - 100), one).toBeLessThan(50);
    expect(counts['none']).toBeGreaterThan(750);
    expect(two['app_a']?.versions['1.0.0']).toEqual(release('a'));
    const wider = at(two, '1.1.0', 100);
    expect(wider['app_a']).toMatchObject({ latest: '1.2.0', rollout: 10, versions: { '1.1.0': release('a') } });
    expect((await offered(wider))['none'] ?? 0).toBe(0);
  });

  it('is the same whatever the order of releases, names the newest as latest, and says nothing new twice', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(version, { minLength: 1, maxLength: 8 }),
        fc.func(fc.integer({ min: 0, max: 100 })),
        (versions, percentOf) => {
          const build = (order: readonly string[]) =>
            order.reduce<List>((apps, one) => withRelease(apps, 'app_a', one, release('a'), percentOf(one)) ?? apps, {});
          const one = build(versions);
          expect(build([...versions].reverse())).toEqual(one);
          expect(one['app_a']?.latest).toBe(newestFirst(versions)[0]);
          expect(versions.every((each) => each === one['app_a']?.latest || isNewerVersion(one['app_a']?.latest ?? '', each))).toBe(true);
          for (const each of versions) expect(withRelease(one, 'app_a', each, release('a'), percentOf(each))).toBeNull();
        },
      ),
    );
  });

  it('S51 keeps what was revoked through later releases', () => {
    const apps = withRelease({}, 'app_a', '1.0.0', release('a')) ?? {};
    const stopped = withRevoked(apps, 'app_a', { v: '1.0.0', level: 'block', why: 'x' }) ?? {};
    expect(withRevoked(stopped, 'app_a', { v: '1.0.0', level: 'block', why: 'x' })).toBeNull();
    expect(withRelease(stopped, 'app_a', '1.1.0', release('b'))?.['app_a']).toMatchObject({ latest: '1.1.0', revoked: [{ v: '1.0.0' }] });
  });
});
