import type { FeedStanding, InstallationRow, InstallationView } from '../../core/views.ts';
import { type FaultCode, faultRemedy, faultText } from '../../domain/faults.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { Button, FaultNote, Name, When } from './basics.tsx';

/** What the publisher says against the version that runs, with the reason. */
export const Revoked = ({ row }: { readonly row: Pick<InstallationRow, 'name' | 'revoked'> }) => {
  const { revoked, name } = row;
  if (revoked === null) return null;
  const isStopped = revoked.level === 'block';
  return (
    <div class={isStopped ? 'fault' : 'fault mild'}>
      <p>
        <strong>
          {isStopped ? '▲' : '◔'} The publisher {isStopped ? 'stopped' : 'advises against'} <Name>{name}</Name> {revoked.v}.
        </strong>
      </p>
      <p>
        Reason: <Name>{revoked.why}</Name>.
      </p>
      <p>
        {isStopped
          ? 'It does not run any more. Entries and authorizations are kept; take an update, or go back.'
          : 'It runs on. Look for an update.'}
      </p>
    </div>
  );
};

/** What passes by itself, or says nothing against the feed, is said quietly (FEED 3.3). */
const QUIET: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'feed.unreachable',
  'feed.busy',
  'feed.too-slow',
  'feed.missing',
  'feed.stale',
  'feed.clock',
]);

/** How the feed of an application stands, in a line; louder after a week of silence. */
export const Standing = ({ feed }: { readonly feed: FeedStanding }) => (
  <div>
    <p class={feed.isSilent ? '' : 'hint'}>
      {feed.isSilent ? (
        <strong>
          ◔ The feed at {feed.host} was last reached <When at={feed.lastGoodAt} />. What is installed goes on working.
        </strong>
      ) : (
        <>
          Updates come from {feed.host}, last reached <When at={feed.lastGoodAt} />.
        </>
      )}
    </p>
    {feed.fault !== null && QUIET.has(feed.fault.code) ? (
      <p class="hint">
        ◔ {faultText(feed.fault)} {faultRemedy(feed.fault)}
      </p>
    ) : (
      <FaultNote fault={feed.fault} isPast />
    )}
  </div>
);

const hrefOf = (view: InstallationView, version: string): string => `#/installed/${view.id}/upgrade?to=${version}`;

const Pin = ({ view }: { readonly view: InstallationView }) => {
  const acting = useAct();
  const pin = (isPinned: boolean): void =>
    acting.run(async () => {
      await core.pinVersion({ installationId: view.id, isPinned });
      tell(isPinned ? `${view.name} stays on ${view.version} until you change that.` : `Updates of ${view.name} are offered again.`);
    });
  return (
    <>
      <Button onPress={() => pin(!view.isPinned)} isBusy={acting.isBusy} permission={view.install}>
        {view.isPinned ? 'Offer updates again' : `Pin to ${view.version}`}
      </Button>
      <FaultNote fault={acting.fault} />
    </>
  );
};

/** What is offered for an installed application, what was declined, and the way back. */
export const InstallationUpdates = ({ view }: { readonly view: InstallationView }) => (
  <section class="card" aria-labelledby="updates">
    <h2 id="updates">Versions</h2>
    {view.update === null ? null : (
      <p>
        <strong>{view.update.version} is offered.</strong> You see what it changes before anything is changed.
      </p>
    )}
    {view.declined === null ? null : (
      <p>
        You stayed on {view.version}; {view.declined.version} is not offered again.
      </p>
    )}
    {view.isPinned ? <p>Pinned to {view.version}: no update is offered.</p> : null}
    {view.previous?.isStopped === true ? (
      <p class="hint">{view.previous.version}, the version before, was stopped by its publisher.</p>
    ) : null}
    {view.feeds.map((feed) => (
      <Standing key={feed.id} feed={feed} />
    ))}
    {view.feeds.length === 0 ? <p class="hint">No feed is followed for it: updates come as files.</p> : null}
    <div class="actions">
      {view.update === null ? null : (
        <a class="button primary" href={hrefOf(view, view.update.version)}>
          Review {view.update.version}
        </a>
      )}
      {view.declined === null ? null : (
        <a class="button" href={hrefOf(view, view.declined.version)}>
          Review {view.declined.version} after all
        </a>
      )}
      {view.previous === null || view.previous.isStopped ? null : (
        <a class="button" href={hrefOf(view, view.previous.version)}>
          Return to {view.previous.version}
        </a>
      )}
      {view.feeds.length === 0 ? null : <Pin view={view} />}
      <a class="button" href="#/updates">
        See feeds
      </a>
    </div>
  </section>
);
