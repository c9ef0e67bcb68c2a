import { useLive } from '../live.ts';
import { Empty, Loaded, Name, When } from '../parts/basics.tsx';
import { Revoked } from '../parts/installation-updates.tsx';

/** The applications installed here, with what is offered or stopped. */
export const Installed = () => {
  const live = useLive('installed', {});
  return (
    <Loaded live={live}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty title="Nothing is installed.">
            <a href="#/install">Open a bundle</a> or <a href="#/updates">follow a publisher’s feed</a>
          </Empty>
        ) : (
          <>
            <p>
              <a class="button" href="#/updates">
                See feeds
              </a>
            </p>
            <ul class="cards">
              {rows.map((row) => (
                <li key={row.id} class="card">
                  <h2>
                    <a href={`#/installed/${row.id}`}>
                      <Name>{row.name}</Name>
                    </a>{' '}
                    {row.version}
                  </h2>
                  <p class="hint">
                    by <Name>{row.authorName}</Name>, installed <When at={row.installedAt} />
                  </p>
                  <p>
                    {row.notConnected === 0
                      ? 'Connected.'
                      : `${row.notConnected} ${row.notConnected === 1 ? 'connection waits' : 'connections wait'} for an authorization.`}
                  </p>
                  <Revoked row={row} />
                  {row.update === null ? null : (
                    <a class="button" href={`#/installed/${row.id}/upgrade?to=${row.update.version}`}>
                      Review {row.update.version}
                    </a>
                  )}
                </li>
              ))}
            </ul>
          </>
        )
      }
    </Loaded>
  );
};
