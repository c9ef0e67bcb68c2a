import type { ConnectorView } from '../../core/views.ts';
import { NotVerified } from './verdict.tsx';

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeZone: 'UTC' });
const dayOf = (iso: string): string => day.format(new Date(iso));

/** How sure Latchkey is of a record, in a sentence: when it was compared, and with what. */
export const certaintyWords = ({ facts, isSandbox }: Pick<ConnectorView, 'facts' | 'isSandbox'>): string => {
  if (isSandbox) return `Verified on ${dayOf(facts.checkedOn)} against the sandbox itself, which comes with Latchkey.`;
  return facts.isVerified
    ? `Verified on ${dayOf(facts.checkedOn)} against public sources. What is not verified says so beside it.`
    : `Not verified: last looked at on ${dayOf(facts.checkedOn)}, and not confirmed. Try it before you rely on it.`;
};

/** Each thing that the record says, and whether anybody compared it with a source. */
export const FactTable = ({ facts, name }: Pick<ConnectorView, 'facts' | 'name'>) => (
  <dl class="facts">
    {facts.rows.map((row) => (
      <div key={row.name} class="fact">
        <dt>{row.label}</dt>
        <dd>
          {row.says}{' '}
          {row.isConfirmed ? (
            <span class="status ok">
              <span aria-hidden="true">●</span> verified
            </span>
          ) : (
            <NotVerified />
          )}
        </dd>
      </div>
    ))}
    {facts.docsUrl === null ? (
      <div class="fact">
        <dt>Documentation</dt>
        <dd>The record names none for {name}.</dd>
      </div>
    ) : null}
  </dl>
);
