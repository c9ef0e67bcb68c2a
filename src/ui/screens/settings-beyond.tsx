import type { FrameView, SettingsView } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { BeyondModel, Button, FaultNote } from '../parts/basics.tsx';

const TypeLimit = ({ limit }: { readonly limit: NonNullable<SettingsView['typeLimit']> }) => {
  const acting = useAct();
  const { isLifted, manage } = limit;
  const toggle = (): void =>
    acting.run(async () => {
      await core.liftTypeLimit({ isLifted: !isLifted });
      tell(isLifted ? 'Logged-in user connections are for the twelve services again. Those that are there go on.' : 'The limit is lifted.');
    });
  return (
    <>
      <h3>Logged-in user connections to any service</h3>
      <p>
        The model product lets each person authorize twelve services only (R22).{' '}
        {isLifted
          ? 'Here the limit is lifted, for new connections and for bundles that bring such ones.'
          : 'Lifted, every service can have connections that each person authorizes; a client has to lift it too before it installs them.'}
      </p>
      <Button onPress={toggle} isBusy={acting.isBusy} permission={manage}>
        {isLifted ? 'Set the limit again' : 'Lift the limit'}
      </Button>
      <FaultNote fault={acting.fault} />
    </>
  );
};

/** What this workspace may do that the model product does not do: off, each until somebody says otherwise. */
export const Beyond = ({ view, frame }: { readonly view: SettingsView; readonly frame: FrameView }) => {
  const { acting } = frame;
  if (acting === null || view.typeLimit === null) return null;
  if (!acting.microservices.allowed && !view.typeLimit.manage.allowed) return null;
  return (
    <section class="card" aria-labelledby="beyond">
      <h2 id="beyond">
        More than the model product has <BeyondModel />
      </h2>
      {acting.microservices.allowed ? (
        <>
          <h3>Custom connectors</h3>
          <p>Off unless this workspace switches them on: the model product allows built-in ones only.</p>
          <a class="button" href="#/custom-connectors">
            See custom connectors
          </a>
        </>
      ) : null}
      <TypeLimit limit={view.typeLimit} />
    </section>
  );
};
