import { useState } from 'preact/hooks';
import type { Mark, Severity } from '../../deluge/editor/analysis.ts';
import type { EditorConnection } from '../../deluge/editor/connection.ts';
import '../styles/deluge-editor.css';
import { Button, Code, Name } from './basics.tsx';
import { useDelugeEditor } from './deluge-editor-host.ts';
import { RenameConnection } from './rename-connection.tsx';

type Props = {
  /** Unique on the page; focusing the element of this id focuses the field or the editor. */
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
  readonly connections: readonly EditorConnection[];
  readonly onOpenConnection: (linkName: string) => void;
  readonly describedBy?: string;
};

const HELP = 'Tab indents. Press Esc, then Tab to leave the editor. F2 renames a connection, Shift+Alt+F formats.';
const PLAIN = 'The code editor could not be loaded. This field takes the script as well.';

const SAYS = {
  done: 'Formatted.',
  unchanged: 'Nothing to change.',
  'not understood': 'It stays as it is: a page, or a script with errors, is not formatted.',
} as const;

const SIGNS: Record<Severity, { readonly tone: string; readonly sign: string; readonly word: string }> = {
  error: { tone: 'bad', sign: '▲', word: 'Error' },
  warning: { tone: 'warn', sign: '●', word: 'Warning' },
  info: { tone: 'info', sign: '○', word: 'Good to know' },
};

/** As many as anybody reads. */
const SHOWN = 50;

const Marks = ({ marks, onGo }: { readonly marks: readonly Mark[]; readonly onGo: (mark: Mark) => void }) =>
  marks.length === 0 ? null : (
    <details class="script-marks" open>
      <summary>{marks.length === 1 ? '1 remark on this script' : `${marks.length} remarks on this script`}</summary>
      <ul class="plain">
        {marks.slice(0, SHOWN).map((mark) => {
          const { tone, sign, word } = SIGNS[mark.severity];
          return (
            <li key={`${mark.from} ${mark.message}`}>
              <button type="button" class="mark" onClick={() => onGo(mark)}>
                <span class={`status ${tone}`}>
                  <span aria-hidden="true">{sign}</span> {word}
                </span>{' '}
                line {mark.line}: {mark.message}
              </button>
            </li>
          );
        })}
      </ul>
      {marks.length > SHOWN ? <p class="hint">The first {SHOWN} are shown.</p> : null}
    </details>
  );

/** What is known of the connection at the cursor: what the pointer sees by hovering, for the keyboard and for touch. */
const AtCursor = ({
  linkName,
  one,
  onOpen,
}: {
  readonly linkName: string;
  readonly one: EditorConnection | undefined;
  readonly onOpen: () => void;
}) => (
  <>
    <Code>{linkName}</Code>:{' '}
    {one === undefined ? (
      <span>No connection here has this link name.</span>
    ) : (
      <>
        <Name>{one.displayName}</Name>, {one.typeLabel}. {one.status}. {one.account === null ? null : <Name>{one.account}</Name>}{' '}
        <button type="button" class="button small" onClick={onOpen}>
          Open the connection
        </button>
      </>
    )}
  </>
);

/** A script with its connections: a plain field at once, the code editor as soon as it is here. */
export const DelugeEditor = ({ id, label, value, onInput, connections, onOpenConnection, describedBy }: Props) => {
  const [isRenaming, setRenaming] = useState(false);
  const [says, setSays] = useState('');
  const { area, host, isComposing, isLoaded, hasFailed, editor, marks, place } = useDelugeEditor({
    label,
    help: HELP,
    describedBy,
    value,
    connections,
    onInput: (text) => {
      setSays('');
      onInput(text);
    },
    onOpenConnection,
    onRename: () => setRenaming(true),
    onFormatted: (how) => setSays(SAYS[how]),
  });
  const named = place !== null && !place.startsWith('system:') ? place : null;
  const close = (): void => {
    setRenaming(false);
    editor?.focus();
  };
  return (
    <div class="field deluge-editor">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a click on a label goes to its field; by keyboard the field itself is reached */}
      <label for={id} onClick={() => editor?.focus()}>
        {label}
      </label>
      {isLoaded ? (
        <div id={id} ref={host} class="script-host" />
      ) : (
        <textarea
          id={id}
          ref={area}
          class="script"
          value={value}
          spellcheck={false}
          autocomplete="off"
          translate={false}
          dir="ltr"
          aria-describedby={describedBy}
          onInput={(event) => onInput(event.currentTarget.value)}
          onCompositionStart={() => {
            isComposing.current = true;
          }}
          onCompositionEnd={() => {
            isComposing.current = false;
          }}
        />
      )}
      <small class="hint">{isLoaded ? HELP : hasFailed ? PLAIN : 'The code editor is on its way. You can write already.'}</small>
      {editor === null ? (
        <div class="actions" />
      ) : (
        <>
          <div class="actions">
            <Button onPress={() => editor.format()}>Format</Button>
            <Button onPress={() => setRenaming(true)}>Rename a connection…</Button>
            <p class="hint at-cursor" role="status">
              {says === '' ? null : <span>{says} </span>}
              {named === null ? null : (
                <AtCursor
                  linkName={named}
                  one={connections.find(({ linkName }) => linkName.toLowerCase() === named.toLowerCase())}
                  onOpen={() => onOpenConnection(named)}
                />
              )}
            </p>
          </div>
          {isRenaming ? (
            <RenameConnection
              names={editor.names()}
              first={named}
              preview={editor.previewRename}
              onRename={(from, to) => {
                editor.rename(from, to);
                close();
              }}
              onClose={close}
            />
          ) : null}
          <Marks marks={marks} onGo={(mark) => editor.goTo(mark.from)} />
        </>
      )}
    </div>
  );
};
