import type { ConnectorView } from '../../core/views.ts';
import { GENERAL_STEPS } from '../../domain/registration.ts';
import { Code, CopyButton } from './basics.tsx';
import { OutLink } from './out-link.tsx';
import { isFactConfirmed, NotVerified } from './verdict.tsx';

type StepsProps = { readonly connector: Pick<ConnectorView, 'registration' | 'isRegistrationGeneral' | 'facts'> };

/** What is done at the service, step by step, and how sure that is. */
export const Steps = ({ connector: { registration, isRegistrationGeneral, facts } }: StepsProps) =>
  registration.length === 0 ? null : (
    <>
      {isRegistrationGeneral || !isFactConfirmed(facts, 'registration') ? (
        <p class="hint">
          {isRegistrationGeneral ? `${GENERAL_STEPS}.` : 'Nobody compared these steps with the service:'} <NotVerified />
        </p>
      ) : null}
      <ol class="numbered">
        {registration.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </>
  );

type Props = StepsProps & { readonly connector: Pick<ConnectorView, 'name' | 'redirectUri' | 'isSandbox'> };

/** What is done at the service first: the steps, where, and the address that it wants to know. */
export const RegisterSteps = ({ connector }: Props) => {
  const { name, redirectUri, facts, isSandbox } = connector;
  return (
    <>
      {isSandbox ? <p>Nothing: the sandbox knows Latchkey.</p> : null}
      <Steps connector={connector} />
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
};
