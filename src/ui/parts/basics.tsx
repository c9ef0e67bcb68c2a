import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Permission } from '../../core/views.ts';
import type { FaultData, Problem } from '../../domain/faults.ts';
import { FAULTS, faultRemedy, faultText } from '../../domain/faults.ts';
import type { Live } from '../live.ts';

type ButtonProps = {
  readonly children: ComponentChildren;
  readonly onPress: () => void;
  readonly label?: string;
  readonly kind?: 'primary' | 'plain' | 'danger';
  readonly isBusy?: boolean;
  /** A refused action stays focusable and says why (UX 2.7). */
  readonly permission?: Permission;
  readonly type?: 'button' | 'submit';
};

export const Button = ({ children, onPress, label, kind = 'plain', isBusy = false, permission, type = 'button' }: ButtonProps) => {
  const isRefused = permission?.allowed === false;
  return (
    <span class="button-with-reason">
      <button
        type={type}
        class={`button ${kind}`}
        aria-label={label}
        aria-disabled={isRefused || isBusy ? 'true' : undefined}
        aria-busy={isBusy ? 'true' : undefined}
        onClick={(event) => {
          if (type === 'button' || isRefused || isBusy) event.preventDefault();
          if (!isRefused && !isBusy && type === 'button') onPress();
        }}
      >
        {children}
      </button>
      {isRefused ? <small class="reason">{permission.says}</small> : null}
    </span>
  );
};

type FaultProps = {
  readonly fault: FaultData | null;
  readonly children?: ComponentChildren;
  /** It is told of something earlier, so nobody is interrupted by it. */
  readonly isPast?: boolean;
};

/** What happened, why, what to do; the code last (UX 8). */
export const FaultNote = ({ fault, children, isPast = false }: FaultProps) =>
  fault === null ? null : (
    <div class="fault" {...(isPast ? {} : { role: 'alert' })}>
      <p>
        <strong>▲ {faultText(fault)}</strong>
      </p>
      <p>{faultRemedy(fault)}</p>
      {children}
      <p class="code" translate={false} dir="ltr">
        {fault.code}
      </p>
    </div>
  );

export const ProblemList = ({ problems }: { readonly problems: readonly Problem[] }) => (
  <ul class="problems">
    {problems.map((problem) => (
      <li key={`${problem.code} ${problem.detail} ${problem.where}`} class={problem.isBlocking ? 'bad' : 'warn'}>
        <strong>
          {problem.isBlocking ? '▲ Stops it' : '◔ Good to know'}: {faultText(problem)}
        </strong>{' '}
        {problem.where === null ? null : <span>In {problem.where}. </span>}
        <span>{faultRemedy(problem)}</span>
      </li>
    ))}
  </ul>
);

export const Tag = ({ children, tone = 'neutral' }: { readonly children: ComponentChildren; readonly tone?: string }) => (
  <span class={`tag ${tone}`}>{children}</span>
);

/** What the model product does not have, wherever it shows. */
export const BeyondModel = () => <Tag tone="warn">beyond the model</Tag>;

/** Names that people or authors wrote; their direction must not leak into the sentence. */
export const Name = ({ children }: { readonly children: ComponentChildren }) => <bdi>{children}</bdi>;

export const Code = ({ children }: { readonly children: ComponentChildren }) => (
  <code translate={false} dir="ltr">
    {children}
  </code>
);

export const CopyButton = ({ text, what }: { readonly text: string; readonly what: string }) => {
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    });
  };
  return (
    <button type="button" class="button small" aria-label={`Copy ${what}`} onClick={copy}>
      {isCopied ? 'Copied' : 'Copy'}
    </button>
  );
};

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const When = ({ at }: { readonly at: number | null }) =>
  at === null ? <span>unknown</span> : <time dateTime={new Date(at).toISOString()}>{dateTime.format(at)}</time>;

export const Empty = ({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) => (
  <div class="empty">
    <p>
      <strong>{title}</strong>
    </p>
    {children}
  </div>
);

/** A wide table scrolls in itself, by keyboard too. */
export const Scroll = ({ children }: { readonly children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
  <div class="scroll" tabIndex={0}>
    {children}
  </div>
);

/** Text as it came or goes, as it is; what is long scrolls in itself, by keyboard too. */
export const Raw = ({ children }: { readonly children: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
  <pre dir="ltr" translate={false} tabIndex={0}>
    {children}
  </pre>
);

/** Draws a watched query in its three states. */
export const Loaded = <T,>({ live, children }: { readonly live: Live<T>; readonly children: (value: T) => ComponentChildren }) => {
  if (live.state === 'loading') return <p class="loading">Loading…</p>;
  if (live.state === 'failed') return <FaultNote fault={live.fault} />;
  return <>{children(live.value)}</>;
};

type FieldProps = {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | null;
  readonly children: (ids: { id: string; describedBy: string | undefined }) => ComponentChildren;
};

let lastField = 0;

/** A label, its control, its hint and its error, tied together for assistive technology. */
export const Field = ({ label, hint, error, children }: FieldProps) => {
  const [id] = useState(() => `field-${++lastField}`);
  const described = [hint === undefined ? null : `${id}-hint`, error ? `${id}-error` : null].filter((one) => one !== null).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, describedBy: described === '' ? undefined : described })}
      {hint === undefined ? null : (
        <small id={`${id}-hint`} class="hint">
          {hint}
        </small>
      )}
      {error ? (
        <small id={`${id}-error`} class="error">
          {error}
        </small>
      ) : null}
    </div>
  );
};

type InputProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly type?: 'text' | 'number' | 'date';
  readonly required?: boolean;
};

export const TextField = ({ label, value, onChange, hint, type = 'text', required = false }: InputProps) => (
  <Field label={label} {...(hint === undefined ? {} : { hint })}>
    {({ id, describedBy }) => {
      const onInput = (event: { readonly currentTarget: HTMLInputElement }): void => onChange(event.currentTarget.value);
      const shared = { id, value, required, onInput, 'aria-describedby': describedBy, autocomplete: 'off' };
      // A number stays text until it is checked: a number control drops what it cannot read, and with it the person's input.
      return type === 'date' ? (
        <input type="date" {...shared} />
      ) : (
        <input type="text" inputMode={type === 'number' ? 'decimal' : 'text'} {...shared} />
      );
    }}
  </Field>
);

type FileProps = { readonly label: string; readonly accept: string; readonly onFile: (file: File) => void };

/** A file that is picked; dropping it anywhere in the window does the same. */
export const FileField = ({ label, accept, onFile }: FileProps) => (
  <label class="file">
    {label}{' '}
    <input
      type="file"
      accept={accept}
      onChange={(event) => {
        const file = event.currentTarget.files?.[0];
        if (file !== undefined) onFile(file);
      }}
    />
  </label>
);

type SelectProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly hint?: string;
};

export const SelectField = ({ label, value, onChange, options, hint }: SelectProps) => (
  <Field label={label} {...(hint === undefined ? {} : { hint })}>
    {({ id, describedBy }) => (
      <select id={id} value={value} aria-describedby={describedBy} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    )}
  </Field>
);

/** Can trying again help, by the catalogue. */
export const canRetry = (fault: FaultData): boolean => FAULTS[fault.code].retry;
