import { useState } from 'preact/hooks';
import { platform } from '#platform';
import type { DistributeReview } from '../../core/views.ts';
import type { ClientId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, FaultNote, Loaded, Name } from '../parts/basics.tsx';
import { NewClient } from './clients.tsx';

type Choice = { readonly kind: 'marketplace' | 'private'; readonly clientIds: readonly ClientId[] };

const Channel = ({
  review,
  choice,
  setChoice,
}: {
  readonly review: DistributeReview;
  readonly choice: Choice;
  readonly setChoice: (choice: Choice) => void;
}) => (
  <fieldset>
    <legend>Channel</legend>
    <label class="choice">
      <input type="radio" name="channel" checked={choice.kind === 'private'} onChange={() => setChoice({ ...choice, kind: 'private' })} />
      <span>Private share: with the clients that you name</span>
    </label>
    <label class="choice">
      <input
        type="radio"
        name="channel"
        checked={choice.kind === 'marketplace'}
        onChange={() => setChoice({ ...choice, kind: 'marketplace' })}
      />
      <span>Marketplace: for everybody</span>
    </label>
    <p class="hint">Both carry the same signed file, and every rule holds alike once it is installed (R94).</p>
    {choice.kind === 'private' ? (
      <fieldset>
        <legend>Clients</legend>
        {review.clients.length === 0 ? <p class="hint">No client is named yet.</p> : null}
        {review.clients.map(({ id, name, hasEarlier }) => (
          <label key={id} class="choice">
            <input
              type="checkbox"
              checked={choice.clientIds.includes(id)}
              onChange={(event) =>
                setChoice({
                  ...choice,
                  clientIds: event.currentTarget.checked ? [...choice.clientIds, id] : choice.clientIds.filter((one) => one !== id),
                })
              }
            />
            <span>
              <Name>{name}</Name>
              {hasEarlier ? <span class="hint"> has an earlier version</span> : null}
            </span>
          </label>
        ))}
      </fieldset>
    ) : null}
  </fieldset>
);

const Review = ({ review }: { readonly review: DistributeReview }) => {
  const acting = useAct();
  const [choice, setChoice] = useState<Choice>({ kind: review.clients.length === 0 ? 'marketplace' : 'private', clientIds: [] });
  const [isConfirmed, setConfirmed] = useState(false);
  const sign = (): void =>
    acting.run(async () => {
      const channel = choice.kind === 'private' ? { kind: choice.kind, clientIds: choice.clientIds } : { kind: choice.kind };
      const { fileName, text } = await core.distributeRelease({ releaseId: review.releaseId, channel, isConfirmed });
      platform.download(fileName, text);
      tell(`${fileName} is signed and saved. Hand it over, or put it where your clients find it.`);
    });
  const needsConfirmation = review.untested.length > 0;
  const isHeld = needsConfirmation && !isConfirmed;
  const reason = isHeld ? { allowed: false, says: 'Confirm above, or test the connections first (R80).' } : review.distribute;
  return (
    <>
      <h2 class="title">
        <Name>{review.name}</Name> {review.version}
      </h2>
      <p class="lead">This version stands in stage. Distributing signs it and hands it out.</p>
      <div class="actions">
        <a class="button" href={`#/apps/${review.applicationId}`}>
          Back to {review.name}
        </a>
      </div>
      <div class="form">
        <Channel review={review} choice={choice} setChoice={setChoice} />
        {needsConfirmation ? (
          <>
            <p class="hint">Never tested successfully since they last changed: {review.untested.join(', ')}.</p>
            <label class="choice">
              <input type="checkbox" checked={isConfirmed} onChange={(event) => setConfirmed(event.currentTarget.checked)} /> Distribute
              although a connection was not tested
            </label>
          </>
        ) : null}
        <p>
          Signed with the key of this workspace
          {review.fingerprint === null ? ', which is made now, inside the vault.' : ':'}{' '}
          {review.fingerprint === null ? null : <Code>{review.fingerprint}</Code>}
        </p>
        <FaultNote fault={acting.fault} />
        <div class="actions">
          <Button kind="primary" onPress={sign} isBusy={acting.isBusy} permission={reason}>
            Sign and export {review.fileName}
          </Button>
        </div>
      </div>
      {choice.kind === 'private' && review.manageClients.allowed ? <NewClient /> : null}
    </>
  );
};

/** Handing out a version that was published to stage. */
export const Distribute = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const live = useLive('distributeReview', { releaseId: `rel_${(params['release'] ?? '').slice(4)}` });
  return <Loaded live={live}>{(review) => <Review review={review} />}</Loaded>;
};
