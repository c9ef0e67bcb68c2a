import { useState } from 'preact/hooks';
import type { InstallationView, UpdateOffer, UpgradeReview } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { useAnswer } from '../answer.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, FaultNote, Loaded, Name, ProblemList } from '../parts/basics.tsx';
import { agreement, Review, upgradeVerb } from '../parts/review.tsx';
import { go, place } from '../place.ts';

const fetched = async (offer: UpdateOffer) => {
  const bundle = await core.downloadUpdate(offer);
  return { bundle, preview: await core.previewBundle({ text: bundle.text }) };
};

const Head = ({ review }: { readonly review: UpgradeReview }) => (
  <>
    <h2 class="title">
      <Name>{review.name}</Name> {review.from} → {review.to}
    </h2>
    <p class="lead">
      {review.isUpgrade
        ? 'Entries and authorizations stay. Only what asks for more has to be authorized again.'
        : 'An older version. Entries and authorizations stay, and what it no longer has keeps its authorization, marked as no longer used.'}
    </p>
  </>
);

/** The version that a feed offers: downloaded, verified and shown before anything is changed. */
const Upgrade = ({ view, offer }: { readonly view: InstallationView; readonly offer: UpdateOffer }) => {
  const acting = useAct();
  const answer = useAnswer(() => fetched(offer), [offer.feedId, offer.version]);
  const [agreed, setAgreed] = useState<readonly string[]>([]);
  const stay = (): void =>
    acting.run(async () => {
      await core.skipVersion({ installationId: view.id, version: offer.version, isSkipped: true });
      tell(`${view.name} stays on ${view.version}. ${offer.version} is not offered again.`);
      go(`/installed/${view.id}`);
    });
  const stayButton = (
    <Button onPress={stay} isBusy={acting.isBusy} permission={view.install}>
      Stay on {view.stagedVersion ?? view.version}
    </Button>
  );
  if (answer.state === 'asking') return <p class="loading">Downloading and checking {offer.version}…</p>;
  if (answer.state === 'wrong')
    return (
      <>
        <p class="lead">
          {offer.version} cannot be taken. {view.name} {view.version} goes on as it is.
        </p>
        <FaultNote fault={answer.fault} />
        <div class="actions">{stayButton}</div>
        <FaultNote fault={acting.fault} />
      </>
    );
  const { preview, bundle } = answer.value;
  const { review } = preview;
  const upgrade = (): void =>
    acting.run(async () => {
      const { environment } = await core.installBundle(bundle);
      tell(
        environment === 'stage'
          ? `${preview.name} ${preview.version} stands in stage. Try it there, then take it to production.`
          : `${preview.name} ${preview.version} takes the place of ${preview.replaces}.`,
      );
      go(`/installed/${view.id}`);
    });
  return (
    <>
      {review === null ? null : <Head review={review} />}
      <ProblemList problems={preview.problems} />
      {review === null ? null : <Review review={review} agreed={agreed} onAgree={setAgreed} />}
      <FaultNote fault={acting.fault} />
      <div class="actions">
        {stayButton}
        {review === null ? null : (
          <Button
            kind="primary"
            onPress={upgrade}
            isBusy={acting.isBusy}
            permission={preview.install.allowed ? agreement(review, agreed) : preview.install}
          >
            {upgradeVerb(review)}
          </Button>
        )}
      </div>
    </>
  );
};

/** Going back is a person's own decision each time, so it is confirmed even where nothing asks for more (S47). */
const RollBack = ({ view }: { readonly view: InstallationView }) => {
  const acting = useAct();
  const live = useLive('rollbackReview', { installationId: view.id });
  const [agreed, setAgreed] = useState<readonly string[]>([]);
  const [isSure, setSure] = useState(false);
  return (
    <Loaded live={live}>
      {(review) => {
        const back = (): void =>
          acting.run(async () => {
            await core.rollBack({ installationId: view.id, version: review.to, isConfirmed: true });
            tell(`${review.name} ${review.to} runs again.`);
            go(`/installed/${view.id}`);
          });
        const unsure = { allowed: false, says: review.isUpgrade ? 'Tick that you want it.' : 'Tick that you want the older version.' };
        const permission = !view.install.allowed ? view.install : isSure ? agreement(review, agreed) : unsure;
        return (
          <>
            <Head review={review} />
            <Review review={review} agreed={agreed} onAgree={setAgreed} />
            <label class="choice">
              <input type="checkbox" checked={isSure} onChange={(event) => setSure(event.currentTarget.checked)} />
              <span>
                {review.isUpgrade ? `Run ${review.to} again` : `Run ${review.to}, although ${review.from} is newer`}
                <small class="hint">
                  The bundle of {review.to} was kept and is verified again.
                  {review.isUpgrade ? '' : ` ${review.from} is not offered again; a later version is.`}
                </small>
              </span>
            </label>
            <FaultNote fault={acting.fault} />
            <div class="actions">
              <a class="button" href={`#/installed/${view.id}`}>
                Stay on {view.version}
              </a>
              <Button kind="primary" onPress={back} isBusy={acting.isBusy} permission={permission}>
                {review.isUpgrade ? `Go forward to ${review.to}` : `Go back to ${review.to}`}
              </Button>
            </div>
          </>
        );
      }}
    </Loaded>
  );
};

const Chosen = ({ view, to }: { readonly view: InstallationView; readonly to: string | null }) => {
  // What was offered when the screen was opened: taking it ends the offer before the screen is left.
  const [offer] = useState<UpdateOffer | null>([view.update, view.declined].find((one) => one?.version === to) ?? null);
  const [isBack] = useState(view.previous !== null && view.previous.version === to);
  if (isBack) return <RollBack view={view} />;
  if (offer !== null) return <Upgrade view={view} offer={offer} />;
  return (
    <p>
      There is nothing to take: {view.name} {view.version} runs. <a href={`#/installed/${view.id}`}>Back to {view.name}</a>
    </p>
  );
};

/** Review and take an update that a feed offers, or the way back. */
export const UpgradeScreen = ({ params }: { readonly params: Readonly<Record<string, string | undefined>> }) => {
  const live = useLive('installation', { installationId: `ins_${(params['app'] ?? '').slice(4)}` });
  const to = place.value.query.get('to');
  return <Loaded live={live}>{(view) => <Chosen key={`${view.id} ${to}`} view={view} to={to} />}</Loaded>;
};
