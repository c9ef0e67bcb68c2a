import { useState } from 'preact/hooks';
import type { ConnectorView } from '../../core/views.ts';
import type { SigningAlgorithm } from '../../domain/oauth-app.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { readExactly } from '../incoming.ts';
import { FaultNote, FileField, TextField } from './basics.tsx';
import type { TypedApp } from './own-app-fields.tsx';
import { SecretField } from './secret-field.tsx';

type Read = { readonly issuer: string | null; readonly keyId: string | null; readonly algorithm: SigningAlgorithm };

const readWords = ({ issuer, keyId, algorithm }: Read): string =>
  `Read: a private key${issuer === null ? '' : ` of ${issuer}`} that signs with ${algorithm}${keyId === null ? '' : `, key id ${keyId}`}.`;

type Props = {
  readonly connector: Pick<ConnectorView, 'name' | 'appCredential'>;
  readonly app: TypedApp;
  /** A stored key may stay as it is. */
  readonly isStored: boolean;
};

/** A private key in the place of a client secret: chosen as a file or pasted, and what it says of itself, never the key (RFC 7523). */
export const SigningKeyFields = ({ connector, app, isStored }: Props) => {
  const acting = useAct();
  const [read, setRead] = useState<Read | null>(null);
  const look = (): void => {
    const key = app.secret.current?.value.trim() ?? '';
    setRead(null);
    acting.clear();
    if (key === '') return;
    acting.run(async () => {
      const found = await core.readSigningKey({ key });
      setRead(found);
      if (found.issuer !== null && connector.appCredential === 'account-key') app.setClientId(found.issuer);
    });
  };
  const choose = async (file: File): Promise<void> => {
    const text = await readExactly(file);
    if (app.secret.current !== null) app.secret.current.value = text;
    look();
  };
  const isAssertion = connector.appCredential === 'account-key';
  return (
    <>
      <FileField label={`Key file of ${connector.name}`} accept=".json,.pem,.key,.jwk" onFile={(file) => void choose(file)} />
      <SecretField
        label={isStored ? 'Private key (empty leaves the stored one)' : 'Private key, or what stands in the key file'}
        input={app.secret}
        onChange={look}
      />
      {read === null ? null : <p role="status">{readWords(read)}</p>}
      <FaultNote fault={acting.fault} />
      <TextField
        label={isAssertion ? 'Whose key it is' : 'Client id'}
        value={app.clientId}
        onChange={app.setClientId}
        hint={isAssertion ? 'The service account, or the client id. A key file of the service says it.' : 'What the service calls the app.'}
        required
      />
      {isAssertion ? (
        <TextField
          label="Whom it speaks for (optional)"
          value={app.subject}
          onChange={app.setSubject}
          hint="Where the service wants a person named beside the service account."
        />
      ) : null}
      <p class="hint">The key is sealed on this device at once. It is never shown again, only replaced, and it is in no bundle.</p>
    </>
  );
};
