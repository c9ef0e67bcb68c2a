import { useEffect, useState } from 'preact/hooks';
import { platform } from '#platform';
import type { WhereView } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, Empty, FaultNote, Loaded, Name, Scroll, When } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { go } from '../place.ts';

const PURPOSES: Record<WhereView['requests'][number]['purpose'], string> = {
  'sign-in': 'signing in: metadata, tokens, keys, account',
  service: 'the service’s own requests',
  feed: 'looking for updates',
};

/** How far back requests are known. */
const SINCE = { pwa: 'Latchkey’s first window was opened', extension: 'the browser was started' } as const;

/** Where the vault's key is while it is unlocked. */
const UNLOCKED_KEY = {
  pwa: 'While the vault is unlocked, its key is in the memory of Latchkey’s worker, until it is locked or the last window is closed.',
  extension:
    'While the vault is unlocked, its key is in the browser’s memory, for this extension alone, until it is locked or the browser is closed.',
} as const;

const Stored = ({ stored }: { readonly stored: WhereView['stored'] }) => (
  <Scroll>
    <table>
      <caption>On this device, in this browser profile, and nowhere else</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">How many</th>
          <th scope="col">How it is kept</th>
        </tr>
      </thead>
      <tbody>
        {stored.map(({ what, count, how }) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td>{count.toLocaleString()}</td>
            <td>{how}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);

const Requests = ({ requests }: { readonly requests: WhereView['requests'] }) =>
  requests.length === 0 ? (
    <Empty title={`None since ${SINCE[platform.kind]}.`} />
  ) : (
    <Scroll>
      <table>
        <caption>
          The newest {requests.length}, since {SINCE[platform.kind]}. Addresses and contents are not kept.
        </caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">To</th>
            <th scope="col">For</th>
            <th scope="col">Took</th>
            <th scope="col">Received</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          {requests.map(({ host, purpose, at, milliseconds, bytes, result }, index) => (
            // Several may have gone out in one moment; their order is all that tells them apart.
            <tr key={`${at} ${index}`}>
              <td>
                <When at={at} />
              </td>
              <th scope="row">{host}</th>
              <td>{PURPOSES[purpose]}</td>
              <td>{milliseconds} ms</td>
              <td>{bytes.toLocaleString()} bytes</td>
              <td>{result}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );

const Feeds = ({ feeds }: { readonly feeds: WhereView['feeds'] }) =>
  feeds.length === 0 ? (
    <p>No feed is followed: nothing is looked at by itself.</p>
  ) : (
    <Scroll>
      <table>
        <caption>Looked at by itself, about once a day</caption>
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col">For</th>
            <th scope="col">Last look</th>
            <th scope="col">Next look</th>
          </tr>
        </thead>
        <tbody>
          {feeds.map(({ id, host, workspaceName, lastCheckAt, nextCheckAt }) => (
            <tr key={id}>
              <th scope="row">{host}</th>
              <td>
                <Name>{workspaceName}</Name>
              </td>
              <td>{lastCheckAt === 0 ? 'not yet' : <When at={lastCheckAt} />}</td>
              <td>{nextCheckAt === 0 ? 'soon' : <When at={nextCheckAt} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );

/** Only the extension asks for hosts; what was given can be taken back here, host by host. */
const Hosts = () => {
  const acting = useAct();
  const [hosts, setHosts] = useState<readonly string[]>([]);
  const read = async (): Promise<void> => setHosts(await platform.readHosts());
  useEffect(() => void read(), []);
  const takeBack = (host: string): void =>
    acting.run(async () => {
      await platform.takeBack([host]);
      await read();
      tell(`Latchkey may no longer reach ${host}.`);
    });
  return (
    <section class="card" aria-labelledby="hosts">
      <h2 id="hosts">Host permissions</h2>
      {hosts.length === 0 ? (
        <p>
          {platform.kind === 'pwa'
            ? 'A web app has none: it reaches what a service lets every web page reach.'
            : 'None: the extension asks for a host when a connection, or a feed whose host lets no page read it, first needs it.'}
        </p>
      ) : (
        <ul class="plain">
          {hosts.map((host) => (
            <li key={host}>
              <Code>{host}</Code>{' '}
              <Button onPress={() => takeBack(host)} isBusy={acting.isBusy} label={`Take back ${host}`}>
                Take back
              </Button>
            </li>
          ))}
        </ul>
      )}
      <FaultNote fault={acting.fault} />
    </section>
  );
};

const Wipe = () => (
  <section class="card" aria-labelledby="wipe">
    <h2 id="wipe">Delete everything</h2>
    <p>
      Every workspace, every authorization and every setting of Latchkey in this browser profile. A{' '}
      <a href="#/backup">backup of each workspace</a> is the only way back.
    </p>
    <Confirm
      verb="Delete everything…"
      title="Delete everything… on this device"
      confirm="Delete everything"
      act={async () => {
        await core.wipeDevice({ isConfirmed: true });
        tell('Everything of Latchkey on this device is deleted.');
        go('/');
      }}
    >
      <ul>
        <li>Lost: all workspaces with their connections, applications, entries, audit, and every secret.</li>
        <li>Not ended: what services gave. Revoke connections first, or end their access at the service.</li>
        <li>A browser’s storage keeps deleted bytes for a while; what was sealed stays sealed.</li>
      </ul>
    </Confirm>
  </section>
);

/** What is stored where, where this device spoke to, and what is not promised. */
export const Where = () => {
  const live = useLive('where', {});
  return (
    <Loaded live={live}>
      {({ stored, feeds, requests, risks }) => (
        <>
          <p class="lead">Latchkey has no server. What it knows lies here; whom it speaks to stands below.</p>
          <section class="card" aria-labelledby="stored">
            <h2 id="stored">What is stored</h2>
            <Stored stored={stored} />
            <p class="hint">{UNLOCKED_KEY[platform.kind]}</p>
          </section>
          <section class="card" aria-labelledby="feeds">
            <h2 id="feeds">Feeds</h2>
            <Feeds feeds={feeds} />
          </section>
          <section class="card" aria-labelledby="requests">
            <h2 id="requests">Requests</h2>
            <Requests requests={requests} />
          </section>
          <Hosts />
          <Wipe />
          <section class="card" aria-labelledby="risks">
            <h2 id="risks">What nobody can promise</h2>
            <ul>
              {risks.map((risk) => (
                <li key={risk}>{risk}</li>
              ))}
            </ul>
          </section>
        </>
      )}
    </Loaded>
  );
};
