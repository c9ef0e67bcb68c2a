import { argumentsOf, pathOf, type Script, stringValue } from './parse.ts';
import type { Reference } from './references.ts';
import { scopesOfTask } from './task-requests.ts';
import { taskOf } from './tasks.ts';

/** What one task of a script needs: through which connection (or `system:<service>`), and which scopes, or null where nobody knows. */
export type TaskNeed = {
  readonly linkName: string;
  readonly task: string;
  readonly line: number;
  readonly scopes: readonly string[] | null;
};

/** The needs of the integration tasks of a script whose connection its references name; invokeurl goes wherever its address says, so its scopes are not. */
export const taskNeeds = (script: Script, references: readonly Reference[]): TaskNeed[] => {
  const needs: TaskNeed[] = [];
  script.tree.iterate({
    enter: ({ node }) => {
      if (node.name !== 'Call') return;
      const path = pathOf(script, node.firstChild);
      const task = path === null ? null : taskOf(path);
      if (task === null) return;
      const from = script.placeOf(node.from);
      const to = script.placeOf(node.to);
      const isInside = ({ line, column }: { line: number; column: number }): boolean =>
        (line > from.line || (line === from.line && column >= from.column)) && (line < to.line || (line === to.line && column < to.column));
      const literals = argumentsOf(node).map((one) => (one.name === 'String' ? stringValue(script.textOf(one)) : null));
      const found = scopesOfTask(task.name, literals);
      for (const { linkName } of references.filter((one) => one.task === task.name && isInside(one)))
        needs.push({ linkName: linkName.toLowerCase(), task: task.name, line: from.line, scopes: found?.scopes ?? null });
    },
  });
  return needs;
};
