import { useState } from 'preact/hooks';
import type { OauthAppsView, OauthAppView } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, CopyButton, Empty, Field, Loaded, Name, SelectField, TextField } from '../parts/basics.tsx';
import { ClientIdField } from '../parts/client-id-field.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Form } from '../parts/form.tsx';
import { RegisterSteps } from '../parts/register-steps.tsx';

/** What is done at the chosen service, with the address to register there: each has its own. */
const Steps = ({ connectorId }: { readonly connectorId: string }) => {
  const live = useLive('connector', { connectorId });
  return <Loaded live={live}>{(connector) => <RegisterSteps connector={connector} />}</Loaded>;
};

const Editor = ({
  view,
  app,
  onDone,
}: {
  readonly view: OauthAppsView;
  readonly app: OauthAppView | null;
  readonly onDone: () => void;
}) => {
  const acting = useAct();
  const [connectorId, setConnectorId] = useState(app?.connectorId ?? view.connectors[0]?.id ?? '');
  const [name, setName] = useState(app?.name ?? '');
  const [clientId, setClientId] = useState(app?.clientId ?? '');
  const [secret, setSecret] = useState('');
  const [isConfirmed, setConfirmed] = useState(false);
  const affected = app?.usedBy ?? [];
  const save = (): void =>
    acting.run(async () => {
      await core.saveOauthApp({
        oauthAppId: app?.id ?? null,
        connectorId,
        name,
        clientId,
        clientSecret: secret === '' ? null : secret,
        isConfirmed,
      });
      setSecret('');
      tell(`The OAuth app ${name} is stored.`);
      onDone();
    });
  return (
    <Form acting={acting} onSubmit={save} submit={app === null ? 'Store the OAuth app' : `Store ${app.name}`} kind="primary">
      <h3>{app === null ? 'New OAuth app' : `Change ${app.name}`}</h3>
      {app === null ? (
        <SelectField
          label="Service"
          value={connectorId}
          onChange={setConnectorId}
          options={view.connectors.map(({ id, name: label }) => ({ value: id, label }))}
        />
      ) : null}
      {connectorId === '' ? null : <Steps connectorId={connectorId} />}
      <TextField label="Name of the OAuth app" value={name} onChange={setName} required />
      <ClientIdField connectorId={connectorId} name={name} value={clientId} onChange={setClientId} />
      <Field
        label={app?.hasSecret === true ? 'Client secret (empty leaves the stored one)' : 'Client secret (optional)'}
        hint="It is sealed at once and never shown again. A public client has none."
      >
        {({ id, describedBy }) => (
          <input
            id={id}
            type="password"
            value={secret}
            aria-describedby={describedBy}
            autocomplete="off"
            onInput={(event) => setSecret(event.currentTarget.value)}
          />
        )}
      </Field>
      {affected.length === 0 ? null : (
        <label class="choice">
          <input type="checkbox" checked={isConfirmed} onChange={(event) => setConfirmed(event.currentTarget.checked)} />
          <span>Change it although it affects {affected.join(', ')}: with another client id they must be authorized again (R121)</span>
        </label>
      )}
      <Button onPress={onDone}>Cancel</Button>
    </Form>
  );
};

const App = ({ app, view }: { readonly app: OauthAppView; readonly view: OauthAppsView }) => {
  const [isEditing, setEditing] = useState(false);
  return (
    <li class="card">
      <h2>
        <Name>{app.name}</Name>
      </h2>
      <p>
        {app.connectorName} · client id <Code>{app.clientId}</Code> · {app.hasSecret ? 'with a sealed secret' : 'public, without a secret'}
      </p>
      {app.isByItself ? <p>Latchkey registered itself here, so there is nothing to enter or to change.</p> : null}
      <p>
        Redirect address registered there: <Code>{app.redirectUri}</Code>{' '}
        <CopyButton text={app.redirectUri} what={`redirect address for ${app.name}`} />
      </p>
      <p class="hint">{app.usedBy.length === 0 ? 'No connection uses it.' : `Used by ${app.usedBy.join(', ')}.`}</p>
      {isEditing ? (
        <Editor view={view} app={app} onDone={() => setEditing(false)} />
      ) : (
        <div class="actions">
          {app.isByItself ? null : (
            <Button onPress={() => setEditing(true)} label={`Change ${app.name}`}>
              Change
            </Button>
          )}
          <Confirm
            verb="Delete…"
            title={`Delete… the OAuth app ${app.name}`}
            confirm={`Delete ${app.name}`}
            permission={
              app.usedBy.length === 0 || app.isByItself
                ? { allowed: true, says: null }
                : { allowed: false, says: `In use by ${app.usedBy.join(', ')} (R121).` }
            }
            act={async () => {
              await core.deleteOauthApp({ oauthAppId: app.id });
              tell(`The OAuth app ${app.name} is deleted.`);
            }}
          >
            {app.isByItself ? (
              <p>
                {app.usedBy.length === 0 ? '' : `${app.usedBy.join(', ')} must be authorized again. `}
                Latchkey registers itself anew at the next authorization: that is the way out when the service says that it does not know
                Latchkey. What was registered stays there.
              </p>
            ) : (
              <p>Its secret is deleted here. The service keeps its registration until you remove it there.</p>
            )}
          </Confirm>
        </div>
      )}
    </li>
  );
};

/** The account's own registrations at services ("bring your own app", R121). */
export const OauthApps = () => {
  const live = useLive('oauthApps', {});
  const [isAdding, setAdding] = useState(false);
  return (
    <Loaded live={live}>
      {(view) => (
        <>
          <p class="lead">
            Where a service wants your own registration, or you prefer it: register an OAuth app there, store it here, and choose it on a
            connection.
          </p>
          {view.apps.length === 0 ? <Empty title="There is no OAuth app yet." /> : null}
          <ul class="cards">
            {view.apps.map((app) => (
              <App key={app.id} app={app} view={view} />
            ))}
          </ul>
          {isAdding ? (
            <Editor view={view} app={null} onDone={() => setAdding(false)} />
          ) : (
            <Button onPress={() => setAdding(true)}>Add OAuth app</Button>
          )}
        </>
      )}
    </Loaded>
  );
};
