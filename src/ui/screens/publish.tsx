import { useState } from 'preact/hooks';
import { platform } from '#platform';
import type { PublishReview } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, FaultNote, Loaded, Name, ProblemList, TextField } from '../parts/basics.tsx';
import { ConnectionSummaryCard } from '../parts/connection-summary.tsx';
import { go } from '../place.ts';

const GoesIn = ({ review }: { readonly review: PublishReview }) => (
  <section class="card" aria-labelledby="goes-in">
    <h2 id="goes-in">Goes in</h2>
    <ul class="plain">
      <li>Components: {review.goesIn.components.join(', ') || 'none'}</li>
      <li>Forms: {review.goesIn.forms.join(', ') || 'none'}</li>
      <li>Pages: {review.goesIn.pages.join(', ') || 'none'}</li>
    </ul>
    <div class="cards">
      {review.goesIn.connections.map((summary) => (
        <ConnectionSummaryCard key={summary.linkName} summary={summary} />
      ))}
    </div>
  </section>
);

const StaysHere = ({ review }: { readonly review: PublishReview }) => (
  <section class="card" aria-labelledby="stays">
    <h2 id="stays">Stays here</h2>
    <ul class="plain">
      {review.staysHere.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
    <p>
      {review.proof.values} values were searched for {review.proof.kinds} kinds of secret:{' '}
      {review.proof.found === 0 ? 'none was found.' : `${review.proof.found} were found.`}
    </p>
    <p>
      Signed with the key of this workspace
      {review.fingerprint === null ? ', which is made now, inside the vault.' : ':'}{' '}
      {review.fingerprint === null ? null : <Code>{review.fingerprint}</Code>}
    </p>
  </section>
);

const Permanent = ({ review }: { readonly review: PublishReview }) =>
  review.becomesPermanent.length === 0 ? null : (
    <section class="card" aria-labelledby="permanent">
      <h2 id="permanent">Becomes permanent</h2>
      <ul class="plain">
        {review.becomesPermanent.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </section>
  );

const Review = ({
  review,
  version,
  setVersion,
}: {
  readonly review: PublishReview;
  readonly version: string | null;
  readonly setVersion: (version: string) => void;
}) => {
  const acting = useAct();
  const [isConfirmed, setConfirmed] = useState(false);
  const needsConfirmation = review.problems.some(({ code }) => code === 'readiness.untested');
  const sign = (): void =>
    acting.run(async () => {
      const { fileName, text } = await core.publishApplication({
        applicationId: review.application.id,
        version: version ?? review.suggestedVersion,
        isConfirmed,
      });
      platform.download(fileName, text);
      tell(`${fileName} is signed and saved.`);
      go(`/apps/${review.application.id}`);
    });
  const refused = !review.isReady || (needsConfirmation && !isConfirmed);
  return (
    <>
      <h2 class="title">
        <Name>{review.application.name}</Name>
      </h2>
      <p class="lead">{review.isReady ? `Ready to be published as ${review.version}.` : 'Not ready: mend what stops it.'}</p>
      <ProblemList problems={review.problems} />
      <div class="form">
        <TextField
          label="Version"
          value={version ?? review.suggestedVersion}
          onChange={setVersion}
          hint={review.latestVersion === null ? 'The first version.' : `The last version is ${review.latestVersion}.`}
        />
      </div>
      {needsConfirmation ? (
        <label class="choice">
          <input type="checkbox" checked={isConfirmed} onChange={(event) => setConfirmed(event.currentTarget.checked)} /> Publish although a
          connection was not tested
        </label>
      ) : null}
      <FaultNote fault={acting.fault} />
      <div class="actions">
        <Button
          kind="primary"
          onPress={sign}
          isBusy={acting.isBusy}
          permission={{
            allowed: !refused,
            says: refused ? (review.isReady ? 'Confirm above, or test the connection first (R80).' : 'Mend what stops it first.') : null,
          }}
        >
          Sign and export {version ?? review.suggestedVersion}
        </Button>
      </div>
      <GoesIn review={review} />
      <StaysHere review={review} />
      <Permanent review={review} />
    </>
  );
};

export const Publish = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const [version, setVersion] = useState<string | null>(null);
  const live = useLive('publishReview', { applicationId: `app_${(params['app'] ?? '').slice(4)}`, version });
  const [shown, setShown] = useState<PublishReview | null>(null);
  // The last review stays on screen while the next version is looked at, so that typing loses no focus.
  if (live.state === 'ready' && live.value !== shown) setShown(live.value);
  if (shown === null || live.state === 'failed') return <Loaded live={live}>{() => null}</Loaded>;
  return <Review review={shown} version={version} setVersion={setVersion} />;
};
