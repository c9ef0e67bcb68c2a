import type { ConnectorView, OauthAppView } from '../../core/views.ts';
import type { OauthAppId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { useLive } from '../live.ts';
import { Button, FaultNote, SelectField } from './basics.tsx';
import { enterAgain, OwnAppFields, ownAppWords, useTypedApp } from './own-app-fields.tsx';

type Props = {
  readonly connector: ConnectorView;
  readonly chosen: OauthAppId | null;
  readonly onChoose: (id: OauthAppId | null) => void;
};

const Store = ({ connector, isFirst, onChoose }: Omit<Props, 'chosen'> & { readonly isFirst: boolean }) => {
  const acting = useAct();
  const app = useTypedApp(connector);
  const store = (): void => acting.run(async () => onChoose(await app.store()), enterAgain);
  return (
    <div class="stack">
      <h4>{isFirst ? 'Store your OAuth app' : 'Store another OAuth app'}</h4>
      <OwnAppFields connector={connector} app={app} />
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

type ChoiceProps = Pick<Props, 'chosen' | 'onChoose'> & { readonly apps: readonly Pick<OauthAppView, 'id' | 'name' | 'clientId'>[] };

/** One of the OAuth apps that are stored already, or another one. */
export const AppChoice = ({ apps, chosen, onChoose }: ChoiceProps) =>
  apps.length === 0 ? null : (
    <SelectField
      label="OAuth app"
      value={chosen ?? ''}
      onChange={(id) => onChoose(isOauthAppId(id) ? id : null)}
      options={[
        ...apps.map(({ id, name, clientId }) => ({ value: id, label: `${name} (${clientId})` })),
        { value: '', label: 'Another one, stored here' },
      ]}
    />
  );

/** Which OAuth app of the account authorizes: one that is stored already, or one that is stored right here (R121). It stays on this device. */
export const OwnApp = ({ connector, chosen, onChoose }: Props) => {
  const live = useLive('oauthApps', {});
  if (live.state === 'loading') return <p class="loading">Loading…</p>;
  const apps = live.state === 'ready' ? live.value.apps.filter(({ connectorId }) => connectorId === connector.id) : [];
  return (
    <fieldset>
      <legend>
        Your {connector.appCredential === 'account-key' ? 'key' : 'OAuth app'} at {connector.name}
      </legend>
      <p>{ownAppWords(connector)} You can do it later too, when you authorize.</p>
      {live.state === 'failed' ? <FaultNote fault={live.fault} /> : <AppChoice apps={apps} chosen={chosen} onChoose={onChoose} />}
      {chosen === null && live.state === 'ready' ? <Store connector={connector} isFirst={apps.length === 0} onChoose={onChoose} /> : null}
    </fieldset>
  );
};
