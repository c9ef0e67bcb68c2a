import { createRef } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ConnectorView, OauthAppView } from '../../core/views.ts';
import type { OauthAppId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, FaultNote, SelectField, TextField } from './basics.tsx';
import { RegisterSteps } from './register-steps.tsx';
import { SecretField } from './secret-field.tsx';

type Props = {
  readonly connector: ConnectorView;
  readonly chosen: OauthAppId | null;
  readonly onChoose: (id: OauthAppId | null) => void;
};

const Store = ({ connector, isFirst, onChoose }: Omit<Props, 'chosen'> & { readonly isFirst: boolean }) => {
  const acting = useAct();
  const [name, setName] = useState(`Our app at ${connector.name}`);
  const [clientId, setClientId] = useState('');
  const secret = useMemo(() => createRef<HTMLInputElement>(), []);
  const store = (): void => {
    const typed = secret.current?.value.trim() ?? '';
    acting.run(
      async () => {
        if (secret.current !== null) secret.current.value = '';
        const { oauthAppId } = await core.saveOauthApp({
          oauthAppId: null,
          connectorId: connector.id,
          name,
          clientId,
          clientSecret: typed === '' ? null : typed,
          isConfirmed: false,
        });
        tell(`The OAuth app ${name} is stored.`);
        onChoose(oauthAppId);
      },
      // What was typed is gone by now, and nobody keeps it while the vault is opened.
      () => tell('The vault is open. Enter the secret again.'),
    );
  };
  return (
    <div class="stack">
      <h4>{isFirst ? 'Store your OAuth app' : 'Store another OAuth app'}</h4>
      <RegisterSteps connector={connector} />
      <TextField label="Name of the OAuth app" value={name} onChange={setName} hint="For you; the service does not see it." required />
      <TextField label="Client id" value={clientId} onChange={setClientId} required />
      <SecretField label={connector.truth.needsSecret ? 'Client secret' : 'Client secret (where the service gives one)'} input={secret} />
      <p class="hint">The secret is sealed on this device at once. It is never shown again, only replaced, and it is in no bundle.</p>
      <FaultNote fault={acting.fault} />
      <div>
        <Button onPress={store} isBusy={acting.isBusy}>
          Store the OAuth app
        </Button>
      </div>
    </div>
  );
};

const isOauthAppId = (text: string): text is OauthAppId => text.startsWith('oap_');

const Choose = ({ apps, ...props }: Props & { readonly apps: readonly OauthAppView[] }) => {
  const { connector, chosen, onChoose } = props;
  return (
    <>
      {apps.length === 0 ? null : (
        <SelectField
          label="OAuth app"
          value={chosen ?? ''}
          onChange={(id) => onChoose(isOauthAppId(id) ? id : null)}
          options={[
            { value: '', label: connector.truth.needsOwnApp ? 'Choose, or store another one' : `Of the connector ${connector.name}` },
            ...apps.map(({ id, name, clientId }) => ({ value: id, label: `${name} (${clientId})` })),
          ]}
        />
      )}
      {chosen === null ? <Store connector={connector} isFirst={apps.length === 0} onChoose={onChoose} /> : null}
    </>
  );
};

/** Which OAuth app of the account authorizes: one that is stored already, or one that is stored right here (R121). It stays on this device. */
export const OwnApp = (props: Props) => {
  const live = useLive('oauthApps', {});
  const { connector } = props;
  if (live.state === 'loading') return <p class="loading">Loading…</p>;
  return (
    <fieldset>
      <legend>Your OAuth app at {connector.name}</legend>
      <p>
        {connector.truth.needsSecret
          ? `${connector.name} lets nobody in without a client secret, so whoever authorizes brings an OAuth app of their own. A bundle carries neither: each client is asked for theirs.`
          : `Latchkey has no registration of its own at ${connector.name}, so whoever authorizes brings an OAuth app of their own.`}
      </p>
      {live.state === 'failed' ? (
        <FaultNote fault={live.fault} />
      ) : (
        <Choose {...props} apps={live.value.apps.filter(({ connectorId }) => connectorId === connector.id)} />
      )}
    </fieldset>
  );
};
