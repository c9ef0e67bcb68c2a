import type { ImportLine } from '../../core/views.ts';
import { Code, Name, SelectField, TextField } from './basics.tsx';
import { type ImportPick, type ImportPicks, pickOf } from './import-picks.ts';
import { ImportRewrites } from './import-rewrites.tsx';
import { AskedScope } from './scope-list.tsx';

/** What choosing a connection that is here already changes for it. */
const Existing = ({ of: { displayName, moreScopes, isAuthorized } }: { readonly of: ImportLine['existing'][number] }) =>
  moreScopes.length === 0 ? (
    <p class="hint">{displayName} stays as it is: it asks for everything already.</p>
  ) : (
    <>
      <p>
        <Name>{displayName}</Name> will also ask for:
      </p>
      <ul class="plain">
        {moreScopes.map((scope) => (
          <li key={scope.name}>
            + <AskedScope scope={scope} />
          </li>
        ))}
      </ul>
      {isAuthorized ? <p class="hint">For these it has to be authorized again; until then it works with what it had.</p> : null}
    </>
  );

type Props = {
  readonly text: string;
  readonly hash: string;
  readonly lines: readonly ImportLine[];
  readonly picks: ImportPicks;
  readonly onPick: (picks: ImportPicks) => void;
  readonly rewrites: boolean;
  readonly onRewrites: (rewrites: boolean) => void;
};

/** Connection by connection: a copy under which link name, one that is here already, or none. */
export const ImportChoices = ({ text, hash, lines, picks, onPick, rewrites, onRewrites }: Props) => (
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
      const chosen = line.existing.find(({ id }) => id === pick.take);
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
          {chosen === undefined ? null : <Existing of={chosen} />}
          {pick.take === 'nothing' ? <p class="hint">What uses it says that it does not exist, until you mend it.</p> : null}
        </fieldset>
      );
    })}
    {lines.length === 0 ? null : (
      <>
        <label class="choice">
          <input type="checkbox" checked={rewrites} onChange={(event) => onRewrites(event.currentTarget.checked)} />
          <span>Rewrite components and scripts to the new link names</span>
        </label>
        <ImportRewrites text={text} hash={hash} picks={picks} rewrites={rewrites} />
      </>
    )}
  </section>
);
