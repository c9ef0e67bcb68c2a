import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AwsClient } from 'aws4fetch';
import { closeNow, listen } from '../../../src/sandbox/listen.ts';
import { type IfMatch, s3Store } from '../../../src/sync/s3.ts';
import type { Store } from '../../../src/sync/store.ts';

const PACKAGES = ['ceph-mon', 'ceph-osd', 'ceph-mgr', 'radosgw', 'ceph-common', 'nginx-light', 'curl'];
const CREDENTIALS = { accessKeyId: 'LATCHKEYDEV', secretAccessKey: 'latchkey-dev-secret', region: 'us-east-1' };
const BUCKET = 'latchkey';

const isThere = (program: string): boolean =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].some((folder) => existsSync(join(folder, program)));

/** Is a web server for static files and an edge here. */
export const hasEdge = (): boolean => isThere('nginx') && isThere('curl');
/** Is the distributed object store here. */
export const hasStore = (): boolean => ['ceph-mon', 'ceph-osd', 'ceph-mgr', 'radosgw', 'radosgw-admin', 'ceph', 'curl'].every(isThere);

/** Installs both from Debian's packages where that may be done; a soak does so, an ordinary test does not. */
export const installEngine = (): boolean => {
  if (hasEdge() && hasStore()) return true;
  if (process.getuid?.() !== 0 || !isThere('apt-get')) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES], { env, stdio: 'ignore' });
  return hasEdge() && hasStore();
};

const script = (name: string, args: readonly string[], env: Record<string, string>): Promise<void> =>
  new Promise((resolve, reject) => {
    const path = fileURLToPath(new URL(`./${name}`, import.meta.url));
    execFile('bash', [path, ...args], { env: { ...process.env, ...env }, timeout: 180_000 }, (failure, _, error) =>
      failure === null ? resolve() : reject(new Error(`${name}: ${error || failure.message}`)),
    );
  });

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer();
  const isListening = await listen(server, port).then(
    () => true,
    () => false,
  );
  if (isListening) await closeNow(server);
  return isListening;
};

/** Two neighbouring ports that nobody uses now, below those that the system gives to whoever asks for any: tests beside this one do. */
const freePorts = async (): Promise<number> => {
  for (;;) {
    const port = 10_000 + randomInt(9_000);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
};

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'latchkey-engine-'));

/** A bucket that anybody may read and nobody may list, and that browsers may write to with a signature. */
const makeBucket = async (base: string): Promise<void> => {
  const client = new AwsClient({ ...CREDENTIALS, service: 's3', retries: 0 });
  const put = async (query: string, body = '', type = 'application/xml'): Promise<void> => {
    const headers = {
      'content-type': type,
      'content-md5': createHash('md5').update(body).digest('base64'),
      'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    };
    const response = await fetch(await client.sign(`${base}${query}`, { method: 'PUT', headers, body }));
    if (!response.ok) throw new Error(`the bucket${query}: ${response.status} ${await response.text()}`);
  };
  await put('');
  await put(
    '?cors',
    '<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod><AllowedMethod>PUT</AllowedMethod><AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>86400</MaxAgeSeconds></CORSRule></CORSConfiguration>',
  );
  const readable = { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${BUCKET}/*`] };
  await put('?policy', JSON.stringify({ Version: '2012-10-17', Statement: [readable] }), 'application/json');
};

/** Starts the store: three storage nodes, two gateways. The first start takes half a minute. */
export const startStore = async () => {
  const folder = await newFolder();
  const port = await freePorts();
  const env = {
    PORT: String(port),
    MONITOR_PORT: String(20_000 + 200 * (process.pid % 40)),
    ACCESS_KEY: CREDENTIALS.accessKeyId,
    SECRET_KEY: CREDENTIALS.secretAccessKey,
  };
  const start = (): Promise<void> => script('start-store.sh', [folder], env);
  await start();
  const gateways = [port, port + 1].map((each) => `http://127.0.0.1:${each}/${BUCKET}`);
  await makeBucket(gateways[0] ?? '');
  return {
    gateways,
    /** A store over both gateways, which takes turns between them. */
    storeWith: (ifMatch: IfMatch, timeoutMs = 10_000): Store => {
      const stores = gateways.map((base) => s3Store({ ...CREDENTIALS, base, ifMatch, fetchOf: fetch, timeoutMs }));
      let turn = 0;
      const next = (): Store => {
        turn += 1;
        const store = stores[turn % stores.length];
        if (store === undefined) throw new Error('no gateway');
        return store;
      };
      return {
        get: (...args) => next().get(...args),
        putIfAbsent: (...args) => next().putIfAbsent(...args),
        putIfMatch: (...args) => next().putIfMatch(...args),
      };
    },
    /** Ends one process without warning: node0, node1, node2, gateway0 … */
    kill: async (name: string): Promise<void> => {
      const pid = Number(await readFile(join(folder, 'pid', name), 'utf8'));
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      if (!line.includes(`${folder}/`)) throw new Error(`${name} is not ours`);
      process.kill(pid, 'SIGKILL');
    },
    /** Brings back what was killed. */
    restart: start,
    /** Ends all of it; the data stays until `close`. */
    stop: (): Promise<void> => script('start-store.sh', ['--stop', folder], {}),
    close: async (): Promise<void> => {
      await script('start-store.sh', ['--stop', folder], {});
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Starts a static host, and an edge before a bucket. */
export const startEdge = async (upstream = 'http://127.0.0.1:1/none', headTtl = '2s') => {
  const folder = await newFolder();
  const port = await freePorts();
  await script('start-edge.sh', [folder], { PORT: String(port), UPSTREAM: upstream, HEAD_TTL: headTtl });
  return {
    host: `http://127.0.0.1:${port}`,
    edge: `http://127.0.0.1:${port + 1}`,
    /** What the static host serves. */
    root: join(folder, 'root'),
    /** One line for each request: method, path, status, bytes sent, condition. */
    requests: async (): Promise<string[]> => (await readFile(join(folder, 'access.log'), 'utf8')).split('\n').filter((line) => line !== ''),
    close: async (): Promise<void> => {
      await script('start-edge.sh', ['--stop', folder], {});
      await rm(folder, { recursive: true, force: true });
    },
  };
};
