import { useState } from 'preact/hooks';
import type { ConnectorView, OauthAppsView, OauthAppView } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, CopyButton, Empty, Loaded, Name, SelectField } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { CustomTag } from '../parts/connector.tsx';
import { Form } from '../parts/form.tsx';
import { enterAgain, OwnAppFields, useTypedApp } from '../parts/own-app-fields.tsx';

type EditorProps = { readonly view: OauthAppsView; readonly app: OauthAppView | null; readonly onDone: () => void };

/** The fields of one service's app: each has its own address to register, and takes a secret or a private key. */
const Fields = ({ connector, app, onDone }: Omit<EditorProps, 'view'> & { readonly connector: ConnectorView }) => {
  const acting = useAct();
  const typed = useTypedApp(connector, app);
  const [isConfirmed, setConfirmed] = useState(false);
  const affected = app?.usedBy ?? [];
  const save = (): void =>
    acting.run(async () => {
      await typed.store(isConfirmed);
      onDone();
    }, enterAgain);
  return (
    <Form acting={acting} onSubmit={save} submit={app === null ? 'Store the OAuth app' : `Store ${app.name}`} kind="primary">
      <OwnAppFields connector={connector} app={typed} before={app} />
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

const Editor = ({ view, app, onDone }: EditorProps) => {
  const [connectorId, setConnectorId] = useState(app?.connectorId ?? view.connectors[0]?.id ?? '');
  const live = useLive('connector', { connectorId });
  return (
    <div class="stack">
      <h3>{app === null ? 'New OAuth app' : `Change ${app.name}`}</h3>
      {app === null ? (
        <SelectField
          label="Service"
          value={connectorId}
          onChange={setConnectorId}
          options={view.connectors.map(({ id, name: label }) => ({ value: id, label }))}
        />
      ) : null}
      <Loaded live={live}>{(connector) => <Fields key={connector.id} connector={connector} app={app} onDone={onDone} />}</Loaded>
    </div>
  );
};

/** What is sealed of an app, in words. */
const sealedWords = ({ hasSecret, key }: OauthAppView): string => {
  if (key !== null) return hasSecret ? `with a sealed private key that signs with ${key.algorithm}` : 'its private key is gone';
  return hasSecret ? 'with a sealed secret' : 'public, without a secret';
};

const App = ({ app, view }: { readonly app: OauthAppView; readonly view: OauthAppsView }) => {
  const [isEditing, setEditing] = useState(false);
  return (
    <li class="card">
      <h2>
        <Name>{app.name}</Name>
      </h2>
      <p>
        {app.connectorName} <CustomTag connectorId={app.connectorId} /> · client id <Code>{app.clientId}</Code> · {sealedWords(app)}
      </p>
      {app.isByItself ? <p>Latchkey registered itself here, so there is nothing to enter or to change.</p> : null}
      {app.redirectUri === null ? null : (
        <p>
          Redirect address registered there: <Code>{app.redirectUri}</Code>{' '}
          <CopyButton text={app.redirectUri} what={`redirect address for ${app.name}`} />
        </p>
      )}
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
