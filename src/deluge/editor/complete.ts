import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { EditorView, Rect } from '@codemirror/view';
import { type Doc, INVOKEAPI_KEYS, INVOKEURL_KEYS, KEY_VALUES, KEYWORD_DOCS, VARIABLE_DOCS } from '../docs.ts';
import { FUNCTION_DOCS, METHOD_DOCS } from '../docs-functions.ts';
import { TASK_DOCS } from '../docs-tasks.ts';
import type { EditorConnection } from './connection.ts';
import { type Where, whereIs } from './where.ts';

/** A doc as an option: what is behind the name says how it goes on, the text stands beside the list. */
const option = ({ name, shape, text }: Doc, type: string, apply = name): Completion => ({
  label: name,
  detail: shape.startsWith(name) ? shape.slice(name.length).trim() : '',
  info: text,
  type,
  apply,
});

const connectionOption = (one: EditorConnection, quote: string | null): Completion => ({
  label: one.linkName,
  detail: one.displayName,
  info: [`${one.typeLabel}. ${one.status}.`, one.account === null ? 'Nobody has authorized it.' : `Account: ${one.account}.`].join(' '),
  type: 'connection',
  // What cannot be used comes last.
  boost: one.state === 'ok' ? 1 : -1,
  apply: (view: EditorView, _: Completion, from: number, to: number) => {
    const closed = quote !== null && view.state.sliceDoc(to, to + 1) === quote;
    const insert = quote === null ? `"${one.linkName}"` : closed ? one.linkName : `${one.linkName}${quote}`;
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length + (closed ? 1 : 0) },
      userEvent: 'input.complete',
    });
  },
});

/** `key: ` is what goes on. */
const keyOptions = (docs: readonly Doc[]): Completion[] => docs.map((doc) => ({ ...option(doc, 'key', `${doc.name}: `), label: doc.name }));

const FUNCTIONS = FUNCTION_DOCS.map((doc) => option(doc, 'function'));
const METHODS = METHOD_DOCS.map((doc) => option(doc, 'method'));
const KEYWORDS = KEYWORD_DOCS.map((doc) => option(doc, 'keyword'));
const KEYS = { invokeurl: keyOptions(INVOKEURL_KEYS), invokeapi: keyOptions(INVOKEAPI_KEYS) } as const;

const DOTTED = [...TASK_DOCS, ...VARIABLE_DOCS];

/** What may follow `zoho.` or `zoho.crm.`: the next part of every dotted name that begins so. */
const parts = (path: string): Completion[] => {
  const prefix = `${path.toLowerCase()}.`;
  const found = new Map<string, Completion>();
  for (const doc of DOTTED) {
    if (!doc.name.toLowerCase().startsWith(prefix)) continue;
    const rest = doc.name.slice(prefix.length);
    const [next = ''] = rest.split('.');
    const isLast = next === rest;
    if (isLast) found.set(next, { ...option({ ...doc, name: next, shape: doc.shape.slice(prefix.length) }, 'task') });
    else if (!found.has(next)) found.set(next, { label: next, type: 'namespace', detail: '' });
  }
  return [...found.values()];
};

const ROOTS: readonly Completion[] = [...new Set(DOTTED.map(({ name }) => name.split('.')[0] ?? name))].map((label) => ({
  label,
  type: 'namespace',
}));

/** Names that the script itself gives a value. */
const variables = (context: CompletionContext): Completion[] => {
  const names = new Set<string>();
  syntaxTree(context.state).iterate({
    enter: ({ name, from, to, node }) => {
      if (
        (name === 'Name' && !/^(InsertTask|FieldEntry)$/.test(node.parent?.name ?? '')) ||
        (name === 'Variable' && node.parent?.name === 'Assignment' && node.prevSibling === null)
      )
        if (to < context.pos || from > context.pos) names.add(context.state.sliceDoc(from, to));
    },
  });
  return [...names].map((label) => ({ label, type: 'variable', boost: 2 }));
};

const optionsAt = (where: Where, context: CompletionContext, connections: readonly EditorConnection[]): readonly Completion[] => {
  if (where.kind === 'connection')
    return connections.filter(({ state }) => state !== 'elsewhere').map((one) => connectionOption(one, where.quote));
  if (where.kind === 'key') return KEYS[where.block];
  if (where.kind === 'value') return (KEY_VALUES[where.key] ?? []).map((label) => ({ label, type: 'constant' }));
  if (where.kind === 'member') {
    const next = where.path === '' ? [] : parts(where.path);
    return next.length > 0 ? next : METHODS;
  }
  if (where.kind === 'word') return [...variables(context), ...FUNCTIONS, ...KEYWORDS, ...ROOTS];
  return [];
};

/** Offers what may be written here; by itself only where something has begun. */
export const completeDeluge =
  (connections: () => readonly EditorConnection[]): CompletionSource =>
  (context): CompletionResult | null => {
    const where = whereIs(context.state.doc.toString(), syntaxTree(context.state), context.pos);
    if (where.kind === 'nothing') return null;
    const isEmpty = where.from === context.pos;
    const speaksForItself = where.kind === 'connection' || where.kind === 'member';
    if (isEmpty && !context.explicit && !speaksForItself) return null;
    const options = optionsAt(where, context, connections());
    if (options.length === 0 && where.kind === 'value') return { from: where.from, options: [...variables(context), ...FUNCTIONS] };
    return options.length === 0 ? null : { from: where.from, options: [...options], validFor: /^[\w$-]*$/ };
  };

/** The help on an option: beside the list where there is room, else below all of it, so that it covers no other option. */
export const placeInfo = (_: EditorView, list: Rect, option: Rect, info: Rect, space: Rect): { readonly style: string } => {
  const width = info.right - info.left;
  const room = space.right - list.right;
  if (room >= width) return { style: `left: 100%; top: ${option.top - list.top}px; max-width: ${Math.min(400, room)}px` };
  return { style: `left: 0; top: ${list.bottom - list.top}px; max-width: ${Math.max(160, space.right - list.left)}px` };
};
