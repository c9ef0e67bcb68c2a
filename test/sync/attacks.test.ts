import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalText } from '../../src/bundle/canonical.ts';
import { offerFor, withRelease, withRevoked } from '../../src/sync/apps.ts';
import { addRoot, planFor } from '../../src/sync/channel.ts';
import { downloadBundle } from '../../src/sync/download.ts';
import { HEAD_LIFE, type HeadPlan, listingOf, writeHead } from '../../src/sync/head.ts';
import { PATHS } from '../../src/sync/layout.ts';
import { signCompact } from '../../src/sync/signed.ts';
import { atOnce, codesOf, DAY, type Feed, makeBundle, makeKey, readerOf, START, startFeed, trusted } from '../support/feed.ts';

let feed: Feed;
beforeEach(async () => {
  feed = await startFeed();
  await feed.release('1.0.0');
});

const plan = (change: Partial<HeadPlan> = {}): HeadPlan => ({ channel: feed.channel.id, epoch: 1, n: 2, at: START, prev: null, ...change });

describe('the attacks that TUF names, against the client', () => {
  it('S47 rollback: an older head is refused, and the newer one stays trusted', async () => {
    const old = feed.memory.text(feed.headPath);
    await feed.release('1.1.0');
    const state = await trusted(feed.check(null));
    feed.memory.force(feed.headPath, old);
    const check = await feed.check(state);
    expect(codesOf(check)).toEqual(['feed.older']);
    expect(check).toMatchObject({ news: 'refused', mayInstall: false, state });
  });

  it('S47 rollback: one version with other content is refused, whoever signed it', async () => {
    const state = await trusted(feed.check(null));
    const other = await makeBundle(feed.key, 'app_shop', '9.9.9');
    const apps = {
      app_shop: { latest: '1.0.0', versions: { '1.0.0': { sha256: other.sha256, size: other.bytes.length } }, revoked: [], rollout: 100 },
    };
    feed.memory.force(feed.headPath, await writeHead(plan({ prev: state.head?.hash ?? null }), await listingOf(apps), feed.key));
    expect(codesOf(await feed.check(state))).toEqual(['feed.version-taken']);
  });

  it('S49 freeze: after its month a head brings nothing new, says since when, and stops nothing that runs', async () => {
    const state = await trusted(feed.check(null));
    const before = await feed.check(state, START + HEAD_LIFE - 1);
    expect(before).toMatchObject({ news: 'same', mayInstall: true, problems: [] });
    const after = await feed.check(state, START + HEAD_LIFE);
    expect(after).toMatchObject({ news: 'same', mayInstall: false, problems: [{ code: 'feed.stale', detail: '2026-01-01' }], state });
    await feed.publish((apps) => apps, { now: () => START + 31 * DAY });
    expect(await feed.check(state, START + 31 * DAY)).toMatchObject({ news: 'newer', mayInstall: true, problems: [] });
  });

  it('S49 a first look at a head that is past its time trusts it, and installs nothing from it', async () => {
    expect(await feed.check(null, START + 40 * DAY)).toMatchObject({
      news: 'newer',
      mayInstall: false,
      problems: [{ code: 'feed.stale' }],
    });
  });

  it('S49 a clock that is behind is said, and stops nothing', async () => {
    expect(await feed.check(null, START - 400 * DAY)).toMatchObject({
      news: 'newer',
      mayInstall: true,
      problems: [{ code: 'feed.clock' }],
    });
  });

  it('S48 mix and match: a head of another channel, and an index that the head does not name', async () => {
    const other = await startFeed();
    await other.release('1.0.0');
    const state = await trusted(feed.check(null));
    feed.memory.force(feed.headPath, other.memory.text(other.headPath));
    expect(codesOf(await feed.check(state))).toEqual(['feed.key-unknown']);
    const foreign = await writeHead(plan({ channel: other.channel.id, prev: state.head?.hash ?? null }), await listingOf({}), feed.key);
    feed.memory.force(feed.headPath, foreign);
    expect(codesOf(await feed.check(state))).toEqual(['feed.channel-wrong']);
    const listing = { apart: '', sha256: 'a'.repeat(64), size: 30 };
    feed.memory.force(feed.headPath, await writeHead(plan({ prev: state.head?.hash ?? null }), listing, feed.key));
    expect(codesOf(await feed.check(state))).toEqual(['feed.index-wrong']);
    feed.memory.force(PATHS.object('a'.repeat(64)), canonicalText({ t: 'latchkey.index/1', apps: {} }));
    expect(await feed.check(state)).toMatchObject({ news: 'refused', mayInstall: false });
  });

  it('S48 mix and match: a bundle of another application or version under a name that is true', async () => {
    const wrong = await makeBundle(feed.key, 'app_shop', '2.0.0');
    feed.memory.force(PATHS.object(wrong.sha256), wrong.bytes);
    const release = { sha256: wrong.sha256, size: wrong.bytes.length };
    await feed.publish((apps) => withRelease(withRelease(apps, 'app_shop', '3.0.0', release) ?? {}, 'app_other', '2.0.0', release));
    const state = await trusted(feed.check(null));
    await expect(downloadBundle(feed.read, state, 'app_shop', { version: '3.0.0', release })).rejects.toThrow('feed.bundle-other');
    await expect(downloadBundle(feed.read, state, 'app_other', { version: '2.0.0', release })).rejects.toThrow('feed.bundle-other');
  });

  it('S51 a bundle that its author signed, but whom this channel does not name', async () => {
    const stranger = await makeKey();
    const bundle = await makeBundle(stranger, 'app_shop', '2.0.0');
    feed.memory.force(PATHS.object(bundle.sha256), bundle.bytes);
    const state = await trusted(feed.check(null));
    const offer = { version: '2.0.0', release: { sha256: bundle.sha256, size: bundle.bytes.length } };
    await expect(downloadBundle(feed.read, state, 'app_shop', offer)).rejects.toThrow('feed.author-unknown');
  });

  it('S48 wrong hash: a changed, a cut and a missing bundle are refused before they are parsed', async () => {
    const state = await trusted(feed.check(null));
    const app = state.head?.apps['app_shop'];
    const offer = app === undefined ? null : await offerFor(app, { clientId: 'c', installed: null, isPinned: false, engine: '1.0.0' });
    if (offer === null) throw new Error('nothing is offered');
    const path = PATHS.object(offer.release.sha256);
    const good = feed.memory.files.get(path) ?? new Uint8Array();
    expect((await downloadBundle(feed.read, state, 'app_shop', offer)).payload.application.version).toBe('1.0.0');
    const changed = good.slice();
    changed[100] = (changed[100] ?? 0) ^ 1;
    for (const bytes of [changed, good.slice(0, -1), new Uint8Array()]) {
      feed.memory.force(path, bytes);
      await expect(downloadBundle(feed.read, state, 'app_shop', offer)).rejects.toThrow('feed.bundle-wrong');
    }
    feed.memory.files.delete(path);
    await expect(downloadBundle(feed.read, state, 'app_shop', offer)).rejects.toThrow('feed.bundle-wrong');
  });

  it('S44 wrong key: a head that somebody else signed, that was changed, or that names a known key falsely', async () => {
    const state = await trusted(feed.check(null));
    const text = feed.memory.text(feed.headPath);
    const stranger = await makeKey();
    const foreign = await writeHead(plan({ prev: state.head?.hash ?? null }), await listingOf({}), stranger);
    feed.memory.force(feed.headPath, foreign);
    expect(codesOf(await feed.check(state))).toEqual(['feed.key-unknown']);
    const [header = '', payload = '', signature = ''] = text.split('.');
    const [, otherPayload = '', otherSignature = ''] = foreign.split('.');
    const forged = [
      [`${header}.${otherPayload}.${otherSignature}`, 'feed.signature-wrong'],
      [`${header}.${otherPayload}.${signature}`, 'feed.signature-wrong'],
      [`${header}.${payload}.${signature.slice(0, -2)}`, 'feed.signature-wrong'],
      [`${header}.${payload}.${signature}=`, 'feed.signature-wrong'],
      [`${header}.${payload}.${signature}.x`, 'feed.signature-wrong'],
      [`${text}\n`, 'feed.signature-wrong'],
      ['', 'feed.not-a-feed'],
      ['<html>', 'feed.not-a-feed'],
      [`eyJhbGciOiJub25lIn0.${payload}.`, 'feed.not-a-feed'],
    ] as const;
    for (const [bytes, code] of forged) {
      feed.memory.force(feed.headPath, bytes);
      const check = await feed.check(state);
      expect(codesOf(check), bytes.slice(0, 40)).toEqual([code]);
      expect(check.state).toEqual(state);
    }
  });

  it('S51 equivocation: another head of one number, or one that follows another, is kept as proof, and ends at the next root', async () => {
    const state = await trusted(feed.check(null));
    const seen = feed.memory.text(feed.headPath);
    const twin = await writeHead(plan({ n: 1, at: START + 1 }), await listingOf({}), feed.key);
    const stray = await writeHead(plan({ n: 2, prev: 'b'.repeat(64) }), await listingOf({}), feed.key);
    for (const other of [twin, stray]) {
      feed.memory.force(feed.headPath, other);
      const check = await feed.check(state);
      expect(check).toMatchObject({
        news: 'refused',
        mayInstall: false,
        problems: [{ code: 'feed.forked' }],
        state: { fork: { seen, other } },
      });
      expect(check.state?.head).toEqual(state.head);
      // It stays a fork, also while the head that was seen is shown again.
      feed.memory.force(feed.headPath, seen);
      expect(await feed.check(check.state)).toMatchObject({ mayInstall: false, problems: [{ code: 'feed.forked' }] });
      const later = await writeHead(plan({ n: 9 }), await listingOf({}), feed.key);
      feed.memory.force(feed.headPath, later);
      expect(codesOf(await feed.check(check.state))).toEqual(['feed.forked']);
      feed.memory.force(feed.headPath, seen);
    }
    feed.memory.force(feed.headPath, twin);
    const { state: forked } = await feed.check(state);
    const fresh = await makeKey();
    feed.channel = await addRoot(feed.memory.store, atOnce(), feed.channel, { ...planFor('stable', fresh), keys: [feed.key.publicKey] }, [
      feed.key,
    ]);
    await feed.publish((apps) => apps, { key: fresh });
    expect(await feed.check(forked)).toMatchObject({ news: 'newer', mayInstall: true, problems: [], state: { fork: null } });
  });

  it('S15 a head of a newer format, or with a critical field that is not known, asks for an update of the app', async () => {
    const state = await trusted(feed.check(null));
    const signed = (change: object): Promise<string> =>
      signCompact(
        {
          t: 'latchkey.head/1',
          ch: feed.channel.id,
          epoch: 1,
          n: 2,
          iat: START,
          exp: START + DAY,
          prev: state.head?.hash ?? null,
          apps: {},
          ...change,
        },
        'latchkey-head+jws',
        feed.key,
      );
    const cases: [object, string[], string][] = [
      [{ t: 'latchkey.head/2' }, ['feed.newer'], 'refused'],
      [{ crit: ['quorum'] }, ['feed.newer'], 'refused'],
      [{ crit: [] }, ['feed.not-a-feed'], 'refused'],
      [{ t: 'other' }, ['feed.not-a-feed'], 'refused'],
      [{ n: 1.5 }, ['feed.not-a-feed'], 'refused'],
      [{ n: 2 ** 53 }, ['feed.not-a-feed'], 'refused'],
      [{ exp: START }, ['feed.not-a-feed'], 'refused'],
      [{ apps: { constructor: {} } }, ['feed.not-a-feed'], 'refused'],
      [{ note: 'not critical' }, [], 'newer'],
      [{ crit: ['prev'] }, [], 'newer'],
    ];
    for (const [change, codes, news] of cases) {
      feed.memory.force(feed.headPath, await signed(change));
      const check = await feed.check(state);
      expect([codesOf(check), check.news], JSON.stringify(change)).toEqual([codes, news]);
    }
  });

  it('S51 a stopped version is not offered, and the list says why', async () => {
    await feed.release('1.1.0');
    await feed.publish((apps) => withRevoked(apps, 'app_shop', { v: '1.1.0', level: 'block', why: 'It sends invoices twice.' }));
    const state = await trusted(feed.check(null));
    const app = state.head?.apps['app_shop'];
    if (app === undefined) throw new Error('no app');
    expect(app.revoked).toEqual([{ v: '1.1.0', level: 'block', why: 'It sends invoices twice.' }]);
    const client = { clientId: 'c', isPinned: false, engine: '1.0.0' };
    expect((await offerFor(app, { ...client, installed: null }))?.version).toBe('1.0.0');
    expect(await offerFor(app, { ...client, installed: '1.0.0' })).toBeNull();
    await expect(feed.publish((apps) => withRevoked(apps, 'app_shop', { v: '7.0.0', level: 'warn', why: 'x' }))).rejects.toThrow(
      'feed.version-unknown',
    );
  });

  it('S13 whatever bytes of a feed are changed, a client refuses it or trusts what was signed, and never stumbles', async () => {
    const stranger = await makeKey();
    await feed.release('1.1.0');
    const fresh = await makeKey();
    const state = await trusted(feed.check(null));
    feed.channel = await addRoot(
      feed.memory.store,
      atOnce(),
      feed.channel,
      { ...planFor('stable', fresh), keys: [feed.key.publicKey], authors: [feed.key.publicKey, stranger.publicKey] },
      [feed.key],
    );
    await feed.publish((apps) => apps, { key: fresh });
    const truth = await trusted(feed.check(state));
    expect(Object.keys(truth.head?.apps['app_shop']?.versions ?? {})).toHaveLength(2);
    const { id } = feed.channel;
    const index = [...feed.memory.files.keys()].filter((path) => path.startsWith('o/'));
    const paths = [feed.headPath, PATHS.root(id, 1), PATHS.root(id, 2), ...index];
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.oneof(
          fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), bit: fc.nat(7) }),
          fc.record({ cut: fc.double({ min: 0, max: 1, noNaN: true }) }),
          fc.record({ bytes: fc.uint8Array({ maxLength: 300 }) }),
          fc.record({ text: fc.string() }),
        ),
        fc.constantFrom(null, state),
        async (path, change, before) => {
          const good = feed.memory.files.get(path) ?? new Uint8Array();
          const bad = good.slice();
          if ('at' in change) bad[Math.floor(change.at * bad.length)] = (bad[Math.floor(change.at * bad.length)] ?? 0) ^ (1 << change.bit);
          const bytes =
            'at' in change
              ? bad
              : 'cut' in change
                ? good.slice(0, Math.floor(change.cut * good.length))
                : 'bytes' in change
                  ? new Uint8Array(change.bytes)
                  : new TextEncoder().encode(change.text);
          feed.memory.force(path, bytes);
          const check = await feed.check(before);
          feed.memory.force(path, good);
          if (check.news === 'refused') {
            refusals += 1;
            expect(check.problems).toHaveLength(1);
            expect(check.state?.head ?? null).toEqual(before?.head ?? null);
          } else expect(check.state?.head?.apps).toEqual(truth.head?.apps);
        },
      ),
      { numRuns: 600 },
    );
    expect(refusals).toBeGreaterThan(200);
  });

  it('asks once where nothing is new, and asks for nothing but the head', async () => {
    const state = await trusted(feed.check(null));
    feed.asked.length = 0;
    expect(await feed.check(state)).toMatchObject({ news: 'same', mayInstall: true, state });
    expect(feed.asked).toEqual([feed.headPath]);
    // A server without ETags sends the same bytes again.
    const blind = readerOf(feed.memory);
    const check = await feed.check(state, START, (path, want) => blind(path, { ...want, etag: null }));
    expect(check).toMatchObject({ news: 'same', state });
  });
});
