import type { OutboxId } from '../../domain/ids.ts';
import type { OutboxEntry } from '../../domain/outbox.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { Button, FaultNote } from './basics.tsx';
import { Confirm } from './confirm.tsx';

/** The state as a word with its icon and colour; never colour alone. */
export const OUTBOX_STATES: Record<OutboxEntry['state'], { readonly tone: string; readonly icon: string; readonly word: string }> = {
  waiting: { tone: 'info', icon: '◔', word: 'Waits' },
  sending: { tone: 'info', icon: '◔', word: 'Is being sent' },
  held: { tone: 'bad', icon: '▲', word: 'Held' },
  unknown: { tone: 'warn', icon: '?', word: 'Unknown outcome' },
};

type Props = {
  readonly id: OutboxId;
  readonly state: OutboxEntry['state'];
  /** What it is, for the buttons' names: "Send a text message to +14155550100". */
  readonly name: string;
};

/** What a person can decide about something that waits to be sent. */
export const OutboxActions = ({ id, state, name }: Props) => {
  const acting = useAct();
  const retry = async (): Promise<void> => {
    const { run } = await core.retryOutbox({ outboxId: id });
    tell(run === null || run.isOk ? `It is sent: ${name}.` : `It was tried again and did not work: ${name}.`);
  };
  const takeOut = async (): Promise<void> => {
    await core.dismissOutbox({ outboxId: id });
    tell(`It is taken out of the outbox: ${name}.`);
  };
  if (state === 'sending') return null;
  return (
    <div class="actions">
      {state === 'unknown' ? (
        <>
          <Confirm verb="Send it again anyway…" title={`Send it again anyway… ${name}`} confirm="Send it again" act={retry}>
            <p>It may arrive twice: nobody knows whether the first one did, and the service cannot tell them apart.</p>
            <p>Look at the service first. If it is there, take it out of the outbox instead.</p>
          </Confirm>
          <Button onPress={() => acting.run(takeOut)} isBusy={acting.isBusy} label={`It arrived: take it out: ${name}`}>
            It arrived: take it out
          </Button>
        </>
      ) : (
        <>
          <Button onPress={() => acting.run(retry)} isBusy={acting.isBusy} label={`Try again: ${name}`}>
            Try again
          </Button>
          <Confirm verb="Do not send it…" title={`Do not send it… ${name}`} confirm="Take it out" act={takeOut}>
            <p>It leaves the outbox and is never sent. The entry that started it stays, and can start it again.</p>
          </Confirm>
        </>
      )}
      <FaultNote fault={acting.fault} />
    </div>
  );
};
