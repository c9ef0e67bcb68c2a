import { describe, expect, it } from 'vitest';
import { offerFor, revocationOf } from '../../src/sync/apps.ts';
import { hasNewBlock, intervalFor, nextCheck, phaseOf, retryAt } from '../../src/sync/schedule.ts';
import { seeded } from '../support/feed.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Checks in each second of three days after the first, for this many clients. */
const simulate = (clients: number, interval: number, next: (client: string, now: number, random: number) => number): Uint32Array => {
  const random = seeded(1);
  const seconds = new Uint32Array((3 * DAY) / 1_000);
  for (let client = 0; client < clients; client += 1) {
    const id = `client-${client}`;
    let at = next(id, Math.floor(random() * interval), random());
    while (at < 4 * DAY) {
      if (at >= DAY) {
        const second = Math.floor((at - DAY) / 1_000);
        seconds[second] = (seconds[second] ?? 0) + 1;
      }
      at = next(id, at, random());
    }
  }
  return seconds;
};

const figures = (seconds: Uint32Array): { mean: number; peak: number } => ({
  mean: seconds.reduce((sum, count) => sum + count, 0) / seconds.length,
  peak: seconds.reduce((most, count) => Math.max(most, count), 0),
});

describe('when a client checks', () => {
  it('a million clients that check daily come to at most four times the mean in any second', () => {
    const { mean, peak } = figures(
      simulate(1_000_000, DAY, (clientId, now, random) => nextCheck({ clientId, now, interval: DAY, random })),
    );
    console.log(`mean ${mean.toFixed(2)}/s, peak ${peak}/s, ratio ${(peak / mean).toFixed(2)}`);
    expect(mean).toBeGreaterThan(11);
    expect(mean).toBeLessThan(12.2);
    expect(peak / mean).toBeLessThanOrEqual(4);
  }, 60_000);

  it('the bound is one that a fixed hour breaks, so it can be broken', () => {
    const atSix = (_: string, now: number): number => Math.floor(now / DAY) * DAY + DAY + 6 * HOUR;
    const { mean, peak } = figures(simulate(10_000, DAY, atSix));
    expect(peak / mean).toBeGreaterThan(1_000);
  });

  it('checks once in each interval, in its own phase', () => {
    const random = seeded(3);
    for (let client = 0; client < 200; client += 1) {
      const clientId = `c${client}`;
      let now = 0;
      for (let round = 0; round < 30; round += 1) {
        const next = nextCheck({ clientId, now, interval: DAY, random: random() });
        expect(next - now).toBeGreaterThanOrEqual(DAY / 4);
        expect(next - now).toBeLessThanOrEqual(1.65 * DAY);
        now = next;
      }
      expect(Math.abs(now / DAY - 30)).toBeLessThan(2);
      expect(phaseOf(clientId, DAY)).toBe(phaseOf(clientId, DAY));
    }
  });

  it('S51 checks every six hours for a week after a version was stopped', () => {
    expect(intervalFor(null, 0)).toBe(DAY);
    expect(intervalFor(0, 7 * DAY - 1)).toBe(6 * HOUR);
    expect(intervalFor(0, 7 * DAY)).toBe(DAY);
    const app = { latest: '1.0.0', versions: {}, rollout: 100 };
    const block = { app_a: { ...app, revoked: [{ v: '1.0.0', level: 'block' as const, why: 'x' }] } };
    const warn = { app_a: { ...app, revoked: [{ v: '1.0.0', level: 'warn' as const, why: 'x' }] } };
    expect([hasNewBlock({}, block), hasNewBlock(block, block), hasNewBlock({}, warn), hasNewBlock(warn, block)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('S51 a stopped version is stopped on every client that is online within an interval, its jitter, and what the edge keeps', async () => {
    const TTL = 60_000;
    const stoppedAt = 10 * DAY;
    const random = seeded(11);
    const app = {
      latest: '1.1.0',
      versions: { '1.0.0': { sha256: 'a'.repeat(64), size: 1 }, '1.1.0': { sha256: 'b'.repeat(64), size: 1 } },
      rollout: 100,
    };
    const stopped = { ...app, revoked: [{ v: '1.1.0', level: 'block' as const, why: 'x' }] };
    let longest = 0;
    for (let client = 0; client < 5_000; client += 1) {
      const clientId = `c${client}`;
      // The edge may answer with what it fetched a moment before.
      const edgeSees = stoppedAt + random() * TTL;
      let at = random() * DAY;
      while (at < edgeSees) at = nextCheck({ clientId, now: at, interval: DAY, random: random() });
      longest = Math.max(longest, at - stoppedAt);
      const isPinned = client % 3 === 0;
      const installed = client % 2 === 0 ? '1.0.0' : '1.1.0';
      const offer = await offerFor(stopped, { clientId, installed, isPinned, engine: '1.0.0' });
      // Nobody is moved: not who stays at a version, not who went back; the stop is said of the version that it is about.
      expect(offer).toBeNull();
      expect(revocationOf(stopped, installed)?.level ?? null).toBe(installed === '1.1.0' ? 'block' : null);
    }
    expect(longest).toBeLessThanOrEqual(1.2 * DAY + TTL);
    expect(longest).toBeGreaterThan(0.9 * DAY);
  });

  it('after failures waits longer and longer, at random, at most a day, and never less than it was asked to', () => {
    for (let failures = 0; failures < 40; failures += 1) {
      const limit = retryAt(0, failures, null, 1);
      expect(limit).toBeLessThanOrEqual(DAY);
      expect(limit).toBeGreaterThanOrEqual(failures === 0 ? 0 : retryAt(0, failures - 1, null, 1));
      expect(retryAt(0, failures, null, 0)).toBe(0);
      expect(retryAt(0, failures, 2 * HOUR, 0)).toBe(2 * HOUR);
    }
    expect(retryAt(0, 20, null, 1)).toBe(DAY);
    // A server cannot switch a client off for ever.
    expect(retryAt(0, 0, 1e15, 0)).toBe(7 * DAY);
  });
});
