import { useState } from 'preact/hooks';
import type { PublishReview } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, FaultNote, Loaded, Name, ProblemList, TextField } from '../parts/basics.tsx';
import { ConnectionSummaryCard } from '../parts/connection-summary.tsx';
import { Differences } from '../parts/differences.tsx';
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
  allowed,
  setAllowed,
}: {
  readonly review: PublishReview;
  readonly version: string | null;
  readonly setVersion: (version: string) => void;
  readonly allowed: readonly string[];
  readonly setAllowed: (allowed: readonly string[]) => void;
}) => {
  const acting = useAct();
  const publish = (): void =>
    acting.run(async () => {
      const { releaseId, version: made } = await core.publishApplication({
        applicationId: review.application.id,
        version: version ?? review.suggestedVersion,
        allowed: [...allowed],
      });
      tell(`${review.application.name} ${made} stands in stage.`);
      go(`/apps/${review.application.id}/versions/${releaseId}`);
    });
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
      {review.dynamic.length === 0 ? null : (
        <fieldset>
          <legend>Connections that the parts decided at run time may use</legend>
          <p class="hint">{review.dynamic.join('; ')}</p>
          {review.candidates.map((linkName) => (
            <label key={linkName} class="choice">
              <input
                type="checkbox"
                checked={allowed.includes(linkName)}
                onChange={(event) =>
                  setAllowed(event.currentTarget.checked ? [...allowed, linkName] : allowed.filter((one) => one !== linkName))
                }
              />{' '}
              <Code>{linkName}</Code>
            </label>
          ))}
        </fieldset>
      )}
      <FaultNote fault={acting.fault} />
      <div class="actions">
        <Button
          kind="primary"
          onPress={publish}
          isBusy={acting.isBusy}
          permission={{ allowed: review.isReady, says: review.isReady ? null : 'Mend what stops it first.' }}
        >
          Publish {version ?? review.suggestedVersion} to stage
        </Button>
      </div>
      <p class="hint">
        A version never changes. It goes to stage, where it can be tried and tested; handing it to clients is the next step.
      </p>
      <section class="card" aria-labelledby="changes">
        <h2 id="changes">{review.latestVersion === null ? 'The first version' : `Changes against ${review.latestVersion}`}</h2>
        <Differences lines={review.changes} />
      </section>
      <GoesIn review={review} />
      <StaysHere review={review} />
      <Permanent review={review} />
    </>
  );
};

export const Publish = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const [version, setVersion] = useState<string | null>(null);
  const [allowed, setAllowed] = useState<readonly string[]>([]);
  const live = useLive('publishReview', { applicationId: `app_${(params['app'] ?? '').slice(4)}`, version, allowed: [...allowed] });
  const [shown, setShown] = useState<PublishReview | null>(null);
  // The last review stays on screen while the next version is looked at, so that typing loses no focus.
  if (live.state === 'ready' && live.value !== shown) setShown(live.value);
  if (shown === null || live.state === 'failed') return <Loaded live={live}>{() => null}</Loaded>;
  return <Review review={shown} version={version} setVersion={setVersion} allowed={allowed} setAllowed={setAllowed} />;
};
