import { type Place, parseScript, type Script } from '../parse.ts';
import { type Reference, scanScript } from '../references.ts';
import { unsupportedIn } from '../unsupported.ts';
import { type EditorConnection, findConnection } from './connection.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Something to say about a piece of the script. */
export type Mark = Place & { readonly from: number; readonly to: number; readonly severity: Severity; readonly message: string };

/** A piece of the script that names a connection. */
export type NamedPlace = { readonly from: number; readonly to: number; readonly reference: Reference };

export type Analysis = { readonly marks: readonly Mark[]; readonly places: readonly NamedPlace[] };

/** Where the piece ends that begins here: its token, its word, or one character; never behind its line. */
const endOf = ({ tree, text }: Script, from: number): number => {
  const node = tree.resolveInner(from, 1);
  const word = /^(?:\w+|.)/.exec(text.slice(from, from + 80))?.[0].length ?? 0;
  const to = node.from === from && node.firstChild === null && node.to > from ? node.to : from + word;
  const line = text.indexOf('\n', from);
  return line < 0 ? to : Math.min(to, Math.max(line, from));
};

/** A system connection stands for the whole name of its task. */
const endOfTask = (script: Script, from: number): number => from + (/^[\w.]+/.exec(script.text.slice(from, from + 200))?.[0].length ?? 0);

const isSystem = ({ linkName }: Reference): boolean => linkName.startsWith('system:');

type Complaint = { readonly severity: Severity; readonly message: string };

const STATES: Readonly<Record<EditorConnection['state'], ((connection: EditorConnection) => Complaint) | null>> = {
  ok: null,
  elsewhere: ({ displayName }) => ({ severity: 'error', message: `${displayName} belongs to another application` }),
  retired: ({ displayName }) => ({ severity: 'warning', message: `${displayName} is retired: name another connection` }),
  paused: ({ displayName }) => ({ severity: 'warning', message: `${displayName} is paused: calls fail until it goes on` }),
};

const complaintOf = (reference: Reference, connections: readonly EditorConnection[]): Complaint | null => {
  if (isSystem(reference)) return null;
  const found = findConnection(connections, reference.linkName);
  if (found !== undefined) return STATES[found.state]?.(found) ?? null;
  const severity = reference.certainty === undefined ? 'error' : 'warning';
  return { severity, message: `no connection here has the link name ${reference.linkName}` };
};

/** Reads a script as the editor shows it: what is wrong or worth knowing, and which pieces name a connection. */
export const analyse = (source: string, connections: readonly EditorConnection[]): Analysis =>
  analyseScript(parseScript(source), connections);

/** The same of a script that is parsed already. */
export const analyseScript = (script: Script, connections: readonly EditorConnection[]): Analysis => {
  const scan = scanScript(
    script,
    connections.map(({ linkName }) => linkName),
  );
  const marks: Mark[] = [];
  const mark = (place: Place, severity: Severity, message: string, end?: number): void => {
    const from = script.offsetOf(place);
    // At the end of the script there is nothing to stand under but what comes before.
    const start = from >= script.text.length ? Math.max(0, script.text.trimEnd().length - 1) : from;
    marks.push({ ...place, from: start, to: Math.max(end ?? endOf(script, start), start), severity, message });
  };
  for (const { message, ...place } of scan.errors) mark(place, 'error', message);
  for (const { expression, ...place } of scan.dynamic)
    mark(
      place,
      'warning',
      `only a run knows which connection this is: ${expression.slice(0, 60)}`,
      script.offsetOf(place) + (expression.split('\n')[0]?.length ?? 0),
    );
  for (const { from, to, message } of unsupportedIn(script)) mark(script.placeOf(from), 'info', message, to);
  const places = scan.references.map((reference): NamedPlace => {
    const from = script.offsetOf(reference);
    return { from, to: isSystem(reference) ? endOfTask(script, from) : endOf(script, from), reference };
  });
  for (const { reference } of places) {
    const complaint = complaintOf(reference, connections);
    if (complaint !== null) mark({ line: reference.line, column: reference.column }, complaint.severity, complaint.message);
  }
  return { marks: marks.sort((a, b) => a.from - b.from), places };
};
