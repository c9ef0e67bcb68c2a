import { useEffect, useRef, useState } from 'preact/hooks';
import { platform } from '#platform';
import type { ApplicationRow, ConnectorView } from '../../core/views.ts';
import { hostPatterns } from '../../domain/host-patterns.ts';
import { isApplicationId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, FaultNote, Loaded } from '../parts/basics.tsx';
import { allowHosts, beginBy } from '../parts/begin.ts';
import { CustomTag, Monogram, SandboxTag } from '../parts/connector.tsx';
import { go, place, setQuery } from '../place.ts';
import { clearDraft, type Draft, readDraft, writeDraft } from './draft.ts';

import { Access, ChooseConnector, Place, Review } from './new-connection-steps.tsx';

const STEPS = ['Connector', 'Access', 'Name and place', 'Review'] as const;

const startDraft = (connector: ConnectorView, applications: readonly ApplicationRow[], kept: Partial<Draft> | null): Draft => ({
  displayName: connector.suggested.displayName,
  linkName: connector.suggested.linkName,
  type: connector.types[0] ?? 'admin',
  scopes: connector.defaultScopes,
  environmentPolicy: 'separate',
  oauthAppId: null,
  ...kept,
  applicationId: kept?.applicationId ?? place.value.query.get('app') ?? applications[0]?.id ?? '',
});

/** Is something asked for that only a dialog can take: keys, values of the account, an OAuth app. */
const isAskedMore = ({ begins, typed, listed, truth }: ConnectorView, { oauthAppId }: Draft): boolean =>
  begins === 'keys' || typed.length + listed.length > 0 || (truth.needsOwnApp && oauthAppId === null);

const Wizard = ({ connector, applications }: { readonly connector: ConnectorView; readonly applications: readonly ApplicationRow[] }) => {
  const [draft, setDraft] = useState(() => startDraft(connector, applications, readDraft(connector.id)));
  const acting = useAct();
  const step = Math.min(Math.max(Number(place.value.query.get('step') ?? 1), 1), 3);
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => writeDraft(connector.id, draft), [draft]);
  useEffect(() => heading.current?.focus(), [step]);
  const parts = { draft, change, connector };
  const create = async (): Promise<`con_${string}`> => {
    const { applicationId, oauthAppId, ...definition } = draft;
    const { connectionId } = await core.defineConnection({
      ...definition,
      scopes: [...definition.scopes],
      connectorId: connector.id,
      applicationId: isApplicationId(applicationId) ? applicationId : null,
    });
    if (oauthAppId !== null) await core.chooseOauthApp({ connectionId, oauthAppId });
    clearDraft(connector.id);
    return connectionId;
  };
  const createOnly = (then = ''): void =>
    acting.run(async () => {
      const id = await create();
      tell(`The connection ${draft.displayName} is defined. It is not connected yet.`);
      go(`/connections/${id}${then}`);
    });
  const createAndAuthorize = (): void => {
    const provider = connector.begins === 'page' ? platform.openProvider() : null;
    acting.run(async () => {
      let url: string | null = null;
      try {
        await allowHosts(hostPatterns(connector.reach));
        const id = await create();
        go(`/connections/${id}`);
        url = await beginBy(connector.begins, { connectionId: id, environment: 'development' });
      } catch (error) {
        provider?.close();
        throw error;
      }
      if (url !== null) provider?.show(url);
    });
  };
  return (
    <form class="form wide" onSubmit={(event) => event.preventDefault()}>
      <h2 class="title">
        <Monogram name={connector.name} /> {connector.name} <SandboxTag isSandbox={connector.isSandbox} />{' '}
        <CustomTag connectorId={connector.id} />
      </h2>
      <h3 ref={heading} tabIndex={-1}>
        Step {step + 1} of 4: {STEPS[step]}
      </h3>
      {step === 1 ? <Access {...parts} /> : null}
      {step === 2 ? <Place {...parts} applications={applications} /> : null}
      {step === 3 ? <Review {...parts} applications={applications} /> : null}
      <FaultNote fault={acting.fault} />
      <div class="actions">
        <Button onPress={() => setQuery(step === 1 ? { connector: null, step: null } : { step: String(step - 1) })}>Back</Button>
        {step < 3 ? (
          <Button kind="primary" onPress={() => setQuery({ step: String(step + 1) })}>
            Continue
          </Button>
        ) : (
          <>
            <Button onPress={() => createOnly()} isBusy={acting.isBusy} kind={connector.worksHere === 'no' ? 'primary' : 'plain'}>
              Create only
            </Button>
            {connector.worksHere === 'no' ? null : isAskedMore(connector, draft) ? (
              // What is typed is asked for beside the connection, once it is there.
              <Button kind="primary" onPress={() => createOnly('?authorize=development')} isBusy={acting.isBusy}>
                Create, then authorize
              </Button>
            ) : (
              <Button kind="primary" onPress={createAndAuthorize} isBusy={acting.isBusy}>
                Create and authorize
              </Button>
            )}
          </>
        )}
      </div>
    </form>
  );
};

/** Nothing can be made from it: the reason, and the way back. */
const Refused = ({ connector }: { readonly connector: ConnectorView }) => (
  <>
    <h2 class="title">
      <Monogram name={connector.name} /> {connector.name}
    </h2>
    <p class="note warn">▲ {connector.creation.says}</p>
    <div class="actions">
      <Button onPress={() => setQuery({ connector: null, step: null })}>Choose another connector</Button>
      <a class="button" href={`#/catalogue/${connector.id}`}>
        What the catalogue says of it
      </a>
    </div>
  </>
);

const WizardFor = ({ connectorId }: { readonly connectorId: string }) => {
  const connector = useLive('connector', { connectorId });
  const applications = useLive('applications', {});
  return (
    <Loaded live={connector}>
      {(one) =>
        one.creation.allowed ? (
          <Loaded live={applications}>{(all) => <Wizard key={one.id} connector={one} applications={all} />}</Loaded>
        ) : (
          <Refused connector={one} />
        )
      }
    </Loaded>
  );
};

export const NewConnection = () => {
  const connectorId = place.value.query.get('connector');
  return connectorId === null ? (
    <>
      <h2>Step 1 of 4: Connector</h2>
      <ChooseConnector />
    </>
  ) : (
    <WizardFor connectorId={connectorId} />
  );
};
