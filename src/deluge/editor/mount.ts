import { autocompletion, closeBrackets } from '@codemirror/autocomplete';
import { history } from '@codemirror/commands';
import { bracketMatching, codeFolding, foldGutter, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, type Extension, Transaction } from '@codemirror/state';
import { EditorView, highlightActiveLine, highlightActiveLineGutter, lineNumbers } from '@codemirror/view';
import { narrow, spaceEdits } from '../edits.ts';
import { formatScript, mayFormat } from '../format.ts';
import { type Renamed, renameReferences } from '../rename.ts';
import type { Mark } from './analysis.ts';
import { completeDeluge, placeInfo } from './complete.ts';
import type { EditorConnection } from './connection.ts';
import { keys } from './keys.ts';
import { deluge } from './language.ts';
import { connectionsChanged, marks, namesIn, openAt, placeAt } from './marks.ts';
import { COLOURS, THEME } from './theme.ts';

export type EditorOptions = {
  readonly text: string;
  /** The id of the label and of the description, both in the same shadow root. */
  readonly labelledBy: string;
  readonly describedBy: string;
  readonly connections: readonly EditorConnection[];
  readonly onInput: (text: string) => void;
  readonly onMarks: (marks: readonly Mark[]) => void;
  /** The link name at the cursor, or null. */
  readonly onPlace: (linkName: string | null) => void;
  readonly onOpen: (linkName: string) => void;
  readonly onRename: () => void;
  /** Said after each try to format, by button or key. */
  readonly onFormatted: (how: Formatted) => void;
};

/** What became of a script that somebody wanted formatted. */
export type Formatted = 'done' | 'unchanged' | 'not understood';

/** A mounted editor. What it is told from outside is no input: `onInput` speaks of what a person did, and of format and rename. */
export type Editor = {
  text(): string;
  setText(text: string): void;
  setConnections(connections: readonly EditorConnection[]): void;
  /** Lays the script out; `onFormatted` says how it went. */
  format(): boolean;
  previewRename(from: string, to: string): Renamed;
  rename(from: string, to: string): void;
  /** Link names that the script uses. */
  names(): readonly string[];
  nameAtCursor(): string | null;
  open(): boolean;
  goTo(offset: number): void;
  select(from: number, to: number): void;
  focus(): void;
  destroy(): void;
};

/** Few enough that the list needs no scrolling of its own, which no key would reach; the arrows turn its pages. */
const SHOWN = 9;

const silent = Transaction.userEvent.of('set');

const looks = (): Extension => [
  THEME,
  syntaxHighlighting(COLOURS),
  lineNumbers(),
  foldGutter({ openText: '▾', closedText: '▸' }),
  codeFolding(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  bracketMatching(),
  EditorView.lineWrapping,
];

/** Mounts CodeMirror for Deluge in a shadow root: there its styles are adopted sheets, which `style-src 'self'` allows. */
export const mountEditor = (root: ShadowRoot, parent: HTMLElement, options: EditorOptions): Editor => {
  let { connections } = options;
  let place: string | null = null;
  const aria = new Compartment();
  const rename = (): boolean => {
    options.onRename();
    return true;
  };
  const formatNow = (): boolean => {
    const before = view.state.doc.toString();
    const after = formatScript(before);
    if (after !== before) view.dispatch({ changes: spaceEdits(before, after), userEvent: 'format' });
    options.onFormatted(after !== before ? 'done' : mayFormat(before) ? 'unchanged' : 'not understood');
    return true;
  };
  const open = (): boolean => openAt(view.state, view.state.selection.main.head, options.onOpen);
  const view: EditorView = new EditorView({
    root,
    parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        looks(),
        deluge(),
        history(),
        indentOnInput(),
        indentUnit.of('\t'),
        EditorState.tabSize.of(4),
        closeBrackets(),
        autocompletion({ override: [completeDeluge(() => connections)], icons: false, maxRenderedOptions: SHOWN, positionInfo: placeInfo }),
        marks({ connections: () => connections, onMarks: options.onMarks, onOpen: options.onOpen }),
        keys([
          { key: 'F2', run: rename },
          { key: 'Alt-Enter', run: open },
          { key: 'Shift-Alt-f', run: formatNow },
        ]),
        aria.of(
          EditorView.contentAttributes.of({
            'aria-labelledby': options.labelledBy,
            'aria-describedby': options.describedBy,
            translate: 'no',
            dir: 'ltr',
          }),
        ),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !update.transactions.every((one) => one.isUserEvent('set')))
            options.onInput(update.state.doc.toString());
          const now = placeAt(update.state, update.state.selection.main.head)?.reference.linkName ?? null;
          if (now === place) return;
          place = now;
          options.onPlace(now);
        }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    setText: (text) => {
      const edit = narrow(view.state.doc.toString(), text.replace(/\r\n?/g, '\n'));
      if (edit !== null) view.dispatch({ changes: edit, annotations: [silent, Transaction.addToHistory.of(false)] });
    },
    setConnections: (list) => {
      connections = list;
      view.dispatch({ effects: connectionsChanged.of(null) });
    },
    format: formatNow,
    previewRename: (from, to) => renameReferences(view.state.doc.toString(), from, to),
    rename: (from, to) => {
      const { lines } = renameReferences(view.state.doc.toString(), from, to);
      const edits = lines.flatMap(({ line, before, after }) => narrow(before, after, view.state.doc.line(line).from) ?? []);
      view.dispatch({ changes: edits, userEvent: 'rename' });
    },
    names: () => namesIn(view.state),
    nameAtCursor: () => place,
    open,
    goTo: (offset) => {
      view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true });
      view.focus();
    },
    select: (anchor, head) => view.dispatch({ selection: { anchor, head: Math.min(head, view.state.doc.length) } }),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
};
