import type { LiveView } from '../../core/views.ts';
import { ENVIRONMENTS } from '../../domain/environment.ts';
import type { OwnerId } from '../../domain/ids.ts';
import { useLive } from '../live.ts';
import { Empty, Loaded, Name } from '../parts/basics.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';
import { SlotCard } from '../parts/slot-card.tsx';
import { LiveScripts } from './live-scripts.tsx';
import { Panel } from './panel.tsx';
import { Records } from './records.tsx';

/** The application's connections in this environment, as far as the acting member may see them (R10, R52). */
const ConnectionsPanel = ({ view }: { readonly view: LiveView }) => (
  <details class="card">
    <summary>Connections of this application ({view.connections.length})</summary>
    {view.connections.map((row) => (
      <div key={row.id}>
        <h3>
          <Name>{row.displayName}</Name>
        </h3>
        {row.slots.map((slot) => (
          <SlotCard
            key={slot.holder}
            slot={slot}
            connectionId={row.id}
            displayName={row.displayName}
            isMember={row.type === 'logged-in-user'}
          />
        ))}
      </div>
    ))}
  </details>
);

const Parts = ({ view, current }: { readonly view: LiveView; readonly current: string }) => {
  const base = `#/live/${view.owner.id}/${view.environment}`;
  const links = [
    ...view.forms.map(({ linkName, name }) => ({ href: `${base}/forms/${linkName}`, name, key: `forms/${linkName}` })),
    ...view.pages.map(({ linkName, name }) => ({ href: `${base}/pages/${linkName}`, name, key: `pages/${linkName}` })),
  ];
  return (
    <nav aria-label="Parts of the application" class="actions">
      {links.map(({ href, name, key }) => (
        <a key={key} class="button" href={href} aria-current={key === current ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
};

const Page = ({ view, page }: { readonly view: LiveView; readonly page: string }) => {
  const panels = view.components.filter(({ kind, place }) => kind === 'page-panel' && place === page);
  return panels.length === 0 ? (
    <Empty title="This page has no panel.">Its builder adds one to the application.</Empty>
  ) : (
    <div class="cards">
      {panels.map((panel) => (
        <Panel key={panel.id} panel={panel} />
      ))}
    </div>
  );
};

const ownerIdOf = (text: string): OwnerId => (text.startsWith('ins_') ? `ins_${text.slice(4)}` : `app_${text.slice(4)}`);

export const LiveMode = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const ownerId = ownerIdOf(params['owner'] ?? '');
  const environment = ENVIRONMENTS.find((one) => one === params['environment']) ?? 'production';
  const live = useLive('liveMode', { ownerId, environment });
  const { form, page } = params;
  return (
    <Loaded live={live}>
      {(view) => (
        <>
          <h2 class="title">
            <Name>{view.owner.name}</Name> <EnvironmentBadge environment={view.environment} />
          </h2>
          <Parts view={view} current={form === undefined ? `pages/${page}` : `forms/${form}`} />
          {form === undefined ? null : <Records key={form} view={view} form={form} />}
          {page === undefined ? null : <Page view={view} page={page} />}
          <LiveScripts scripts={view.components.filter(({ isByHand }) => isByHand)} />
          <ConnectionsPanel view={view} />
        </>
      )}
    </Loaded>
  );
};
