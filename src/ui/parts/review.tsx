import type { ReviewLine, UpgradeReview } from '../../core/views.ts';
import type { ReviewGroup } from '../../domain/review.ts';
import { Code, Name } from './basics.tsx';
import { Host } from './host.tsx';
import { PartChanges } from './part-changes.tsx';
import { AskedScope } from './scope-list.tsx';

const GROUPS: Readonly<Record<ReviewGroup, { readonly title: string; readonly sign: string; readonly hint: string }>> = {
  more: {
    title: 'More access',
    sign: '▲',
    hint: 'Tick each that you agree to. A connection works with what it had until it is authorized again.',
  },
  less: { title: 'Less access', sign: '▼', hint: 'Authorizations stay; they are asked for less from now on.' },
  new: { title: 'New', sign: '+', hint: 'Nothing is granted by taking it.' },
  removed: {
    title: 'Removed',
    sign: '−',
    hint: 'The connection and its authorization stay, marked as no longer used, until a manager removes them.',
  },
  changed: { title: 'Type or name changed', sign: '~', hint: 'Link names stay as they are.' },
  components: { title: 'Components', sign: '~', hint: 'Entries stay as they are.' },
};

/** Lines that ask for more have to be agreed to one by one. */
export const toAgree = ({ lines }: UpgradeReview): readonly string[] =>
  lines.filter(({ group }) => group === 'more').map(({ linkName }) => linkName);

const Details = ({ line }: { readonly line: ReviewLine }) => {
  // What is removed as a whole needs no list of what goes with it.
  const less = line.group === 'removed' ? [] : line.lessScopes;
  const scopes = [...line.moreScopes, ...less];
  return (
    <>
      <PartChanges name={line.name} says={line.says} writes={line.writes} edits={line.edits} />
      {scopes.length + line.moreHosts.length + line.lessHosts.length === 0 ? null : (
        <ul class="plain">
          {line.moreScopes.map((scope) => (
            <li key={`+${scope.name}`}>
              + <AskedScope scope={scope} />
            </li>
          ))}
          {less.map(({ name, sentence }) => (
            <li key={`-${name}`}>
              − {sentence} <Code>{name}</Code>
            </li>
          ))}
          {line.moreHosts.map((host) => (
            <li key={`+${host}`}>
              + reaches <Host host={host} />
            </li>
          ))}
          {line.lessHosts.map((host) => (
            <li key={`-${host}`}>
              − no longer reaches <Host host={host} />
            </li>
          ))}
        </ul>
      )}
      {line.stops.length === 0 ? null : <p>Used so far by {line.stops.join(', ')}.</p>}
      {line.consent === null ? null : (
        <p class="hint">{line.consent === 'again' ? 'Has to be authorized again.' : 'Not connected until somebody authorizes it.'}</p>
      )}
    </>
  );
};

type Props = {
  readonly review: UpgradeReview;
  readonly agreed: readonly string[];
  readonly onAgree: (agreed: readonly string[]) => void;
};

const Title = ({ line }: { readonly line: ReviewLine }) => (
  <>
    <Name>{line.name}</Name>{' '}
    {line.connectorName === null || line.connectorName === line.name ? null : <span class="hint">{line.connectorName}</span>}
  </>
);

/** What changes between two versions: what asks for more first, what stays folded away (UX 5). */
export const Review = ({ review, agreed, onAgree }: Props) => {
  const groups = (Object.keys(GROUPS) as ReviewGroup[]).map((group) => ({
    group,
    ...GROUPS[group],
    lines: review.lines.filter((line) => line.group === group),
  }));
  const toggle = (linkName: string, isOn: boolean): void =>
    onAgree(isOn ? [...agreed, linkName] : agreed.filter((one) => one !== linkName));
  return (
    <>
      {review.lines.length === 0 ? <p>Connections and components stay as they are.</p> : null}
      {groups
        .filter(({ lines }) => lines.length > 0)
        .map(({ group, title, sign, hint, lines }) => (
          <section key={group} class="card" aria-labelledby={`review-${group}`}>
            <h3 id={`review-${group}`}>
              <span aria-hidden="true">{sign}</span> {title}
            </h3>
            <p class="hint">{hint}</p>
            {lines.map((line) => (
              <div key={line.linkName} class="review-line">
                {group === 'more' ? (
                  <label class="choice">
                    <input
                      type="checkbox"
                      checked={agreed.includes(line.linkName)}
                      onChange={(event) => toggle(line.linkName, event.currentTarget.checked)}
                    />
                    <strong>
                      <Title line={line} />
                    </strong>
                  </label>
                ) : (
                  <p>
                    <strong>
                      <Title line={line} />
                    </strong>
                  </p>
                )}
                <Details line={line} />
              </div>
            ))}
          </section>
        ))}
      {review.unchanged.length === 0 ? null : (
        <details class="card">
          <summary>
            {review.unchanged.length} {review.unchanged.length === 1 ? 'part stays as it is' : 'parts stay as they are'}
          </summary>
          <ul>
            {review.unchanged.map((name) => (
              <li key={name}>
                <Name>{name}</Name>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
};

/** A button that waits for every tick says so. */
export const agreement = (
  review: UpgradeReview,
  agreed: readonly string[],
): { readonly allowed: boolean; readonly says: string | null } => {
  const left = toAgree(review).filter((linkName) => !agreed.includes(linkName)).length;
  return left === 0
    ? { allowed: true, says: null }
    : { allowed: false, says: left === 1 ? 'Tick the one that asks for more.' : `Tick each of the ${left} that ask for more.` };
};

export const upgradeVerb = (review: UpgradeReview): string => {
  const count = toAgree(review).length;
  return count === 0 ? `Upgrade to ${review.to}` : `Upgrade and approve ${count}`;
};
