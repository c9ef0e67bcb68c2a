import { useState } from 'preact/hooks';
import { platform } from '#platform';
import { clientIdAddressProblem, isClientIdAddress } from '../../domain/client-id-address.ts';
import type { Known } from '../../domain/connector.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { Button, CopyButton, FaultNote, Raw, TextField } from './basics.tsx';

const TAKEN: Readonly<Record<Known, string>> = {
  yes: 'The service says that it takes such documents.',
  no: 'The service says that it takes no such document.',
  unknown: 'Whether the service takes such documents could not be asked; its documentation may say so.',
};

type Described = { readonly clientId: string; readonly document: string; readonly isTaken: Known };

/** The document that a client id leads to: Latchkey has no server, so whoever owns the address puts it there. */
const DocumentToHost = ({
  connectorId,
  name,
  clientId,
}: {
  readonly connectorId: string;
  readonly name: string;
  readonly clientId: string;
}) => {
  const acting = useAct();
  const [described, setDescribed] = useState<Described | null>(null);
  const problem = clientIdAddressProblem(clientId);
  if (problem !== null) return <p class="note warn">▲ No service can take this address for a client id: {problem}.</p>;
  const show = (): void =>
    acting.run(async () => setDescribed({ clientId, ...(await core.describeClientId({ connectorId, name, clientId })) }));
  return (
    <div class="stack">
      <p class="hint">This client id is the address of a document that says who asks. You host it there, and no client secret is needed.</p>
      {described?.clientId === clientId ? (
        <>
          <p>{TAKEN[described.isTaken]}</p>
          <Raw>{described.document}</Raw>
          <p class="hint">Add the redirect addresses of every other place where you use Latchkey with it.</p>
          <div class="actions">
            <CopyButton text={described.document} what="the document to host" />
            <Button onPress={() => platform.download('client-id-document.json', described.document)}>Save the document</Button>
          </div>
        </>
      ) : (
        <div>
          <Button onPress={show} isBusy={acting.isBusy}>
            Show the document to host
          </Button>
        </div>
      )}
      <FaultNote fault={acting.fault} />
    </div>
  );
};

type Props = {
  readonly connectorId: string;
  /** What the OAuth app is called; people see it at the service. */
  readonly name: string;
  readonly value: string;
  readonly onChange: (clientId: string) => void;
};

/** What the service calls the app; where it takes one, the address of a document that the developer hosts. */
export const ClientIdField = ({ connectorId, name, value, onChange }: Props) => {
  const clientId = value.trim();
  return (
    <>
      <TextField
        label="Client id"
        value={value}
        onChange={onChange}
        hint="Where the service takes one, the https address of a document that you host."
        required
      />
      {isClientIdAddress(clientId) ? <DocumentToHost connectorId={connectorId} name={name} clientId={clientId} /> : null}
    </>
  );
};
