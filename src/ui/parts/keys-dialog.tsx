import { type ComponentChildren, createRef } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ConnectorView } from '../../core/views.ts';
import { hostPatterns } from '../../domain/host-patterns.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { AskDialog, type Asked, AskForm, useAsked } from './ask.tsx';
import { allowHosts } from './begin.ts';
import { OutLink } from './out-link.tsx';
import { Steps } from './register-steps.tsx';
import { SecretField } from './secret-field.tsx';
import { type Values, VariableFields, wrongValues } from './variable-fields.tsx';

type Props = Asked & {
  readonly connectorId: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
};

const Place = ({ href, children }: { readonly href: string; readonly children: ComponentChildren }) => (
  <li>
    {children}: <OutLink href={href} />
  </li>
);

/** Where the values come from, as far as the record knows. */
const WhereFrom = ({ connector }: { readonly connector: ConnectorView }) => (
  <>
    <Links name={connector.name} facts={connector.facts} />
    <Steps connector={connector} />
  </>
);

const Links = ({ name, facts }: Pick<ConnectorView, 'name' | 'facts'>) =>
  facts.setupUrl === null && facts.docsUrl === null ? (
    <p class="hint">You find it in your account at {name}, usually under API keys or developer settings.</p>
  ) : (
    <ul class="plain">
      {facts.setupUrl === null ? null : <Place href={facts.setupUrl}>You find it in your account at {name}</Place>}
      {facts.docsUrl === null ? null : <Place href={facts.docsUrl}>How the service describes it</Place>}
    </ul>
  );

const KeysForm = ({
  connector,
  connectionId,
  displayName,
  environment,
  onClose,
  known,
}: Omit<Props, 'connectorId' | 'isOpen'> & { readonly connector: ConnectorView; readonly known: Values }) => {
  const acting = useAct();
  const { variables, keys } = connector;
  const { form, values, setValues, errors, accepts, typed } = useAsked(known, 'input');
  const inputs = useMemo(
    () => new Map(keys.map(({ name }) => [name, createRef<HTMLInputElement>()])),
    [keys.map(({ name }) => name).join(' ')],
  );

  /** What was typed, and with that the controls are empty. */
  const take = (): Values => {
    const taken: Record<string, string> = {};
    for (const [name, { current }] of inputs) {
      taken[name] = current?.value.trim() ?? '';
      if (current !== null) current.value = '';
    }
    return taken;
  };

  const wrongIn = (): Values => {
    const wrong: Record<string, string> = { ...wrongValues(variables, values) };
    for (const [name, { current }] of inputs) if ((current?.value.trim() ?? '') === '') wrong[name] = 'It is needed.';
    return wrong;
  };

  const submit = (): void => {
    if (!accepts(wrongIn())) return;
    acting.run(
      async () => {
        await allowHosts(hostPatterns(connector.reach, typed(variables)));
        const { account, isTried } = await core.authorizeWithKeys({
          connectionId,
          environment,
          variables: typed(variables),
          keys: take(),
        });
        tell(
          isTried
            ? `${displayName} is authorized as ${account}.`
            : `${displayName} is authorized. It was not tried: the service has no request that only looks.`,
        );
        onClose();
      },
      // What was typed is gone by now, and nobody keeps it while the vault is opened.
      () => tell('The vault is open. Enter it again.'),
    );
  };

  return (
    <AskForm
      form={form}
      acting={acting}
      onSubmit={submit}
      onClose={onClose}
      failed="Nothing was stored. A secret that was tried is cleared here."
      submit={`Authorize ${displayName}`}
    >
      <WhereFrom connector={connector} />
      {connector.facts.note === '' ? null : (
        <details>
          <summary>How sure Latchkey is of this service</summary>
          <p class="hint">{connector.facts.note}</p>
        </details>
      )}
      <VariableFields variables={variables} values={values} errors={errors} onChange={setValues} />
      {keys.map(({ name, label }) => {
        const input = inputs.get(name);
        return input === undefined ? null : <SecretField key={name} label={label} input={input} error={errors[name] ?? null} />;
      })}
      <p class="hint">
        It is tried at {connector.hosts.join(', ')}, then sealed on this device. It is never shown again, only replaced, and it is in no
        bundle.
      </p>
    </AskForm>
  );
};

/** Authorizing with what a person copies from the service: keys, a token, a user name and password. */
export const KeysDialog = ({ connectorId, isOpen, ...rest }: Props) => (
  <AskDialog verb="Authorize" connectorId={connectorId} isOpen={isOpen} {...rest}>
    {(connector, { values }) => <KeysForm connector={connector} known={values} {...rest} />}
  </AskDialog>
);
