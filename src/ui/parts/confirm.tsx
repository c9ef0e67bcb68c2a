import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Permission } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { Button, FaultNote } from './basics.tsx';
import { Dialog } from './dialog.tsx';

type Props = {
  /** What the opening button says, with … for more to come; `title` begins with it and names the object. */
  readonly verb: string;
  readonly title: string;
  /** What the button that does it says: verb and object again. */
  readonly confirm: string;
  readonly permission?: Permission;
  readonly act: () => Promise<void>;
  /** What stops, for whom, what stays. */
  readonly children: ComponentChildren;
};

/** A button for what is hard to take back: it shows the impact first, and the focus begins on Cancel. */
export const Confirm = ({ verb, title, confirm, permission, act, children }: Props) => {
  const acting = useAct();
  const [isOpen, setOpen] = useState(false);
  const run = (): void =>
    acting.run(async () => {
      await act();
      setOpen(false);
    });
  return (
    <>
      <Button onPress={() => setOpen(true)} {...(permission === undefined ? {} : { permission })} label={title}>
        {verb}
      </Button>
      <Dialog title={title.replace('…', '')} isOpen={isOpen} onClose={() => setOpen(false)}>
        {children}
        <FaultNote fault={acting.fault} />
        <div class="actions">
          <Button onPress={() => setOpen(false)}>Cancel</Button>
          <Button kind="danger" onPress={run} isBusy={acting.isBusy}>
            {confirm}
          </Button>
        </div>
      </Dialog>
    </>
  );
};
