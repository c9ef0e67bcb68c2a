import { useState } from 'preact/hooks';
import type { CustomConnectorsView } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, Empty, FaultNote, Loaded, Name } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { CustomTag } from '../parts/connector.tsx';
import { CustomConnectorForm } from '../parts/custom-connector-form.tsx';

const Row = ({ row }: { readonly row: CustomConnectorsView['connectors'][number] }) => (
  <li class="card">
    <h2>
      <a href={`#/catalogue/${row.id}`}>
        <Name>{row.name}</Name>
      </a>{' '}
      <CustomTag connectorId={row.id} />
    </h2>
    <p>
      It speaks to{' '}
      {row.hosts.map((host) => (
        <Code key={host}>{host} </Code>
      ))}
    </p>
    <p class="hint">{row.usedBy.length === 0 ? 'No connection is made from it.' : `Used by ${row.usedBy.join(', ')}.`}</p>
    <Confirm
      verb="Delete…"
      title={`Delete… the custom connector ${row.name}`}
      confirm={`Delete ${row.name}`}
      permission={row.usedBy.length === 0 ? { allowed: true, says: null } : { allowed: false, says: `In use by ${row.usedBy.join(', ')}.` }}
      act={async () => {
        await core.deleteConnector({ connectorId: row.id });
        tell(`The custom connector ${row.name} is deleted.`);
      }}
    >
      <p>Nothing is made from it any more. What is at the service stays there.</p>
    </Confirm>
  </li>
);

const Switch = ({ view }: { readonly view: CustomConnectorsView }) => {
  const acting = useAct();
  const { isAllowed } = view;
  const toggle = (): void =>
    acting.run(async () => {
      await core.allowCustomConnectors({ isAllowed: !isAllowed });
      tell(isAllowed ? 'Custom connectors are off. What is made from them goes on.' : 'Custom connectors are on in this workspace.');
    });
  return (
    <section class="card" aria-labelledby="allow">
      <h2 id="allow">Custom connectors are {isAllowed ? 'on' : 'off'}</h2>
      <p>
        The model product allows built-in connectors only (R20), and so does Latchkey until somebody switches this on. A custom connector is
        marked <em>custom</em> wherever it shows, stays in this workspace, and goes into no bundle.
      </p>
      <Button onPress={toggle} isBusy={acting.isBusy} permission={view.manage}>
        {isAllowed ? 'Switch custom connectors off' : 'Switch custom connectors on'}
      </Button>
      <FaultNote fault={acting.fault} />
    </section>
  );
};

/** The workspace's own connectors: beyond the model, so off until somebody says otherwise. */
export const CustomConnectors = () => {
  const live = useLive('customConnectors', {});
  const [isAdding, setAdding] = useState(false);
  return (
    <Loaded live={live}>
      {(view) => (
        <>
          <Switch view={view} />
          {view.isAllowed && view.connectors.length === 0 && !isAdding ? (
            <Empty title="There is no custom connector yet.">
              <p>Its addresses must be public, begin with https and share one domain.</p>
            </Empty>
          ) : null}
          <ul class="cards">
            {view.connectors.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </ul>
          {!view.isAllowed ? null : isAdding ? (
            <CustomConnectorForm onDone={() => setAdding(false)} />
          ) : (
            <div>
              <Button onPress={() => setAdding(true)}>Make a connector</Button>
            </div>
          )}
        </>
      )}
    </Loaded>
  );
};
