import { createRef, type RefObject } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ConnectorView } from '../../core/views.ts';
import type { OauthAppId } from '../../domain/ids.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { TextField } from './basics.tsx';
import { ClientIdField } from './client-id-field.tsx';
import { RegisterSteps } from './register-steps.tsx';
import { SecretField } from './secret-field.tsx';

/** An OAuth app that is being typed: its secret lives in its control only. */
export type TypedApp = {
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly clientId: string;
  readonly setClientId: (clientId: string) => void;
  readonly secret: RefObject<HTMLInputElement | null>;
  /** Stores it, and with that the secret's control is empty. */
  store(): Promise<OauthAppId>;
};

export const useTypedApp = (connector: ConnectorView): TypedApp => {
  const [name, setName] = useState(`Our app at ${connector.name}`);
  const [clientId, setClientId] = useState('');
  const secret = useMemo(() => createRef<HTMLInputElement>(), []);
  const store = async (): Promise<OauthAppId> => {
    const typed = secret.current?.value.trim() ?? '';
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
    return oauthAppId;
  };
  return { name, setName, clientId, setClientId, secret, store };
};

/** What one does at the service, and what one copies from it. */
export const OwnAppFields = ({ connector, app }: { readonly connector: ConnectorView; readonly app: TypedApp }) => (
  <>
    <RegisterSteps connector={connector} />
    <TextField
      label="Name of the OAuth app"
      value={app.name}
      onChange={app.setName}
      hint="For you; a service sees it only where the client id is the address of a document."
      required
    />
    <ClientIdField connectorId={connector.id} name={app.name} value={app.clientId} onChange={app.setClientId} />
    <SecretField label={connector.truth.needsSecret ? 'Client secret' : 'Client secret (where the service gives one)'} input={app.secret} />
    <p class="hint">The secret is sealed on this device at once. It is never shown again, only replaced, and it is in no bundle.</p>
  </>
);

/** Why an OAuth app of one's own is asked for. */
export const ownAppWords = ({ name, truth }: Pick<ConnectorView, 'name' | 'truth'>): string =>
  truth.needsSecret
    ? `${name} lets nobody in without a client secret, so whoever authorizes brings an OAuth app of their own. A bundle carries none: each client is asked for theirs.`
    : `Latchkey has no registration of its own at ${name}, so whoever authorizes brings an OAuth app of their own.`;
