import type { CustomConnectorsView } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { BeyondModel, Button, Code, Empty, FaultNote, Loaded, Name } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { CustomTag } from '../parts/connector.tsx';
import { type ConnectorDraft, NEW_DRAFT } from '../parts/connector-draft.ts';
import { CustomConnectorForm } from '../parts/custom-connector-form.tsx';
import { go, place } from '../place.ts';

const Row = ({ row }: { readonly row: CustomConnectorsView['connectors'][number] }) => (
  <li class="card">
    <h2>
      {row.fault === null ? (
        <a href={`#/catalogue/${row.id}`}>
          <Name>{row.name}</Name>
        </a>
      ) : (
        <Name>{row.name}</Name>
      )}{' '}
      <CustomTag connectorId={row.id} />
    </h2>
    <FaultNote fault={row.fault} />
    {row.fault === null ? (
      <p>
        It speaks to{' '}
        {row.hosts.map((host) => (
          <Code key={host}>{host} </Code>
        ))}
      </p>
    ) : null}
    <p class="hint">{row.usedBy.length === 0 ? 'Nothing is made from it.' : `Used by ${row.usedBy.join(', ')}.`}</p>
    <div class="actions">
      <a class="button" href={`#/custom-connectors?edit=${row.id}`} aria-label={`Change ${row.name}`}>
        Change…
      </a>
      <Confirm
        verb="Delete…"
        title={`Delete… the custom connector ${row.name}`}
        confirm={`Delete ${row.name}`}
        permission={
          row.usedBy.length === 0 ? { allowed: true, says: null } : { allowed: false, says: `In use by ${row.usedBy.join(', ')}.` }
        }
        act={async () => {
          await core.deleteConnector({ connectorId: row.id });
          tell(`The custom connector ${row.name} is deleted.`);
        }}
      >
        <p>Nothing is made from it any more. What is at the service stays there.</p>
      </Confirm>
    </div>
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
      <h2 id="allow">
        Custom connectors are {isAllowed ? 'on' : 'off'} <BeyondModel />
      </h2>
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

const leave = (): void => go('/custom-connectors');

/** The form over a record that is there: the workspace's own, or a built-in one to begin with. */
const Started = ({ connectorId, isEdit }: { readonly connectorId: string; readonly isEdit: boolean }) => {
  const live = useLive('connectorDraft', { connectorId });
  return (
    <Loaded live={live}>
      {({ name, record }) => {
        const start: ConnectorDraft = { name, record };
        return <CustomConnectorForm connectorId={isEdit ? connectorId : null} start={start} from={isEdit ? null : name} onDone={leave} />;
      }}
    </Loaded>
  );
};

const Editing = () => {
  const { query } = place.value;
  const edited = query.get('edit');
  const from = query.get('from');
  if (edited !== null) return <Started key={edited} connectorId={edited} isEdit />;
  if (from !== null) return <Started key={from} connectorId={from} isEdit={false} />;
  return <CustomConnectorForm connectorId={null} start={NEW_DRAFT} from={null} onDone={leave} />;
};

/** The workspace's own connectors: beyond the model, so off until somebody says otherwise. What is edited stands in the address. */
export const CustomConnectors = () => {
  const live = useLive('customConnectors', {});
  const { query } = place.value;
  const isEditing = query.has('edit') || query.has('from') || query.has('new');
  return (
    <Loaded live={live}>
      {(view) =>
        view.isAllowed && isEditing ? (
          <Editing />
        ) : (
          <>
            <Switch view={view} />
            {view.isAllowed && view.connectors.length === 0 ? (
              <Empty title="There is no custom connector yet.">
                <p>Its addresses must be public, begin with https and share one domain.</p>
              </Empty>
            ) : null}
            <ul class="cards">
              {view.connectors.map((row) => (
                <Row key={row.id} row={row} />
              ))}
            </ul>
            {view.isAllowed ? (
              <div>
                <Button onPress={() => go('/custom-connectors?new=1')}>Make a connector</Button>
              </div>
            ) : null}
          </>
        )
      }
    </Loaded>
  );
};
