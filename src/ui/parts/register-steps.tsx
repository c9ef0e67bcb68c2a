import type { ConnectorView } from '../../core/views.ts';
import { Code, CopyButton } from './basics.tsx';
import { OutLink } from './out-link.tsx';

type Props = { readonly connector: Pick<ConnectorView, 'name' | 'registration' | 'redirectUri' | 'facts' | 'isSandbox'> };

/** What is done at the service first: the steps, where, and the address that it wants to know. */
export const RegisterSteps = ({ connector: { name, registration, redirectUri, facts, isSandbox } }: Props) => (
  <>
    {isSandbox ? <p>Nothing: the sandbox knows Latchkey.</p> : null}
    {registration.length === 0 ? null : (
      <ol class="numbered">
        {registration.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    )}
    {redirectUri === null || isSandbox ? null : (
      <p>
        Redirect address to register at {name}: <Code>{redirectUri}</Code>{' '}
        <CopyButton text={redirectUri} what={`redirect address for ${name}`} />
      </p>
    )}
    {facts.setupUrl === null ? null : (
      <p>
        Where it is done: <OutLink href={facts.setupUrl} />
      </p>
    )}
    {facts.docsUrl === null ? null : (
      <p>
        How the service describes it: <OutLink href={facts.docsUrl} />
      </p>
    )}
  </>
);
