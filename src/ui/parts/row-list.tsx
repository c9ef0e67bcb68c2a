import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from './basics.tsx';

type Props = {
  readonly legend: string;
  readonly hint?: string;
  /** What one row is called: "condition". */
  readonly what: string;
  readonly count: number;
  readonly most: number;
  readonly onAdd: () => void;
  readonly onRemove: (index: number) => void;
  readonly children: (index: number) => ComponentChildren;
};

/** Rows that are added and removed: the focus goes to the new row, and from a removed one to the button that adds. */
export const RowList = ({ legend, hint, what, count, most, onAdd, onRemove, children }: Props) => {
  const list = useRef<HTMLFieldSetElement>(null);
  const wants = useRef<'row' | 'add' | null>(null);
  useEffect(() => {
    const rows = list.current?.querySelectorAll<HTMLElement>('.row-entry');
    if (wants.current === 'row') rows?.[count - 1]?.querySelector<HTMLElement>('select, input, textarea')?.focus();
    if (wants.current === 'add') list.current?.querySelector<HTMLElement>('.row-add button')?.focus();
    wants.current = null;
  }, [count]);
  return (
    <fieldset ref={list}>
      <legend>{legend}</legend>
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      {Array.from({ length: count }, (_, index) => (
        // Rows have no identity but their place.
        <div key={index} class="row-entry">
          <div class="pair">{children(index)}</div>
          <Button
            onPress={() => {
              wants.current = 'add';
              onRemove(index);
            }}
            label={`Remove ${what} ${index + 1}`}
          >
            Remove
          </Button>
        </div>
      ))}
      {count >= most ? (
        <p class="hint">No more than {most}.</p>
      ) : (
        <span class="row-add">
          <Button
            onPress={() => {
              wants.current = 'row';
              onAdd();
            }}
          >
            Add {what}
          </Button>
        </span>
      )}
    </fieldset>
  );
};
