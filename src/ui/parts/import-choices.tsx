import type { DeploymentView, ImportLine } from '../../core/views.ts';
import type { ConnectionId } from '../../domain/ids.ts';
import { Code, Name, SelectField, TextField } from './basics.tsx';

/** What somebody chose of one connection; the link name stays as it was typed when they look at another choice. */
export type ImportPick = { readonly take: 'copy' | 'nothing' | ConnectionId; readonly linkName: string };
export type ImportPicks = Readonly<Record<string, ImportPick>>;

const pickOf = (line: ImportLine, picks: ImportPicks): ImportPick => picks[line.linkName] ?? { take: 'copy', linkName: line.copy };

/** The choices as the command takes them; what was left as it was is not among them. */
export const choicesOf = (picks: ImportPicks) =>
  Object.fromEntries(
    Object.entries(picks).map(([name, { take, linkName }]) => [
      name,
      take === 'copy'
        ? { take, linkName: linkName.trim() }
        : take === 'nothing'
          ? { take }
          : { take: 'existing' as const, connectionId: take },
    ]),
  );

/** Choices from deployment settings, as the controls have them. */
export const picksOf = (choices: DeploymentView['imports']): ImportPicks =>
  Object.fromEntries(
    Object.entries(choices).map(([name, choice]): [string, ImportPick] => [
      name,
      choice.take === 'existing'
        ? { take: choice.connectionId, linkName: name }
        : { take: choice.take, linkName: choice.take === 'copy' ? choice.linkName : name },
    ]),
  );

type Props = {
  readonly lines: readonly ImportLine[];
  readonly picks: ImportPicks;
  readonly onPick: (picks: ImportPicks) => void;
  readonly rewrites: boolean;
  readonly onRewrites: (rewrites: boolean) => void;
};

/** Connection by connection: a copy under which link name, one that is here already, or none. */
export const ImportChoices = ({ lines, picks, onPick, rewrites, onRewrites }: Props) => (
  <section class="card" aria-labelledby="takes">
    <h2 id="takes">What becomes of its connections</h2>
    <p>One connection serves one application, so each comes as a copy (R33), unless a connection that is free serves in its place.</p>
    {lines.map((line) => {
      const pick = pickOf(line, picks);
      const set = (change: Partial<ImportPick>): void => onPick({ ...picks, [line.linkName]: { ...pick, ...change } });
      const options = [
        { value: 'copy', label: 'Make a copy' },
        ...line.existing.map(({ id, displayName, linkName }) => ({ value: id, label: `Use ${displayName} (${linkName})` })),
        { value: 'nothing', label: 'Leave it out' },
      ];
      const choose = (value: string): void => {
        const here = line.existing.find(({ id }) => id === value);
        set({ take: here === undefined ? (value === 'nothing' ? 'nothing' : 'copy') : here.id });
      };
      return (
        <fieldset key={line.linkName}>
          <legend>
            <Name>{line.displayName}</Name> <Code>{line.linkName}</Code>
          </legend>
          <p class="hint">
            {line.connectorName}.{line.isTaken ? ' A connection of this workspace has that link name already.' : ''}
          </p>
          <SelectField label={`${line.displayName} becomes`} value={pick.take} onChange={choose} options={options} />
          {pick.take === 'copy' ? (
            <TextField
              label={`Link name of the copy of ${line.displayName}`}
              value={pick.linkName}
              onChange={(linkName) => set({ linkName })}
            />
          ) : null}
          {pick.take === 'nothing' ? <p class="hint">What uses it says that it does not exist, until you mend it.</p> : null}
        </fieldset>
      );
    })}
    {lines.length === 0 ? null : (
      <label class="choice">
        <input type="checkbox" checked={rewrites} onChange={(event) => onRewrites(event.currentTarget.checked)} />
        <span>Rewrite components and scripts to the new link names</span>
      </label>
    )}
  </section>
);
