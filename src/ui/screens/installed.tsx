import type { InstallationView } from '../../core/views.ts';
import { ENVIRONMENT_LABELS } from '../../domain/environment.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Code, Empty, Loaded, Name, When } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { SlotCard } from '../parts/slot-card.tsx';
import { go } from '../place.ts';

export const Installed = () => {
  const live = useLive('installed', {});
  return (
    <Loaded live={live}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty title="Nothing is installed.">
            <a href="#/install">Open a bundle</a>
          </Empty>
        ) : (
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
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
};

const Uninstall = ({ view }: { readonly view: InstallationView }) => {
  const uninstall = async (): Promise<void> => {
    const { notTold } = await core.uninstallApplication({ installationId: view.id });
    tell(
      notTold === 0
        ? `${view.name} is uninstalled.`
        : `${view.name} is uninstalled; ${notTold} authorizations could not be revoked at the service.`,
    );
    go('/installed');
  };
  return (
    <Confirm
      verb="Uninstall…"
      title={`Uninstall… ${view.name}`}
      confirm={`Uninstall ${view.name}`}
      permission={view.uninstall}
      act={uninstall}
    >
      <p>
        Its admin and logged-in user authorizations are revoked and deleted, for everyone, and its entries with them. System connections
        stay: other applications may use them.
      </p>
    </Confirm>
  );
};

export const Installation = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const live = useLive('installation', { installationId: `ins_${(params['app'] ?? '').slice(4)}` });
  return (
    <Loaded live={live}>
      {(view) => (
        <>
          <h2 class="title">
            <Name>{view.name}</Name> {view.version}
          </h2>
          <p class="lead">
            {view.notConnected === 0
              ? 'Everything that you can see is connected.'
              : `${view.notConnected} ${view.notConnected === 1 ? 'connection waits' : 'connections wait'} for an authorization.`}
          </p>
          <section class="card" aria-labelledby="use">
            <h2 id="use">Use it</h2>
            <div class="actions">
              {view.definition.forms.map((form) => (
                <a key={form.linkName} class="button" href={`#/live/${view.id}/production/forms/${form.linkName}`}>
                  Open the form {form.name}
                </a>
              ))}
              {view.definition.pages.map((page) => (
                <a key={page.linkName} class="button" href={`#/live/${view.id}/production/pages/${page.linkName}`}>
                  Open the page {page.name}
                </a>
              ))}
            </div>
          </section>
          <section aria-labelledby="setup">
            <h2 id="setup">Connections</h2>
            <p class="hint">
              You see those that your role may see; {ENVIRONMENT_LABELS.production.name} is where an installed application runs.
            </p>
            {view.connectionList.map((row) => (
              <div key={row.id}>
                <h3>
                  <Name>{row.displayName}</Name> <Code>{row.linkName}</Code>
                </h3>
                <div class="cards">
                  {row.slots.map((slot) => (
                    <SlotCard
                      key={`${slot.environment} ${slot.holder}`}
                      slot={slot}
                      connectionId={row.id}
                      displayName={row.displayName}
                      isMember={row.type === 'logged-in-user'}
                    />
                  ))}
                </div>
              </div>
            ))}
          </section>
          <section class="card" aria-labelledby="does">
            <h2 id="does">What it does</h2>
            <ul class="plain">
              {view.componentList.map((component) => (
                <li key={component.id}>
                  <Name>{component.name}</Name>: {component.summary}
                </li>
              ))}
            </ul>
            <p class="hint">
              Signed by <Name>{view.authorName}</Name>, <Code>{view.fingerprint}</Code>
            </p>
          </section>
          <Uninstall view={view} />
        </>
      )}
    </Loaded>
  );
};
