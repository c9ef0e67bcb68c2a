import { createRef, type RefObject } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { ConnectorView, OauthAppView } from '../../core/views.ts';
import type { OauthAppId } from '../../domain/ids.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { TextField } from './basics.tsx';
import { ClientIdField } from './client-id-field.tsx';
import { RegisterSteps } from './register-steps.tsx';
import { SecretField } from './secret-field.tsx';
import { SigningKeyFields } from './signing-key-fields.tsx';
import { createTypedSecret } from './typed-secret.ts';

/** To be said once the vault is open: what was typed is gone by then. */
export const enterAgain = (): void => tell('The vault is open. Enter the secret again.');

/** An OAuth app that is being typed: its secret lives in its control only. */
export type TypedApp = {
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly clientId: string;
  readonly setClientId: (clientId: string) => void;
  /** Whom a private key speaks for, where that is somebody else. */
  readonly subject: string;
  readonly setSubject: (subject: string) => void;
  /** The client secret, or the private key. */
  readonly secret: RefObject<HTMLInputElement | null>;
  /** Stores it, and with that the secret's control is empty; confirmed where that affects connections (R121). Throws what `hand` does. */
  store(isConfirmed?: boolean): Promise<OauthAppId>;
};

export const useTypedApp = (connector: ConnectorView, before: OauthAppView | null = null): TypedApp => {
  const [name, setName] = useState(before?.name ?? `Our ${connector.appCredential === 'account-key' ? 'key' : 'app'} at ${connector.name}`);
  const [clientId, setClientId] = useState(before?.clientId ?? '');
  const [subject, setSubject] = useState(before?.key?.subject ?? '');
  const secret = useMemo(() => createRef<HTMLInputElement>(), []);
  const typed = useMemo(createTypedSecret, []);
  const store = async (isConfirmed = false): Promise<OauthAppId> => {
    const app = { oauthAppId: before?.id ?? null, connectorId: connector.id, name, isConfirmed };
    const isShared = connector.appCredential === 'secret' || connector.appCredential === 'certificate';
    const { oauthAppId } = await typed.hand(secret.current, (entered) =>
      isShared
        ? core.saveOauthApp({ ...app, clientId, clientSecret: entered })
        : core.saveSigningKey({ ...app, issuer: clientId.trim(), subject: subject.trim(), key: entered }),
    );
    tell(`${name} is stored.`);
    return oauthAppId;
  };
  return { name, setName, clientId, setClientId, subject, setSubject, secret, store };
};

/** What one does at the service, and what one copies from it. */
type FieldsProps = { readonly connector: ConnectorView; readonly app: TypedApp; readonly before?: OauthAppView | null };

const SecretFields = ({ connector, app, before }: FieldsProps) => (
  <>
    <ClientIdField connectorId={connector.id} name={app.name} value={app.clientId} onChange={app.setClientId} />
    <SecretField
      label={
        before?.hasSecret === true
          ? 'Client secret (empty leaves the stored one)'
          : connector.truth.needsSecret
            ? 'Client secret'
            : 'Client secret (where the service gives one)'
      }
      input={app.secret}
    />
    <p class="hint">The secret is sealed on this device at once. It is never shown again, only replaced, and it is in no bundle.</p>
  </>
);

const CertificateFields = ({ connector, app }: FieldsProps) => (
  <>
    <ClientIdField connectorId={connector.id} name={app.name} value={app.clientId} onChange={app.setClientId} />
    <p class="hint">
      There is no secret: this browser presents the certificate that was registered for the app. Install it in the browser and choose it
      when it asks; Latchkey never sees its key (RFC 8705).
    </p>
  </>
);

export const OwnAppFields = ({ connector, app, before = null }: FieldsProps) => (
  <>
    <RegisterSteps connector={connector} />
    <TextField
      label={connector.appCredential === 'account-key' ? 'Name of the key' : 'Name of the OAuth app'}
      value={app.name}
      onChange={app.setName}
      hint="For you; only a document to host says it to the service."
      required
    />
    {connector.appCredential === 'certificate' ? (
      <CertificateFields connector={connector} app={app} />
    ) : connector.appCredential === 'secret' ? (
      <SecretFields connector={connector} app={app} before={before} />
    ) : (
      <SigningKeyFields connector={connector} app={app} isStored={before?.hasSecret === true} />
    )}
  </>
);

/** Why an OAuth app of one's own is asked for. */
export const ownAppWords = ({ name, truth, appCredential }: Pick<ConnectorView, 'name' | 'truth' | 'appCredential'>): string => {
  if (appCredential === 'account-key')
    return `${name} gives a service account a private key, and whoever authorizes brings theirs. A bundle carries none: each client is asked for theirs.`;
  if (appCredential === 'client-key')
    return `${name} knows an app by its private key, so whoever authorizes brings an OAuth app of their own with one. A bundle carries none: each client is asked for theirs.`;
  return truth.needsSecret
    ? `${name} lets nobody in without a client secret, so whoever authorizes brings an OAuth app of their own. A bundle carries none: each client is asked for theirs.`
    : `Latchkey has no registration of its own at ${name}, so whoever authorizes brings an OAuth app of their own.`;
};
