import { ensureSyntaxTree } from '@codemirror/language';
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint';
import { type EditorState, type Extension, StateEffect, StateField } from '@codemirror/state';
import { EditorView, hoverTooltip, type Tooltip } from '@codemirror/view';
import { onlyScript, parseScript, type Script, scriptOf } from '../parse.ts';
import { analyseScript, type Mark, type NamedPlace } from './analysis.ts';
import { type EditorConnection, findConnection } from './connection.ts';

type Options = {
  readonly connections: () => readonly EditorConnection[];
  readonly onMarks: (marks: readonly Mark[]) => void;
  readonly onOpen: (linkName: string) => void;
};

/** How long reading may go on from where the editor's own reading stands. */
const READ_MS = 50;

/** The script with the editor's tree, which grows with each key; read anew where that takes too long. */
const scriptIn = (state: EditorState): Script => {
  const text = state.doc.toString();
  const tree = ensureSyntaxTree(state, text.length, READ_MS);
  return tree === null ? parseScript(text) : scriptOf(onlyScript(text), tree);
};

const found = StateEffect.define<readonly NamedPlace[]>();

/** Says that the connections are others now, so that the script is looked at again. */
export const connectionsChanged = StateEffect.define<null>();

/** Where connections are named, moved along with the text until it is read again. */
const placesField = StateField.define<readonly NamedPlace[]>({
  create: () => [],
  update: (places, transaction) => {
    for (const effect of transaction.effects) if (effect.is(found)) return effect.value;
    if (!transaction.docChanged) return places;
    return places.map((one) => ({ ...one, from: transaction.changes.mapPos(one.from, 1), to: transaction.changes.mapPos(one.to, -1) }));
  },
});

/** The connection that is named at an offset. */
export const placeAt = (state: EditorState, at: number): NamedPlace | null =>
  state.field(placesField).find(({ from, to }) => from <= at && at <= to && from < to) ?? null;

/** Link names that the script uses, as they are written, each once. */
export const namesIn = (state: EditorState): string[] => [
  ...new Set(
    state
      .field(placesField)
      .map(({ reference }) => reference.linkName)
      .filter((name) => !name.startsWith('system:')),
  ),
];

const line = (tag: 'strong' | 'span', text: string, className = ''): HTMLElement => {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
};

/** A connection in a few lines: name, type, status, account. */
const cardOf = ({ reference }: NamedPlace, connections: readonly EditorConnection[]): HTMLElement => {
  const card = document.createElement('div');
  card.className = 'cm-connection-card';
  const { linkName } = reference;
  const one = findConnection(connections, linkName);
  if (linkName.startsWith('system:'))
    card.append(
      line('strong', `System connection to ${linkName.slice('system:'.length)}`),
      line('span', 'It makes itself when a task first needs the service, and is reused.', 'muted'),
    );
  else if (one === undefined) card.append(line('strong', linkName), line('span', 'No connection here has this link name.', 'muted'));
  else
    card.append(
      line('strong', one.displayName),
      line('span', one.typeLabel),
      line('span', one.status),
      line('span', one.account === null ? 'Nobody has authorized it.' : `Account: ${one.account}`),
      line('span', 'Ctrl or ⌘ and a click, or Alt+Enter, opens it.', 'muted'),
    );
  return card;
};

/** Opens the connection that is named at the offset; false where none is. */
export const openAt = (state: EditorState, at: number, onOpen: (linkName: string) => void): boolean => {
  const place = placeAt(state, at);
  if (place === null || place.reference.linkName.startsWith('system:')) return false;
  onOpen(place.reference.linkName);
  return true;
};

const IS_MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

/** Marks under the script and in its margin, a card over a connection's name, and the way to it. */
export const marks = ({ connections, onMarks, onOpen }: Options): Extension => [
  placesField,
  lintGutter({ hoverTime: 200 }),
  linter(
    (view): readonly Diagnostic[] => {
      const { marks: list, places } = analyseScript(scriptIn(view.state), connections());
      // The view is being updated by whoever asked for this; it takes the places a moment later.
      const { doc } = view.state;
      queueMicrotask(() => {
        if (view.state.doc.eq(doc)) view.dispatch({ effects: found.of(places) });
      });
      onMarks(list);
      return list.map(({ from, to, severity, message }) => ({ from, to, severity, message }));
    },
    {
      delay: 350,
      needsRefresh: ({ transactions }) => transactions.some(({ effects }) => effects.some((effect) => effect.is(connectionsChanged))),
    },
  ),
  hoverTooltip((view, at): Tooltip | null => {
    const place = placeAt(view.state, at);
    return place === null ? null : { pos: place.from, end: place.to, above: true, create: () => ({ dom: cardOf(place, connections()) }) };
  }),
  EditorView.domEventHandlers({
    mousedown: (event, view) => {
      if (event.button !== 0 || !(IS_MAC ? event.metaKey : event.ctrlKey)) return false;
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
      if (at === null || !openAt(view.state, at, onOpen)) return false;
      event.preventDefault();
      return true;
    },
  }),
];
