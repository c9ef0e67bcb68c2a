import { useEffect, useState } from 'preact/hooks';
import type { ImportPreview } from '../../core/views.ts';
import { type Answer, useAnswer } from '../answer.ts';
import { core } from '../core.ts';
import { Code, FaultNote, Name } from './basics.tsx';
import { choicesOf, type ImportPicks } from './import-picks.ts';
import { PartChanges } from './part-changes.tsx';

/** A link name is looked at when typing pauses: each look verifies the whole bundle. */
const PAUSE_MS = 300;

type Props = { readonly text: string; readonly hash: string; readonly picks: ImportPicks; readonly rewrites: boolean };

const useImportPreview = ({ text, hash, picks, rewrites }: Props): Answer<ImportPreview> => {
  const [settled, setSettled] = useState(picks);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(picks), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [picks]);
  return useAnswer(() => core.previewImport({ text, hash, choices: choicesOf(settled), rewrites }), [text, hash, settled, rewrites]);
};

/** What the import changes in components by the choices made so far, and what it leaves to a person. */
export const ImportRewrites = (props: Props) => {
  const preview = useImportPreview(props);
  const [shown, setShown] = useState<ImportPreview | null>(null);
  // The last answer stays while the next one is looked for, so that nothing jumps at each key.
  if (preview.state === 'good' && preview.value !== shown) setShown(preview.value);
  if (preview.state === 'wrong') return <FaultNote fault={preview.fault} />;
  if (shown === null) return <p class="loading">Looking at what is rewritten…</p>;
  return (
    <>
      {props.rewrites && shown.rewrites.length > 0 ? (
        <ul class="plain differences" aria-label="What is rewritten">
          {shown.rewrites.map(({ component, uses, edits }) => (
            <li key={component}>
              <span>
                <strong>
                  <Name>{component}</Name>
                </strong>
                {uses.map(({ from, to }) => (
                  <span key={from}>
                    {' '}
                    <Code>{from}</Code> → <Code>{to}</Code>
                  </span>
                ))}
              </span>
              <PartChanges name={component} says={[]} writes={[]} edits={edits} />
            </li>
          ))}
        </ul>
      ) : null}
      {props.rewrites && shown.rewrites.length === 0 ? <p class="hint">Nothing has to be rewritten.</p> : null}
      {shown.notRewritten.length === 0 ? null : (
        <>
          <p>These stay as they are, and you have to look at them:</p>
          <ul class="plain">
            {shown.notRewritten.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
};
