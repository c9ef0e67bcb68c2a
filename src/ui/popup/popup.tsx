import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { platform } from '#platform';
import type { AttentionRow, PopupView, UpdateRow } from '../../core/views.ts';
import { ROLE_LABELS } from '../../domain/workspace.ts';
import { useLive } from '../live.ts';
import { Notices } from '../notices.tsx';
import { AuthorizeRow } from '../parts/authorize.tsx';
import { Code, CopyButton, Loaded, Name } from '../parts/basics.tsx';
import { EnvironmentBadge } from '../parts/environment.tsx';
import { ReadOnlyNote } from '../parts/read-only.tsx';
import { Status } from '../parts/status.tsx';
import { TestButton } from '../parts/test-button.tsx';
import { UpdateWords } from '../parts/update-words.tsx';

/** What is typed is typed in the console: a popup closes when somebody goes to fetch it. */
const Give = ({ row }: { readonly row: AttentionRow }) =>
  row.status.way.by !== 'page' ? (
    <button type="button" class="button primary" onClick={() => platform.openConsole('#/')}>
      Authorize in the console
    </button>
  ) : (
    <AuthorizeRow row={row} />
  );

const Row = ({ row }: { readonly row: AttentionRow }) => (
  <li class="popup-row">
    <p>
      <strong>
        <Name>{row.displayName}</Name>
      </strong>{' '}
      <EnvironmentBadge environment={row.environment} />
    </p>
    <p class="hint">
      <Name>{row.ownerName}</Name> · <Status status={row.status} /> {row.account === null ? null : <Name>{row.account}</Name>}
    </p>
    {row.authorize.allowed ? null : <p class="hint">Can be authorized by {row.who}.</p>}
    <div class="actions">
      {row.needs !== 'nothing' && row.authorize.allowed ? <Give row={row} /> : null}
      {row.status.isConnected && row.status.flow === null ? (
        <TestButton connectionId={row.connectionId} displayName={row.displayName} environment={row.environment} permission={row.test} />
      ) : null}
      <Code>{row.linkName}</Code> <CopyButton text={row.linkName} what={`link name ${row.linkName}`} />
    </div>
  </li>
);

/** An update is reviewed in the console: nothing is taken from a popup. */
const Update = ({ row }: { readonly row: UpdateRow }) => (
  <li class="popup-row">
    <UpdateWords row={row} />
    <div class="actions">
      <button type="button" class="button" onClick={() => platform.openConsole(row.href)} aria-label={`Review ${row.version}: ${row.name}`}>
        Review {row.version}
      </button>
    </div>
  </li>
);

type SectionProps = {
  readonly title: string;
  readonly rows: readonly AttentionRow[];
  readonly updates: readonly UpdateRow[];
  readonly empty: string;
};

const Section = ({ title, rows, updates, empty }: SectionProps) => (
  <section aria-label={title}>
    <h2>{title}</h2>
    {rows.length + updates.length === 0 ? <p>{empty}</p> : null}
    <ul class="plain">
      {rows.map((row) => (
        <Row key={`${row.connectionId} ${row.environment}`} row={row} />
      ))}
      {updates.map((row) => (
        <Update key={row.installationId} row={row} />
      ))}
    </ul>
  </section>
);

const Body = ({ view }: { readonly view: PopupView }) => {
  const { acting } = view.frame;
  if (acting === null) return <p>There is no workspace yet. Open the console and load the sample.</p>;
  return (
    <>
      {view.frame.isReadOnly ? <ReadOnlyNote /> : null}
      <p class="hint">
        <Name>{acting.workspace.name}</Name>, acting as <Name>{acting.member.name}</Name>, {ROLE_LABELS[acting.member.role]}
      </p>
      <Section title="Needs you" rows={view.attention} updates={view.updates} empty="Nothing waits for you here." />
      {view.others.length === 0 ? null : <Section title="Connected" rows={view.others} updates={[]} empty="" />}
    </>
  );
};

/** Loaded only where the vault has a passphrase: nobody else needs it, and a popup should be small. */
const Lock = () => {
  const live = useLive('vault', {});
  const [loaded, setLoaded] = useState<{ readonly View: ComponentType } | null>(null);
  const isProtected = live.state === 'ready' && live.value.state !== 'device';
  useEffect(() => {
    if (isProtected) void import('../parts/vault-lock.tsx').then(({ VaultLock }) => setLoaded({ View: VaultLock }));
  }, [isProtected]);
  return loaded === null ? null : <loaded.View />;
};

/** The popup: what needs attention, authorize, test, copy. It owns nothing, so that closing it loses nothing. */
export const Popup = () => {
  const live = useLive('popup', {});
  return (
    <main class="popup">
      <header>
        <h1>Latchkey</h1>
        <button type="button" class="button" onClick={() => platform.openConsole('#/')}>
          Open the console
        </button>
        <Lock />
      </header>
      <Loaded live={live}>{(view) => <Body view={view} />}</Loaded>
      <Notices />
    </main>
  );
};
