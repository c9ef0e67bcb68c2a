import type { ComponentChildren } from 'preact';
import { platform } from '#platform';
import type { Permission } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { Button, FaultNote } from './basics.tsx';

type Props = {
  /** The file, made when the button is pressed. */
  readonly make: () => Promise<{ readonly fileName: string; readonly text: string }>;
  readonly children: ComponentChildren;
  readonly label?: string;
  readonly permission?: Permission;
};

/** Saves what the core makes as a file. */
export const SaveButton = ({ make, children, ...button }: Props) => {
  const acting = useAct();
  const save = (): void =>
    acting.run(async () => {
      const { fileName, text } = await make();
      platform.download(fileName, text);
    });
  return (
    <>
      <Button onPress={save} isBusy={acting.isBusy} {...button}>
        {children}
      </Button>
      <FaultNote fault={acting.fault} />
    </>
  );
};
