/** What is shown of a connection beside a script. */
export type ScriptConnection = {
  readonly linkName: string;
  readonly displayName: string;
  readonly typeLabel: string;
  /** The status in words, with its reason. */
  readonly status: string;
  readonly account: string | null;
  readonly state: 'ok' | 'retired' | 'paused';
};

export type ScriptFieldProps = {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** What a script may name here. */
  readonly connections: readonly ScriptConnection[];
  readonly onOpenConnection: (linkName: string) => void;
  readonly describedBy?: string;
};

/** Where a script is written. */
export const ScriptField = ({ id, label, value, onInput, describedBy }: ScriptFieldProps) => (
  <div class="field">
    <label for={id}>{label}</label>
    <textarea
      id={id}
      class="script"
      value={value}
      rows={Math.min(Math.max(value.split('\n').length + 1, 10), 30)}
      spellcheck={false}
      autocomplete="off"
      autocapitalize="off"
      translate={false}
      dir="ltr"
      aria-describedby={describedBy}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  </div>
);
