import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AuthorizingView, ConnectorView, Permission } from '../../core/views.ts';
import type { ConnectorVariable } from '../../domain/connector.ts';
import { ENVIRONMENT_LABELS, type Environment } from '../../domain/environment.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import type { Acting } from '../act.ts';
import { useLive } from '../live.ts';
import { Button, FaultNote, Loaded } from './basics.tsx';
import { Dialog } from './dialog.tsx';
import type { Values } from './variable-fields.tsx';

/** What is authorized, and where. */
export type Asked = { readonly connectionId: ConnectionId; readonly displayName: string; readonly environment: Environment };

/** What was typed into a form that stands in a dialog, and what is wrong with it. `first` takes the focus when it opens. */
export const useAsked = (known: Values, first: string) => {
  const [values, setValues] = useState<Values>(known);
  const [errors, setErrors] = useState<Values>({});
  const form = useRef<HTMLFormElement>(null);
  const focusOn = (selector: string): void => form.current?.querySelector<HTMLElement>(selector)?.focus();
  // The dialog stands open before its fields are there.
  useEffect(() => focusOn(first), []);
  return {
    form,
    values,
    setValues,
    errors,
    /** Shows what is wrong, with the focus on the first of it; true where nothing is. */
    accepts: (wrong: Values): boolean => {
      setErrors(wrong);
      const isRight = Object.keys(wrong).length === 0;
      if (!isRight) requestAnimationFrame(() => focusOn('[aria-invalid]'));
      return isRight;
    },
    typed: (variables: readonly ConnectorVariable[]): Record<string, string> =>
      Object.fromEntries(variables.map(({ name }) => [name, (values[name] ?? '').trim()])),
  };
};

type FormProps = {
  readonly form: RefObject<HTMLFormElement | null>;
  readonly acting: Acting;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** What became of it where it failed. */
  readonly failed: string;
  readonly submit: string;
  readonly permission?: Permission;
  readonly children: ComponentChildren;
};

/** The form of such a dialog: its fields, what went wrong, and the two ways out. */
export const AskForm = ({ form, acting, onSubmit, onClose, failed, submit, children, ...button }: FormProps) => (
  <form
    ref={form}
    class="form"
    noValidate
    autocomplete="off"
    onSubmit={(event) => {
      event.preventDefault();
      onSubmit();
    }}
  >
    {children}
    <FaultNote fault={acting.fault}>
      <p>{failed}</p>
    </FaultNote>
    <div class="actions">
      <Button onPress={onClose}>Cancel</Button>
      <Button type="submit" kind="primary" onPress={onSubmit} isBusy={acting.isBusy} {...button}>
        {submit}
      </Button>
    </div>
  </form>
);

type DialogProps = Asked & {
  readonly connectorId: string;
  readonly verb: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: (connector: ConnectorView, known: AuthorizingView) => ComponentChildren;
};

const Known = ({ connectorId, connectionId, environment, children }: Omit<DialogProps, 'verb' | 'isOpen' | 'onClose'>) => {
  const connector = useLive('connector', { connectorId });
  const known = useLive('authorizing', { connectionId, environment });
  return <Loaded live={connector}>{(found) => <Loaded live={known}>{(view) => children(found, view)}</Loaded>}</Loaded>;
};

/** Asks for what authorizes a connection, once it is known what the service takes and what was given before. */
export const AskDialog = ({ verb, isOpen, onClose, ...asked }: DialogProps) => (
  <Dialog title={`${verb} ${asked.displayName} in ${ENVIRONMENT_LABELS[asked.environment].name}`} isOpen={isOpen} onClose={onClose}>
    {isOpen ? <Known {...asked} /> : null}
  </Dialog>
);
