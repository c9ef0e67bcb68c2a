import * as v from 'valibot';
import { parseScript } from '../deluge/parse.ts';
import { type Reference, scanReferences, scanScript } from '../deluge/references.ts';
import { taskNeeds } from '../deluge/task-calls.ts';
import { connectorOfService } from '../deluge/task-requests.ts';
import { linesSchema, NO_USES } from './fields.ts';
import type { ServiceNeed, Uses } from './kind.ts';

/** SECURITY S11: a script is at most 64 KiB. */
export const scriptSchema = v.pipe(
  linesSchema(65_536),
  v.check((text) => text.trim() !== '', 'nothing is in it'),
);

const SYSTEM = 'system:';

const isSystem = ({ linkName }: { readonly linkName: string }): boolean => linkName.startsWith(SYSTEM);

const connectorOf = (linkName: string): string => connectorOfService(linkName.slice(SYSTEM.length));

const placeOf = ({ linkName, line, column, task, certainty }: Reference) => ({
  linkName: linkName.toLowerCase(),
  line,
  column,
  task,
  certainty: certainty ?? null,
});

/** Everything that a script says of connections, read from its tree. */
export const usesOfScript = (source: string, known: readonly string[]): Uses => {
  if (source.trim() === '') return NO_USES;
  const script = parseScript(source);
  const scan = scanScript(script, known);
  const needs = taskNeeds(script, scan.references);
  const services = new Map<string, ServiceNeed>();
  for (const { linkName } of scan.references.filter(isSystem)) {
    const service = connectorOf(linkName);
    const own = needs.filter((need) => isSystem(need) && connectorOf(need.linkName) === service);
    const scopes = [...new Set(own.flatMap((need) => need.scopes ?? []))];
    services.set(service, { service, operationId: null, scopes });
  }
  return {
    references: scan.references.filter((one) => !isSystem(one)).map(placeOf),
    services: [...services.values()],
    dynamic: scan.dynamic.map(({ expression, line }) => `line ${line}: ${expression}`),
    needs: needs.filter((need) => !isSystem(need)),
    problems: scan.errors,
  };
};

/** The script with other link names where they are written out; what only a run knows stays as it is (R34). */
export const renameInScript = (source: string, nameOf: (linkName: string) => string): string => {
  const lines = source.split('\n');
  // From behind, so that places before stay where they are.
  const references = [...scanReferences(source).references].filter((one) => !isSystem(one)).reverse();
  for (const { linkName, line, column } of references) {
    const name = nameOf(linkName.toLowerCase());
    const text = lines[line - 1] ?? '';
    const rest = text.slice(column - 1);
    const quote = /^["']/.exec(rest)?.[0] ?? '';
    if (name === linkName.toLowerCase() || !rest.slice(quote.length).toLowerCase().startsWith(linkName.toLowerCase())) continue;
    lines[line - 1] = `${text.slice(0, column - 1)}${quote}${name}${rest.slice(quote.length + linkName.length)}`;
  }
  return lines.join('\n');
};
