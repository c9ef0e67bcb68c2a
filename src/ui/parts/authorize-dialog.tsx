import { useState } from 'preact/hooks';
import { platform } from '#platform';
import type { AuthorizeWay, AuthorizingView, ConnectorView } from '../../core/views.ts';
import { hostPatterns } from '../../domain/host-patterns.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { AskDialog, type Asked, AskForm, useAsked } from './ask.tsx';
import { allowHosts, beginBy } from './begin.ts';
import { HereNote } from './here-note.tsx';
import { AppChoice } from './own-app.tsx';
import { OwnAppFields, ownAppWords, useTypedApp } from './own-app-fields.tsx';
import { VariableFields, wrongValues } from './variable-fields.tsx';

type Props = Asked & {
  readonly connectorId: string;
  readonly way: AuthorizeWay;
  /** Another account takes the place of the one that is there (R77). */
  readonly isSwitch: boolean;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** The browser opened no window: the page to offer as a link. */
  readonly onBlocked: (url: string) => void;
};

const verbOf = (isSwitch: boolean): string => (isSwitch ? 'Switch account of' : 'Authorize');

type FormProps = Omit<Props, 'connectorId' | 'isOpen'> & { readonly connector: ConnectorView; readonly known: AuthorizingView };

const AccountForm = ({ connector, known, way, connectionId, displayName, environment, isSwitch, onClose, onBlocked }: FormProps) => {
  const acting = useAct();
  const { listed } = connector;
  const variables = connector.variables.filter(({ name }) => connector.typed.includes(name) || listed.includes(name));
  // Which organization was meant is said of the account that was there.
  const start = isSwitch ? Object.fromEntries(Object.entries(known.values).filter(([name]) => !listed.includes(name))) : known.values;
  const { form, values, setValues, errors, accepts, typed } = useAsked(start, 'input, select');
  const given = (): Record<string, string> =>
    Object.fromEntries(Object.entries(typed(variables)).filter(([name, value]) => value !== '' || !listed.includes(name)));
  const [chosen, setChosen] = useState(known.oauthAppId ?? known.apps[0]?.id ?? null);
  const app = useTypedApp(connector);
  const isAppAsked = connector.truth.needsOwnApp;
  const isAppTyped = isAppAsked && chosen === null && known.credentials.allowed;

  const begin = async (): Promise<string | null> => {
    const oauthAppId = isAppTyped ? await app.store() : chosen;
    if (isAppTyped) setChosen(oauthAppId);
    if (isAppAsked && oauthAppId !== known.oauthAppId) await core.chooseOauthApp({ connectionId, oauthAppId });
    const call = { connectionId, environment, variables: given() };
    return isSwitch ? (await core.switchAuthorization(call)).url : beginBy(way.begins, call);
  };

  const submit = (): void => {
    if (!accepts(wrongValues(variables, values, listed))) return;
    // Before anything is awaited: a browser opens windows only inside the click.
    const provider = way.begins === 'page' ? platform.openProvider() : null;
    acting.run(
      async () => {
        try {
          await allowHosts(hostPatterns(connector.reach, { ...known.values, ...given() }));
          const url = await begin();
          onClose();
          if (url === null || provider === null) return;
          if (provider.isBlocked) onBlocked(url);
          else provider.show(url);
        } catch (error) {
          provider?.close();
          throw error;
        }
      },
      () => tell('The vault is open. Authorize again; a secret that you typed has to be entered anew.'),
    );
  };

  return (
    <AskForm
      form={form}
      acting={acting}
      onSubmit={submit}
      onClose={onClose}
      failed="Nothing was authorized."
      submit={`${verbOf(isSwitch)} ${displayName}`}
      {...(isAppAsked && known.oauthAppId === null ? { permission: known.credentials } : {})}
    >
      <HereNote connector={connector} />
      {variables.length === 0 ? null : (
        <>
          <p class="hint">This belongs to your account at {connector.name}. It is no part of the connection, and in no bundle (R59).</p>
          <VariableFields variables={variables} values={values} errors={errors} onChange={setValues} optional={listed} />
        </>
      )}
      {isAppAsked ? (
        <fieldset>
          <legend>
            Your {connector.appCredential === 'account-key' ? 'key' : 'OAuth app'} at {connector.name}
          </legend>
          <p>{ownAppWords(connector)}</p>
          {known.credentials.allowed ? (
            <>
              <AppChoice apps={known.apps} chosen={chosen} onChoose={setChosen} />
              {isAppTyped ? <OwnAppFields connector={connector} app={app} /> : null}
            </>
          ) : known.oauthAppId === null ? (
            <p class="note warn">▲ {known.credentials.says}</p>
          ) : null}
        </fieldset>
      ) : null}
    </AskForm>
  );
};

/** What belongs to the account is asked for, then the service's page opens in the same click (R59, R121). */
export const AuthorizeDialog = ({ connectorId, isOpen, ...rest }: Props) => (
  <AskDialog verb={verbOf(rest.isSwitch)} connectorId={connectorId} isOpen={isOpen} {...rest}>
    {(connector, known) => <AccountForm connector={connector} known={known} {...rest} />}
  </AskDialog>
);
