import { beforeEach, describe, expect, it } from 'vitest';
import { withRelease } from '../../src/sync/apps.ts';
import { addRoot, openChannel, planFor } from '../../src/sync/channel.ts';
import { downloadBundle } from '../../src/sync/download.ts';
import { type HeadPlan, listingOf, writeHead } from '../../src/sync/head.ts';
import { PATHS } from '../../src/sync/layout.ts';
import { openFirstRoot, openNextRoot, writeFirstRoot, writeNextRoot } from '../../src/sync/root.ts';
import { atOnce, codesOf, type Feed, makeBundle, makeKey, START, startFeed, trusted } from '../support/feed.ts';

let feed: Feed;
beforeEach(async () => {
  feed = await startFeed();
  await feed.release('1.0.0');
});

const plan = (change: Partial<HeadPlan> = {}): HeadPlan => ({ channel: feed.channel.id, epoch: 1, n: 2, at: START, prev: null, ...change });

describe('the chain of a channel’s keys', () => {
  it('S49 S50 fast-forward: after a stolen key signed the last number there is, a new root heals the counter', async () => {
    const state = await trusted(feed.check(null));
    const base = state.head?.apps ?? {};
    const last = await writeHead(plan({ n: Number.MAX_SAFE_INTEGER }), await listingOf(base), feed.key);
    feed.memory.force(feed.headPath, last);
    const spoiled = await trusted(feed.check(state));
    expect(spoiled.head?.n).toBe(Number.MAX_SAFE_INTEGER);
    await expect(feed.publish((apps) => apps)).rejects.toThrow('feed.number-spent');
    const fresh = await makeKey();
    feed.channel = await addRoot(
      feed.memory.store,
      atOnce(),
      feed.channel,
      { ...planFor('stable', fresh), keys: [feed.key.publicKey, fresh.publicKey] },
      [feed.key],
    );
    await feed.publish((apps) => apps, { key: fresh });
    const healed = await feed.check(spoiled);
    expect(healed).toMatchObject({ news: 'newer', mayInstall: true, state: { head: { epoch: 2, n: 1 } } });
    // The stolen key goes on signing, and nobody who saw the new root listens.
    feed.memory.force(feed.headPath, last);
    expect(codesOf(await feed.check(healed.state))).toEqual(['feed.key-unknown']);
  });

  it('S50 a client that slept through three rotations walks the chain; one missing link stops it', async () => {
    const asleep = await trusted(feed.check(null));
    let signer = feed.key;
    for (let version = 2; version <= 4; version += 1) {
      const next = await makeKey();
      feed.channel = await addRoot(
        feed.memory.store,
        atOnce(),
        feed.channel,
        { ...planFor('stable', next), authors: [feed.key.publicKey, next.publicKey] },
        [signer, next],
      );
      signer = next;
    }
    await feed.publish((apps) => apps, { key: signer });
    feed.asked.length = 0;
    const awake = await feed.check(asleep);
    expect(awake).toMatchObject({ news: 'newer', mayInstall: true, state: { head: { epoch: 4, n: 1 } } });
    expect(feed.asked).toEqual([feed.headPath, ...[2, 3, 4, 5].map((version) => PATHS.root(feed.channel.id, version))]);
    expect(await feed.check(null)).toMatchObject({ news: 'newer', state: { head: { epoch: 4 } } });
    feed.memory.files.delete(PATHS.root(feed.channel.id, 3));
    expect(codesOf(await feed.check(asleep))).toEqual(['feed.key-unknown']);
  });

  it('S50 a root that the one before did not sign, skips one, or lowers the bar is refused', async () => {
    const asleep = await trusted(feed.check(null));
    const thief = await makeKey();
    const { roots, id } = feed.channel;
    const [first] = roots;
    if (first === undefined) throw new Error('no root');
    const taken = planFor('stable', thief);
    const forged = [
      await writeNextRoot(first, taken, [thief]),
      await writeNextRoot({ ...first, version: 2 }, taken, [feed.key, thief]),
      await writeNextRoot({ ...first, hash: 'c'.repeat(64) }, taken, [feed.key, thief]),
      await writeNextRoot(first, taken, [feed.key]),
      await writeNextRoot(first, { ...taken, threshold: 2 }, [feed.key, thief]),
      await writeNextRoot(first, { ...taken, keys: [thief.publicKey, thief.publicKey], threshold: 2 }, [feed.key, thief]),
    ];
    for (const text of forged) {
      await expect(openNextRoot(text, first)).rejects.toThrow('feed.root-wrong');
      feed.memory.force(PATHS.root(id, 2), text);
      feed.memory.force(feed.headPath, await writeHead(plan({ epoch: 2, n: 1 }), await listingOf({}), thief));
      expect(await feed.check(asleep)).toMatchObject({ news: 'refused', state: { root: asleep.root, head: asleep.head } });
    }
    // Each signature counts once, however often it stands there.
    const doubled = await writeFirstRoot({ ...taken, keys: [thief.publicKey, feed.key.publicKey], threshold: 2 }, [thief, thief]);
    await expect(openFirstRoot(doubled, id)).rejects.toThrow('feed.root-wrong');
    await expect(openFirstRoot(await writeFirstRoot(taken, [thief]), id)).rejects.toThrow('feed.channel-wrong');
    feed.memory.force(PATHS.root(id, 1), await writeFirstRoot(taken, [thief]));
    expect(codesOf(await feed.check(null))).toEqual(['feed.channel-wrong']);
  });

  it('S50 two of three: a team’s root needs two of its keys, and any two will do', async () => {
    const team = await Promise.all([makeKey(), makeKey(), makeKey()]);
    const [one, two, three] = team;
    if (one === undefined || two === undefined || three === undefined) throw new Error('no team');
    const teamPlan = { ...planFor('stable', feed.key), keys: team.map(({ publicKey }) => publicKey), threshold: 2 };
    await expect(addRoot(feed.memory.store, atOnce(), feed.channel, teamPlan, [feed.key, one])).rejects.toThrow('feed.root-wrong');
    feed.channel = await addRoot(feed.memory.store, atOnce(), feed.channel, teamPlan, [feed.key, one, two]);
    await expect(addRoot(feed.memory.store, atOnce(), feed.channel, teamPlan, [three])).rejects.toThrow('feed.root-wrong');
    feed.channel = await addRoot(feed.memory.store, atOnce(), feed.channel, teamPlan, [one, three]);
    await feed.publish((apps) => apps);
    expect((await openChannel(feed.memory.store, atOnce(), feed.channel.id))?.roots).toHaveLength(3);
    expect(await feed.check(null)).toMatchObject({ news: 'newer', state: { head: { epoch: 3 } } });
  });

  it('S50 key compromise recovery: what the thief published under a version does not stand in the author’s way', async () => {
    const evil = await makeBundle(await makeKey(), 'app_shop', '1.1.0');
    const state = await trusted(feed.check(null));
    await feed.publish((apps) => withRelease(apps, 'app_shop', '1.1.0', { sha256: evil.sha256, size: evil.bytes.length }));
    const fooled = await trusted(feed.check(state));
    const fresh = await makeKey();
    feed.channel = await addRoot(
      feed.memory.store,
      atOnce(),
      feed.channel,
      { ...planFor('stable', fresh), keys: [feed.key.publicKey], authors: [feed.key.publicKey, fresh.publicKey] },
      [feed.key],
    );
    const good = await makeBundle(fresh, 'app_shop', '1.1.0');
    feed.memory.force(PATHS.object(good.sha256), good.bytes);
    const release = { sha256: good.sha256, size: good.bytes.length };
    await feed.publish(() => withRelease(state.head?.apps ?? {}, 'app_shop', '1.1.0', release), { key: fresh });
    const healed = await trusted(feed.check(fooled));
    expect((await downloadBundle(feed.read, healed, 'app_shop', { version: '1.1.0', release })).keyId).toBe(fresh.keyId);
  });
});
