import type { DeploymentView, ImportLine } from '../../core/views.ts';
import type { ConnectionId } from '../../domain/ids.ts';

/** What somebody chose of one connection; the link name stays as it was typed when they look at another choice. */
export type ImportPick = { readonly take: 'copy' | 'nothing' | ConnectionId; readonly linkName: string };
export type ImportPicks = Readonly<Record<string, ImportPick>>;

/** What is chosen of a line, or what is done unless somebody chooses otherwise. */
export const pickOf = (line: ImportLine, picks: ImportPicks): ImportPick => picks[line.linkName] ?? { take: 'copy', linkName: line.copy };

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
