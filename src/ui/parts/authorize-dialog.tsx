import { useEffect, useRef, useState } from 'preact/hooks';
import { platform } from '#platform';
import type { AuthorizeWay, AuthorizingView, ConnectorView } from '../../core/views.ts';
import { ENVIRONMENT_LABELS, type Environment } from '../../domain/environment.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, FaultNote, Loaded } from './basics.tsx';
import { allowHosts, beginBy } from './begin.ts';
import { Dialog } from './dialog.tsx';
import { HereNote } from './here-note.tsx';
import { AppChoice } from './own-app.tsx';
import { OwnAppFields, ownAppWords, useTypedApp } from './own-app-fields.tsx';
import { type Values, VariableFields, wrongValues } from './variable-fields.tsx';

type Props = {
  readonly connectionId: ConnectionId;
  readonly connectorId: string;
  readonly way: AuthorizeWay;
  readonly displayName: string;
  readonly environment: Environment;
  /** Another account takes the place of the one that is there (R77). */
  readonly isSwitch: boolean;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** The browser opened no window: the page to offer as a link. */
  readonly onBlocked: (url: string) => void;
};

type FormProps = Omit<Props, 'connectorId' | 'isOpen'> & { readonly connector: ConnectorView; readonly known: AuthorizingView };

const AskForm = ({ connector, known, way, connectionId, displayName, environment, isSwitch, onClose, onBlocked }: FormProps) => {
  const acting = useAct();
  const variables = connector.variables.filter(({ name }) => connector.typed.includes(name));
  const [values, setValues] = useState<Values>(known.values);
  const [errors, setErrors] = useState<Values>({});
  const [chosen, setChosen] = useState(known.oauthAppId ?? known.apps[0]?.id ?? null);
  const app = useTypedApp(connector);
  const form = useRef<HTMLFormElement>(null);
  const focusOn = (selector: string): void => form.current?.querySelector<HTMLElement>(selector)?.focus();
  // The dialog stands open before its fields are there.
  useEffect(() => focusOn('input, select'), []);
  const isAppAsked = connector.truth.needsOwnApp;
  const isAppTyped = isAppAsked && chosen === null && known.credentials.allowed;

  const begin = async (): Promise<string | null> => {
    const oauthAppId = isAppTyped ? await app.store() : chosen;
    if (isAppTyped) setChosen(oauthAppId);
    if (isAppAsked && oauthAppId !== known.oauthAppId) await core.chooseOauthApp({ connectionId, oauthAppId });
    const typed = Object.fromEntries(variables.map(({ name }) => [name, (values[name] ?? '').trim()]));
    const call = { connectionId, environment, variables: typed };
    return isSwitch ? (await core.switchAuthorization(call)).url : beginBy(way.begins, call);
  };

  const submit = (): void => {
    const wrong = wrongValues(variables, values);
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) {
      requestAnimationFrame(() => focusOn('[aria-invalid]'));
      return;
    }
    // Before anything is awaited: a browser opens windows only inside the click.
    const provider = way.begins === 'page' ? platform.openProvider() : null;
    acting.run(
      async () => {
        try {
          await allowHosts(way);
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
    <form
      ref={form}
      class="form"
      noValidate
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <HereNote connector={connector} />
      {variables.length === 0 ? null : (
        <>
          <p class="hint">This belongs to your account at {connector.name}. It is no part of the connection, and in no bundle (R59).</p>
          <VariableFields variables={variables} values={values} errors={errors} onChange={setValues} />
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
      <FaultNote fault={acting.fault}>
        <p>Nothing was authorized.</p>
      </FaultNote>
      <div class="actions">
        <Button onPress={onClose}>Cancel</Button>
        <Button
          type="submit"
          kind="primary"
          onPress={submit}
          isBusy={acting.isBusy}
          {...(isAppAsked && known.oauthAppId === null ? { permission: known.credentials } : {})}
        >
          {isSwitch ? 'Switch account of' : 'Authorize'} {displayName}
        </Button>
      </div>
    </form>
  );
};

const Ask = ({ connectorId, ...rest }: Omit<Props, 'isOpen'>) => {
  const connector = useLive('connector', { connectorId });
  const known = useLive('authorizing', { connectionId: rest.connectionId, environment: rest.environment });
  return (
    <Loaded live={connector}>
      {(found) => <Loaded live={known}>{(view) => <AskForm connector={found} known={view} {...rest} />}</Loaded>}
    </Loaded>
  );
};

/** What belongs to the account is asked for, then the service's page opens in the same click (R59, R121). */
export const AuthorizeDialog = ({ isOpen, ...rest }: Props) => (
  <Dialog
    title={`${rest.isSwitch ? 'Switch account of' : 'Authorize'} ${rest.displayName} in ${ENVIRONMENT_LABELS[rest.environment].name}`}
    isOpen={isOpen}
    onClose={rest.onClose}
  >
    {isOpen ? <Ask {...rest} /> : null}
  </Dialog>
);
