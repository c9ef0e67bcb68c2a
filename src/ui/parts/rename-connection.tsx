import { useEffect, useRef, useState } from 'preact/hooks';
import type { Renamed } from '../../deluge/rename.ts';
import { isLinkName } from '../../domain/link-name.ts';
import { Button, Code, SelectField, TextField } from './basics.tsx';
import { DiffLines } from './diff-lines.tsx';

type Props = {
  /** Link names that the script uses. */
  readonly names: readonly string[];
  readonly first: string | null;
  readonly preview: (from: string, to: string) => Renamed;
  readonly onRename: (from: string, to: string) => void;
  readonly onClose: () => void;
};

const lineCount = (count: number): string => (count === 1 ? '1 line changes.' : `${count} lines change.`);

const Preview = ({ from, to, renamed }: { readonly from: string; readonly to: string; readonly renamed: Renamed }) => (
  <>
    <p role="status">{renamed.lines.length === 0 ? 'No line changes.' : lineCount(renamed.lines.length)}</p>
    <DiffLines title={`Lines that change from ${from} to ${to}`} lines={renamed.lines} />
    {renamed.dynamic.length === 0 ? null : (
      <div>
        <p>These stay as they are: only a run, or you, can tell whether they name it.</p>
        <ul>
          {renamed.dynamic.map(({ line, column, expression }) => (
            <li key={`${line}:${column}`}>
              Line {line}: <Code>{expression}</Code>
            </li>
          ))}
        </ul>
      </div>
    )}
  </>
);

/** Gives a connection another name in one script, after showing the lines that change. */
export const RenameConnection = ({ names, first, preview, onRename, onClose }: Props) => {
  const [from, setFrom] = useState(first ?? names[0] ?? '');
  const [to, setTo] = useState('');
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.querySelector<HTMLElement>('input, select, button')?.focus(), []);
  const isReady = isLinkName(to) && to !== from;
  const renamed = isReady ? preview(from, to) : null;
  const mayRename = renamed !== null && renamed.lines.length > 0;
  return (
    <section
      ref={section}
      class="card rename-connection"
      aria-label="Rename a connection in this script"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      {names.length === 0 ? (
        <p>This script names no connection.</p>
      ) : (
        <div class="form inline">
          <SelectField
            label="Name in the script"
            value={from}
            onChange={setFrom}
            options={names.map((name) => ({ value: name, label: name }))}
          />
          <TextField
            label="New link name"
            value={to}
            onChange={setTo}
            hint="Small letters, digits and _. The script changes, the connection does not."
          />
        </div>
      )}
      {renamed === null ? null : <Preview from={from} to={to} renamed={renamed} />}
      <div class="actions">
        {names.length === 0 ? null : (
          <Button
            onPress={() => onRename(from, to)}
            permission={
              mayRename
                ? { allowed: true, says: null }
                : { allowed: false, says: isReady ? 'No line would change.' : 'Enter another link name.' }
            }
          >
            Rename in the script
          </Button>
        )}
        <Button onPress={onClose}>Cancel</Button>
      </div>
    </section>
  );
};
