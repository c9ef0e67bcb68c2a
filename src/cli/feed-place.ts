import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Fault } from '../domain/faults.ts';
import { parseHint } from '../sync/channel.ts';
import { isChannel, LIMITS, PATHS } from '../sync/layout.ts';
import type { Patient } from '../sync/patient.ts';
import { engineOf } from '../sync/probe.ts';
import { httpReader, type Read, SMALL } from '../sync/reader.ts';
import { s3Store } from '../sync/s3.ts';
import { decode, type Store } from '../sync/store.ts';
import { type Call, Usage } from './command.ts';
import { folderStore } from './folder-store.ts';

/** About a minute and a half at the most. */
export const PATIENT: Patient = { sleep: async (ms) => void (await sleep(ms)), random: Math.random, tries: 30, firstMs: 100 };

/** A store that lost its nodes hangs; a bundle of 16 MiB takes its time. */
const STORE_MS = 60_000;

const addressOf = (value: string, what: string): URL => {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) throw new Usage(`${what} is an http or https address.`);
  return new URL(value);
};

/** The bucket's address in the form that its store takes: with the bucket in the path at an endpoint, else in the host at Amazon. */
const bucketAt = (call: Call, to: string, region: string): string => {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,62})(?:\/(.*))?$/.exec(to) ?? [];
  if (bucket === '' || prefix.split('/').includes('..')) throw new Usage('A bucket is named as s3://bucket/prefix.');
  const endpoint = call.text('endpoint') ?? process.env['AWS_ENDPOINT_URL'];
  const path = prefix === '' ? '' : `${prefix.replace(/\/+$/, '')}/`;
  if (endpoint === undefined) return `https://${bucket}.s3.${region}.amazonaws.com/${path}`;
  return `${addressOf(endpoint, '--endpoint').href.replace(/\/+$/, '')}/${bucket}/${path}`;
};

const bucketStore = async (call: Call, to: string): Promise<Store> => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new Usage('A bucket needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');
  const region = AWS_REGION ?? AWS_DEFAULT_REGION ?? 'us-east-1';
  const options = {
    base: bucketAt(call, to, region),
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    region,
    fetchOf: fetch,
    timeoutMs: STORE_MS,
  };
  const ifMatch = await engineOf({ storeWith: (form) => s3Store({ ...options, ifMatch: form }), patient: PATIENT, name: randomUUID() });
  return s3Store({ ...options, ifMatch });
};

/** The store of `--to`. A bucket is probed when it is first used, and refused where two writers can both win. */
export const storeOf = (call: Call): Promise<Store> => {
  const to = call.text('to') ?? '';
  if (to.startsWith('s3:')) return bucketStore(call, to);
  if (/^[a-z][a-z0-9+.-]+:\/\//.test(to)) throw new Usage('A feed is published to a folder, or to s3://bucket/prefix.');
  return Promise.resolve(folderStore(to));
};

const folderReader =
  (folder: string): Read =>
  async (path, { limit, etag }) => {
    const stored = await folderStore(folder).get(path, limit);
    if (stored === null) return { kind: 'absent' };
    return stored.etag === etag ? { kind: 'same' } : { kind: 'found', bytes: stored.bytes, etag: stored.etag };
  };

export type Place = {
  readonly read: Read;
  readonly channel: string | null;
  /** The first answer so far that a browser would keep from a page of another origin, in words; null where there was none. */
  readonly refusal: () => string | null;
};

/** Of which a client uses what they say; any other one is a feed that could not be reached. */
const USED: ReadonlySet<number> = new Set([200, 403, 404, 410]);

/** Asks as a page of this origin does, and tells where a browser would not let that page read the answer (Fetch standard, CORS check). */
const askingFrom =
  (origin: string, tell: (refusal: string) => void): typeof fetch =>
  async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('origin', origin);
    const response = await fetch(input, { ...init, headers });
    const allowed = response.headers.get('access-control-allow-origin');
    if (USED.has(response.status) && allowed !== '*' && allowed !== origin) {
      const says = allowed === null ? 'sends no Access-Control-Allow-Origin' : `sends Access-Control-Allow-Origin: ${allowed}`;
      tell(`${new URL(response.url).host} ${says} with status ${response.status}`);
    }
    return response;
  };

/** A page that no host was told of: what everybody may read, it may. */
const ANY_PAGE = 'https://latchkey.example';

/**
 * Where a feed is read, and the channel if the address names one: `…/c/<channel>` does. What an address answers is looked at as a page of
 * `origin` sees it, one that nobody knows without.
 */
export const placeOf = (target: string, origin = ANY_PAGE): Place => {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+$/.test(origin)) throw new Usage('--origin is an origin, such as https://app.example.');
  const isFolder = !/^[a-z][a-z0-9+.-]+:\/\//.test(target);
  const url = isFolder ? pathToFileURL(resolve(target)) : addressOf(target, 'A feed');
  const named = /^(.*?)\/?c\/([a-z2-7]{52})(?:\/head)?\/?$/.exec(isFolder ? resolve(target) : url.pathname);
  const channel = named?.[2] ?? null;
  if (isFolder) return { read: folderReader(named === null ? target : join(named[1] ?? '', '/')), channel, refusal: () => null };
  url.search = '';
  url.hash = '';
  if (named !== null) url.pathname = `${named[1] ?? ''}/`;
  let refused: string | null = null;
  const asking = askingFrom(origin, (refusal) => {
    refused ??= refusal;
  });
  return { read: httpReader(asking, url.href, 'header'), channel, refusal: () => refused };
};

/** The channel to read: the one that was named, else the one that the feed names itself. */
export const channelAt = async ({ read, channel }: Place, named: string | undefined): Promise<string> => {
  if (named !== undefined) {
    if (!isChannel(named)) throw new Usage('A channel has 52 letters and digits.');
    return named;
  }
  if (channel !== null) return channel;
  const answer = await read(PATHS.hint, { limit: LIMITS.hint, patience: SMALL, etag: null });
  if (answer.kind !== 'found') throw new Fault(answer.kind === 'busy' ? 'feed.busy' : 'feed.missing');
  const hinted = parseHint(decode(answer.bytes) ?? '');
  if (hinted === null) throw new Fault('feed.not-a-feed');
  return hinted;
};
