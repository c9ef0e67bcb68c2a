import { useState } from 'preact/hooks';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Empty, Loaded, Name, TextField, When } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Form } from '../parts/form.tsx';

export const NewClient = () => {
  const acting = useAct();
  const [name, setName] = useState('');
  const add = (): void =>
    acting.run(async () => {
      await core.addClient({ name });
      setName('');
      tell(`${name} is a client now.`);
    });
  return (
    <Form acting={acting} onSubmit={add} submit="Add client" isInline>
      <TextField label="Name of the new client" value={name} onChange={setName} required />
    </Form>
  );
};

/** The clients of a developer workspace, and what was shared with each (R12). */
export const Clients = () => {
  const live = useLive('clients', {});
  return (
    <Loaded live={live}>
      {({ clients, manage }) => (
        <>
          <p class="lead">
            Clients are who you share applications with. Latchkey learns nothing from them: a client is a name in your list.
          </p>
          {clients.length === 0 ? <Empty title="There is no client yet." /> : null}
          <ul class="cards">
            {clients.map((client) => (
              <li key={client.id} class="card">
                <h2>
                  <Name>{client.name}</Name>
                </h2>
                {client.shared.length === 0 ? <p class="hint">Nothing was shared yet.</p> : null}
                <ul class="plain">
                  {client.shared.map(({ name, version, at }) => (
                    <li key={`${name} ${version} ${at}`}>
                      <Name>{name}</Name> {version}, <When at={at} />
                    </li>
                  ))}
                </ul>
                <Confirm
                  verb="Remove…"
                  title={`Remove… the client ${client.name}`}
                  confirm={`Remove ${client.name}`}
                  permission={manage}
                  act={async () => {
                    await core.removeClient({ clientId: client.id });
                    tell(`${client.name} is off the list.`);
                  }}
                >
                  <p>What they installed stays theirs and goes on working. What was shared with them stays on record.</p>
                </Confirm>
              </li>
            ))}
          </ul>
          {manage.allowed ? <NewClient /> : <p class="hint">{manage.says}</p>}
        </>
      )}
    </Loaded>
  );
};
