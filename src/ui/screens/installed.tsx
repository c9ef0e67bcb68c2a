import type { ConnectionRow, InstallationView } from '../../core/views.ts';
import { ENVIRONMENT_LABELS } from '../../domain/environment.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, FaultNote, Loaded, Name } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { InstallationUpdates, Revoked } from '../parts/installation-updates.tsx';
import { SaveButton } from '../parts/save-button.tsx';
import { SlotCard } from '../parts/slot-card.tsx';
import { go } from '../place.ts';

const Uninstall = ({ view }: { readonly view: InstallationView }) => {
  const uninstall = async (): Promise<void> => {
    const { notTold, endThere } = await core.uninstallApplication({ installationId: view.id });
    tell(
      [
        notTold === 0
          ? `${view.name} is uninstalled.`
          : `${view.name} is uninstalled; ${notTold} authorizations could not be revoked at the service.`,
        ...(endThere.length === 0 ? [] : [`What was authorized is forgotten here; end it in your account at ${endThere.join(', ')} too.`]),
      ].join(' '),
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
        Its admin and logged-in user authorizations are deleted here, for everyone, and revoked where the service has a request for that.
        Its entries are deleted with them. System connections stay: other applications may use them.
      </p>
      {view.endingFeeds.length === 0 ? null : (
        <p>
          The feed at {view.endingFeeds.join(', ')} is not looked at any more: it lists nothing else. What was said against versions stays
          said.
        </p>
      )}
    </Confirm>
  );
};

/** What another device, or another account, installs with to have it as it is here. */
const SaveSettings = ({ view }: { readonly view: InstallationView }) => (
  <SaveButton make={() => core.exportSettings({ installationId: view.id })}>Save deployment settings</SaveButton>
);

const environmentsOf = (view: InstallationView): readonly ('stage' | 'production')[] =>
  view.stagedVersion === null ? ['production'] : ['stage', 'production'];

/** A client's stage: updates go there first, then to production (R115). */
const Stage = ({ view }: { readonly view: InstallationView }) => {
  const acting = useAct();
  const isAhead = view.stagedVersion !== null && view.stagedVersion !== view.version;
  const add = (): void =>
    acting.run(async () => {
      await core.addStage({ installationId: view.id });
      tell(`${view.name} has a stage now.`);
    });
  const take = (): void =>
    acting.run(async () => {
      const { version } = await core.takeToProduction({ installationId: view.id });
      tell(`${version} runs in production.`);
    });
  return (
    <section class="card" aria-labelledby="stage">
      <h2 id="stage">Stage</h2>
      {view.stagedVersion === null ? (
        <>
          <p>
            Without a stage, updates go straight to production. With one they can be tried first, with data and authorizations of their own.
          </p>
          <Button onPress={add} isBusy={acting.isBusy} permission={view.install}>
            Add to stage
          </Button>
        </>
      ) : (
        <>
          <p>
            {view.stagedVersion} in stage, {view.version} in production.
          </p>
          <div class="actions">
            {isAhead ? (
              <Button kind="primary" onPress={take} isBusy={acting.isBusy} permission={view.install}>
                Take {view.stagedVersion} to production
              </Button>
            ) : null}
            <Confirm
              verb="Remove stage…"
              title={`Remove stage… of ${view.name}`}
              confirm="Remove the stage"
              permission={view.install}
              act={async () => {
                await core.removeStage({ installationId: view.id });
                tell(`${view.name} has no stage any more.`);
              }}
            >
              <p>Its entries and its own authorizations go; production is untouched.</p>
            </Confirm>
          </div>
        </>
      )}
      <FaultNote fault={acting.fault} />
    </section>
  );
};

/** What the installed version has no longer: it stays until a manager removes it (R117). */
const NoLongerUsed = ({ row }: { readonly row: ConnectionRow }) =>
  row.isNoLongerUsed ? (
    <Confirm
      verb="Remove…"
      title={`Remove… ${row.displayName}, which is no longer used`}
      confirm="Remove the connection"
      act={async () => {
        await core.removeUnusedConnection({ connectionId: row.id });
        tell(`${row.displayName} is removed.`);
      }}
    >
      <p>The installed version has it no longer. Its authorizations are revoked and deleted.</p>
    </Confirm>
  ) : null;

/** What is offered or stopped is said first; otherwise versions stand where they are in nobody's way. */
const isPressing = ({ update, revoked }: InstallationView): boolean => update !== null || revoked !== null;

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
          <Revoked row={view} />
          {isPressing(view) ? <InstallationUpdates view={view} /> : null}
          <section class="card" aria-labelledby="use">
            <h2 id="use">Use it</h2>
            <div class="actions">
              {environmentsOf(view).flatMap((environment) => {
                const where = environment === 'production' ? '' : ' in Stage';
                return [
                  ...view.definition.forms.map((form) => (
                    <a
                      key={`${environment} ${form.linkName}`}
                      class="button"
                      href={`#/live/${view.id}/${environment}/forms/${form.linkName}`}
                    >
                      Open the form {form.name}
                      {where}
                    </a>
                  )),
                  ...view.definition.pages.map((page) => (
                    <a
                      key={`${environment} ${page.linkName}`}
                      class="button"
                      href={`#/live/${view.id}/${environment}/pages/${page.linkName}`}
                    >
                      Open the page {page.name}
                      {where}
                    </a>
                  )),
                ];
              })}
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
                  <a href={`#/connections/${row.id}`}>
                    <Name>{row.displayName}</Name>
                  </a>{' '}
                  <Code>{row.linkName}</Code> {row.isNoLongerUsed ? <span class="hint">no longer used</span> : null}
                </h3>
                <NoLongerUsed row={row} />
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
          {isPressing(view) ? null : <InstallationUpdates view={view} />}
          <Stage view={view} />
          <div class="actions">
            <SaveSettings view={view} />
            <Uninstall view={view} />
          </div>
        </>
      )}
    </Loaded>
  );
};
