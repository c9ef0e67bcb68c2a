import type { ComponentChildren } from 'preact';
import type { Acting } from '../act.ts';
import { Button, FaultNote } from './basics.tsx';

type Props = {
  readonly acting: Acting;
  readonly onSubmit: () => void;
  /** What the button says; it names verb and object. */
  readonly submit: string;
  readonly children: ComponentChildren;
  readonly isInline?: boolean;
  readonly kind?: 'primary' | 'plain';
};

/** Fields, one button that sends them, and the fault where sending failed. What was entered stays in either case. */
export const Form = ({ acting, onSubmit, submit, children, isInline = false, kind = 'plain' }: Props) => (
  <form
    class={isInline ? 'form inline' : 'form'}
    onSubmit={(event) => {
      event.preventDefault();
      onSubmit();
    }}
  >
    {children}
    <Button type="submit" onPress={onSubmit} isBusy={acting.isBusy} kind={kind}>
      {submit}
    </Button>
    <FaultNote fault={acting.fault} />
  </form>
);
