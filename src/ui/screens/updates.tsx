import { useState } from 'preact/hooks';
import type { FeedAppView, FeedView, Permission } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { incoming } from '../incoming.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, CopyButton, FaultNote, Loaded, Name, TextField, When } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { followAt } from '../parts/follow.ts';
import { Form } from '../parts/form.tsx';
import { Host } from '../parts/host.tsx';
import { Revoked, Standing } from '../parts/installation-updates.tsx';
import { go } from '../place.ts';

const Follow = ({ permission }: { readonly permission: Permission }) => {
  const acting = useAct();
  const [address, setAddress] = useState('');
  const follow = (): void =>
    acting.run(async () => {
      const { isNew } = await followAt(address);
      setAddress('');
      tell(
        isNew
          ? 'The feed is followed. Compare its fingerprint with the publisher’s.'
          : 'This channel was followed already; it is read at this address now.',
      );
    });
  return (
    <section class="card" aria-labelledby="follow">
      <h2 id="follow">Follow a feed</h2>
      {permission.allowed ? (
        <Form acting={acting} onSubmit={follow} submit="Follow the feed">
          <TextField
            label="Address of the feed"
            value={address}
            onChange={setAddress}
            hint="As the publisher gave it to you. Who keeps it sees that somebody looked, and what was downloaded; nothing that is sent says who."
            required
          />
        </Form>
      ) : (
        <p class="hint">{permission.says}</p>
      )}
    </section>
  );
};

const App = ({ feed, app }: { readonly feed: FeedView; readonly app: FeedAppView }) => {
  const acting = useAct();
  const open = (version: string): void =>
    acting.run(async () => {
      const { text } = await core.downloadUpdate({ feedId: feed.id, applicationId: app.applicationId, version });
      incoming.value = { name: `${app.applicationId} ${version}`, text, feedId: feed.id };
      go('/install');
    });
  return (
    <li>
      <p>
        {app.installationId === null ? (
          <>
            <Code>{app.applicationId}</Code> {app.latest}, not installed from this feed
          </>
        ) : (
          <>
            <a href={`#/installed/${app.installationId}`}>
              <Name>{app.name ?? ''}</Name>
            </a>{' '}
            {app.installed}
            {app.declined === null ? '' : `; ${app.declined} was declined`}
            {app.isPinned ? '; pinned' : ''}
          </>
        )}
      </p>
      <Revoked row={{ name: app.name ?? app.applicationId, revoked: app.revoked }} />
      {app.offer === null || app.isPinned ? null : app.installationId === null ? (
        <Button onPress={() => open(app.offer ?? '')} isBusy={acting.isBusy}>
          See {app.offer}
        </Button>
      ) : (
        <a class="button" href={`#/installed/${app.installationId}/upgrade?to=${app.offer}`}>
          Review {app.offer}
        </a>
      )}
      <FaultNote fault={acting.fault} />
    </li>
  );
};

const Feed = ({ feed, permission }: { readonly feed: FeedView; readonly permission: Permission }) => {
  const acting = useAct();
  const check = (): void =>
    acting.run(async () => {
      const { fault } = await core.checkFeeds({ feedId: feed.id });
      tell(fault === null ? `${feed.host} was checked.` : `${feed.host} was checked; it says why it was not believed.`);
    });
  return (
    <section class="card" aria-label={`Feed ${feed.host}`}>
      <h2>
        <Host host={feed.host} />
      </h2>
      <Standing feed={feed} />
      <ul class="plain">
        {feed.apps.map((app) => (
          <App key={app.applicationId} feed={feed} app={app} />
        ))}
      </ul>
      {feed.forks.length === 0 ? null : (
        <p>
          Proof of {feed.forks.length} {feed.forks.length === 1 ? 'contradiction' : 'contradictions'} is kept:{' '}
          <CopyButton text={JSON.stringify(feed.forks, null, 2)} what="the proof" />
        </p>
      )}
      <details>
        <summary>Who signs it, and when it is looked at</summary>
        {feed.signers.map((key) => (
          <Fingerprint key={key.hex} of={key} />
        ))}
        <p class="hint">Compare it with the publisher over another way. The channel is pinned to what you saw first.</p>
        <p>
          Address <Code>{feed.address}</Code>
        </p>
        <p>
          Channel <Code>{feed.channel}</Code>
        </p>
        <p>
          Signed <When at={feed.signedAt} />, good until <When at={feed.expiresAt} />. Next look <When at={feed.nextCheckAt} />.
        </p>
      </details>
      <FaultNote fault={acting.fault} />
      <div class="actions">
        <Button onPress={check} isBusy={acting.isBusy} label={`Check now: ${feed.host}`}>
          Check now
        </Button>
        <Confirm
          verb="Unfollow…"
          title={`Unfollow… ${feed.host}`}
          confirm="Unfollow the feed"
          permission={permission}
          act={async () => {
            await core.unfollowFeed({ feedId: feed.id });
            tell(`${feed.host} is not looked at any more.`);
          }}
        >
          <p>
            What is installed stays, and goes on. What was said against its versions stays said. What was trusted of the feed is forgotten.
          </p>
        </Confirm>
      </div>
    </section>
  );
};

/** The feeds that this account follows, and what they offer. */
export const Updates = () => {
  const live = useLive('feeds', {});
  return (
    <Loaded live={live}>
      {({ feeds, follow }) => (
        <>
          <p class="lead">
            A feed is a publisher’s signed list of versions. It is looked at about once a day; nothing is taken from it without you.
          </p>
          {feeds.map((feed) => (
            <Feed key={feed.id} feed={feed} permission={follow} />
          ))}
          <Follow permission={follow} />
        </>
      )}
    </Loaded>
  );
};
