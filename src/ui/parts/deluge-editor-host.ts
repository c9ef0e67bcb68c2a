import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Mark } from '../../deluge/editor/analysis.ts';
import type { EditorConnection } from '../../deluge/editor/connection.ts';
import type { Editor, EditorOptions, mountEditor } from '../../deluge/editor/mount.ts';

type Mount = typeof mountEditor;

export type HostOptions = {
  readonly label: string;
  readonly help: string;
  readonly describedBy: string | undefined;
  readonly value: string;
  readonly connections: readonly EditorConnection[];
  readonly onInput: (text: string) => void;
  readonly onOpenConnection: (linkName: string) => void;
  readonly onRename: () => void;
  readonly onFormatted: EditorOptions['onFormatted'];
};

/** The field before it becomes an editor: what it holds, and where its owner was in it. */
const carryOver = (area: HTMLTextAreaElement | null, isFocused: boolean, editor: Editor): void => {
  if (area === null) return;
  editor.select(area.selectionStart, area.selectionEnd);
  if (isFocused) editor.focus();
};

/** Waits until nobody is in the middle of a composed character, which a change of fields would break. */
const afterComposing = (area: HTMLTextAreaElement | null, isComposing: boolean, act: () => void): void => {
  if (area === null || !isComposing) act();
  else area.addEventListener('compositionend', () => setTimeout(act), { once: true });
};

const hiddenText = (id: string): HTMLElement => {
  const element = document.createElement('span');
  element.id = id;
  element.hidden = true;
  return element;
};

/** In a shadow root, names and descriptions must stand in it too: ids do not reach through its border. */
const prepare = (host: HTMLElement) => {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
  const [label, description, parent] = [hiddenText('label'), hiddenText('description'), document.createElement('div')];
  root.replaceChildren(label, description, parent);
  return { root, label, description, parent };
};

/** How many texts on their way to the owner and back are remembered. */
const ON_THE_WAY = 100;

/**
 * Loads the code editor, and puts it where the plain field was, with its text, cursor and focus. `value` may come back late: an older
 * text of the editor's own is never written over a newer one.
 */
export const useDelugeEditor = (options: HostOptions) => {
  const area = useRef<HTMLTextAreaElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const shadow = useRef<ReturnType<typeof prepare> | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const isComposing = useRef(false);
  const left = useRef<{ readonly area: HTMLTextAreaElement | null; readonly isFocused: boolean } | null>(null);
  const sent = useRef<string[]>([]);
  const [module, setModule] = useState<{ readonly mount: Mount } | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const [editor, setEditor] = useState<Editor | null>(null);
  const [marks, setMarks] = useState<readonly Mark[]>([]);
  const [place, setPlace] = useState<string | null>(null);

  useEffect(() => {
    let isHere = true;
    const loaded = (mount: Mount): void =>
      afterComposing(area.current, isComposing.current, () => {
        if (!isHere) return;
        left.current = { area: area.current, isFocused: document.activeElement === area.current && area.current !== null };
        setModule({ mount });
      });
    import('../../deluge/editor/mount.ts').then(
      ({ mountEditor }) => loaded(mountEditor),
      () => isHere && setFailed(true),
    );
    return () => {
      isHere = false;
    };
  }, []);

  useLayoutEffect(() => {
    if (module === null || host.current === null) return;
    shadow.current = prepare(host.current);
    const { root, parent, label, description } = shadow.current;
    const from = left.current ?? { area: null, isFocused: false };
    const made: EditorOptions = {
      text: from.area?.value ?? latest.current.value,
      labelledBy: label.id,
      describedBy: description.id,
      connections: latest.current.connections,
      onInput: (text) => {
        sent.current = [...sent.current, text].slice(-ON_THE_WAY);
        latest.current.onInput(text);
      },
      onMarks: setMarks,
      onPlace: setPlace,
      onOpen: (linkName) => latest.current.onOpenConnection(linkName),
      onRename: () => latest.current.onRename(),
      onFormatted: (how) => latest.current.onFormatted(how),
    };
    const mounted = module.mount(root, parent, made);
    carryOver(from.area, from.isFocused, mounted);
    left.current = null;
    setEditor(mounted);
    return () => mounted.destroy();
  }, [module]);

  const { value, connections, label, help, describedBy } = options;
  useLayoutEffect(() => {
    if (editor === null) return;
    if (value === editor.text()) sent.current = [];
    else if (!sent.current.includes(value)) editor.setText(value);
  }, [editor, value]);

  useEffect(() => editor?.setConnections(connections), [editor, connections]);

  // A description may change without a word to us (an error that appears), so it is read after each drawing.
  useEffect(() => {
    if (shadow.current === null) return;
    const more = (describedBy ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '');
    shadow.current.label.textContent = label;
    shadow.current.description.textContent = [...more, help].filter((one) => one !== '').join(' ');
  });

  return { area, host, isComposing, isLoaded: module !== null, hasFailed, editor, marks, place };
};
