import type { WhereView } from '../../core/views.ts';
import { useLive } from '../live.ts';
import { Empty, Loaded, Scroll, When } from '../parts/basics.tsx';

const PURPOSES: Record<WhereView['requests'][number]['purpose'], string> = {
  'sign-in': 'signing in: metadata, tokens, keys, account',
  service: 'the service’s own requests',
};

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
    <Empty title="None since Latchkey was started." />
  ) : (
    <Scroll>
      <table>
        <caption>The newest {requests.length}, since Latchkey was started. Addresses and contents are not kept.</caption>
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

/** What is stored where, where this device spoke to, and what is not promised. */
export const Where = () => {
  const live = useLive('where', {});
  return (
    <Loaded live={live}>
      {({ stored, requests, risks }) => (
        <>
          <p class="lead">Latchkey has no server. What it knows lies here; whom it speaks to stands below.</p>
          <section class="card" aria-labelledby="stored">
            <h2 id="stored">What is stored</h2>
            <Stored stored={stored} />
          </section>
          <section class="card" aria-labelledby="requests">
            <h2 id="requests">Requests</h2>
            <Requests requests={requests} />
          </section>
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
