import type { ConnectorReview } from '../../core/views.ts';
import type { Acting } from '../act.ts';
import { Button, Code, FaultNote, Name } from './basics.tsx';
import { Dialog } from './dialog.tsx';

type Props = {
  readonly name: string;
  readonly isNew: boolean;
  readonly review: ConnectorReview;
  readonly acting: Acting;
  readonly onStore: () => void;
  readonly onClose: () => void;
};

const listed = (words: readonly string[]): string => new Intl.ListFormat('en').format(words);

/** What storing the change ends, before it does. */
const Ending = ({ review }: { readonly review: ConnectorReview }) =>
  review.moved.length === 0 ? (
    <p>Nothing moves where credentials go, so what is authorized stays.</p>
  ) : (
    <>
      <p>
        <strong>This changes {listed(review.moved)}.</strong> A credential goes only where whoever gave it was told (S23).
      </p>
      {review.ending.length === 0 && review.apps.length === 0 ? (
        <p>Nothing is authorized by it yet, so nothing ends.</p>
      ) : (
        <ul>
          {review.ending.map(({ name, count }) => (
            <li key={name}>
              <Name>{name}</Name>: {count === 1 ? 'its authorization is' : `its ${count} authorizations are`} withdrawn at the old
              addresses, and asked for again.
            </li>
          ))}
          {review.apps.map((app) => (
            <li key={app}>
              <Name>{app}</Name>: its client secret is deleted here and has to be entered again.
            </li>
          ))}
        </ul>
      )}
    </>
  );

/** The hosts, and what ends, before anything is stored. */
export const CustomConnectorReview = ({ name, isNew, review, acting, onStore, onClose }: Props) => {
  const count = review.ending.reduce((sum, one) => sum + one.count, 0);
  const ends = count > 0 || review.apps.length > 0;
  return (
    <Dialog title={isNew ? `Store ${name}` : `Change ${name}`} isOpen onClose={onClose}>
      <p>Codes, credentials and requests go to these hosts, and nowhere else:</p>
      <ul class="plain">
        {review.hosts.map((host) => (
          <li key={host}>
            <Code>{host}</Code>
          </li>
        ))}
      </ul>
      {review.variables.length === 0 ? null : <p>Whoever authorizes is asked for: {listed(review.variables)}.</p>}
      {review.operations.length === 0 ? null : <p>Components can be pointed at: {listed(review.operations)}.</p>}
      {isNew ? null : <Ending review={review} />}
      <p class="hint">It is marked custom wherever it shows, and goes into no bundle (R20).</p>
      <FaultNote fault={acting.fault} />
      <div class="actions">
        <Button onPress={onClose}>Back to the form</Button>
        <Button kind={ends ? 'danger' : 'primary'} onPress={onStore} isBusy={acting.isBusy}>
          {isNew ? 'Store the connector' : ends ? 'Store the change and withdraw' : 'Store the change'}
        </Button>
      </div>
    </Dialog>
  );
};
