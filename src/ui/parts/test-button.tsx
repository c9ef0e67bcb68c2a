import { useState } from 'preact/hooks';
import type { Permission } from '../../core/views.ts';
import { ENVIRONMENT_LABELS, type Environment } from '../../domain/environment.ts';
import type { FaultData } from '../../domain/faults.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { Button, FaultNote } from './basics.tsx';

type Props = {
  readonly connectionId: ConnectionId;
  readonly displayName: string;
  readonly environment: Environment;
  readonly permission: Permission;
};

/** Sends the connector's test request and says what came back. */
export const TestButton = ({ connectionId, displayName, environment, permission }: Props) => {
  const acting = useAct();
  const [fault, setFault] = useState<FaultData | null>(null);
  const test = (): void =>
    acting.run(async () => {
      setFault(null);
      const result = await core.testConnection({ connectionId, environment });
      setFault(result.fault);
      if (result.isOk) tell(`${displayName} works: ${result.account}.`);
    });
  return (
    <>
      <Button
        onPress={test}
        isBusy={acting.isBusy}
        permission={permission}
        label={`Test ${displayName} in ${ENVIRONMENT_LABELS[environment].name}`}
      >
        Test
      </Button>
      <FaultNote fault={fault ?? acting.fault} />
    </>
  );
};
