import { closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, historyKeymap, indentWithTab } from '@codemirror/commands';
import { foldKeymap } from '@codemirror/language';
import { nextDiagnostic, previousDiagnostic } from '@codemirror/lint';
import { type Extension, Prec } from '@codemirror/state';
import { closeHoverTooltips, EditorView, hasHoverTooltips, type KeyBinding, keymap } from '@codemirror/view';

/** Keys that belong to the page or the browser: run the component, back and forward, view source, page info, select the address. */
const NOT_OURS: ReadonlySet<string> = new Set(['Mod-Enter', 'Mod-[', 'Mod-]', 'Mod-u', 'Mod-i', 'Ctrl-Alt-[', 'Ctrl-Alt-]']);

const isOurs = ({ key, mac, win, linux }: KeyBinding): boolean =>
  ![key, mac, win, linux].some((one) => one !== undefined && NOT_OURS.has(one));

/** After Esc the next Tab leaves, however long a person takes (WCAG 2.1.2, 2.2.1); any other key takes that back. */
const LONG = 24 * 60 * 60 * 1_000;

const escapeThenTab = (): Extension => {
  let isEscaped = false;
  return [
    Prec.lowest(
      keymap.of([
        {
          key: 'Escape',
          run: () => {
            // Esc that closed a list or a selection was not meant for leaving; that one never comes here.
            isEscaped = true;
            return false;
          },
        },
      ]),
    ),
    EditorView.domEventHandlers({
      keyup: (event, view) => {
        if (event.key === 'Escape' && isEscaped) view.setTabFocusMode(LONG);
        isEscaped = false;
        return false;
      },
    }),
  ];
};

/** The editor's keys; Ctrl+Enter, and what the browser needs, are left alone. */
export const keys = (own: readonly KeyBinding[]): Extension => [
  keymap.of([
    ...own,
    // A card that lies over the script goes without the pointer too (WCAG 1.4.13).
    {
      key: 'Escape',
      run: (view) => {
        if (!hasHoverTooltips(view.state)) return false;
        view.dispatch({ effects: closeHoverTooltips });
        return true;
      },
    },
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...[...defaultKeymap, ...historyKeymap, ...foldKeymap].filter(isOurs),
    { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic },
    indentWithTab,
  ]),
  escapeThenTab(),
];
