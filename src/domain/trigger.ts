import type { FormRecord } from './application.ts';

/** What happens to an entry that a workflow may wait for. */
export const TRIGGER_EVENTS = {
  create: 'an entry is made',
  edit: 'an entry is changed',
  delete: 'an entry is deleted',
  becomes: 'a field becomes a value',
} as const satisfies Record<string, string>;
export type TriggerEvent = keyof typeof TRIGGER_EVENTS;

export type Trigger =
  | { readonly event: Exclude<TriggerEvent, 'becomes'> }
  | { readonly event: 'becomes'; readonly field: string; readonly value: string };

const asNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** How a condition compares; numbers and dates (which sort as texts) by their order. */
export const COMPARISONS = {
  equals: { label: 'is', test: (a: string, b: string) => a === b },
  'not-equals': { label: 'is not', test: (a: string, b: string) => a !== b },
  contains: { label: 'contains', test: (a: string, b: string) => a.toLowerCase().includes(b.toLowerCase()) },
  above: {
    label: 'is above',
    test: (a: string, b: string) => (Number.isFinite(asNumber(a)) && Number.isFinite(asNumber(b)) ? Number(a) > Number(b) : a > b),
  },
  below: {
    label: 'is below',
    test: (a: string, b: string) =>
      Number.isFinite(asNumber(a)) && Number.isFinite(asNumber(b)) ? Number(a) < Number(b) : a !== '' && a < b,
  },
  empty: { label: 'is empty', test: (a: string) => a === '' },
  filled: { label: 'is filled in', test: (a: string) => a !== '' },
} as const satisfies Record<string, { readonly label: string; readonly test: (a: string, b: string) => boolean }>;
export type Comparison = keyof typeof COMPARISONS;

export type Condition = { readonly field: string; readonly is: Comparison; readonly value: string };

/** When something starts by itself: what happens in which form, and what has to hold of the entry. */
export type Start = { readonly form: string; readonly trigger: Trigger; readonly conditions: readonly Condition[] };

/** What happened to an entry: made (no before), changed, or deleted (no after). */
export type RecordChange =
  | { readonly before: FormRecord | null; readonly after: FormRecord }
  | { readonly before: FormRecord; readonly after: null };

/** The entry that the change is about: as it is now, or as it was. */
export const recordOf = ({ before, after }: RecordChange): FormRecord => after ?? before;

const HAPPENED: Record<TriggerEvent, (change: RecordChange, trigger: Trigger) => boolean> = {
  create: ({ before }) => before === null,
  edit: ({ before, after }) => before !== null && after !== null,
  delete: ({ after }) => after === null,
  becomes: ({ before, after }, trigger) =>
    trigger.event === 'becomes' &&
    after !== null &&
    after.values[trigger.field] === trigger.value &&
    before?.values[trigger.field] !== trigger.value,
};

/** Does this change of an entry start it. */
export const isStartedBy = ({ form, trigger, conditions }: Start, change: RecordChange): boolean => {
  const entry = recordOf(change);
  return (
    entry.form === form &&
    HAPPENED[trigger.event](change, trigger) &&
    conditions.every(({ field, is, value }) => COMPARISONS[is].test(entry.values[field] ?? '', value))
  );
};

/** The start as a sentence says it: "When status becomes “sold”". */
export const startText = ({ trigger, conditions }: Start): string => {
  const when = trigger.event === 'becomes' ? `When ${trigger.field} becomes “${trigger.value}”` : `When ${TRIGGER_EVENTS[trigger.event]}`;
  const only = conditions.map(({ field, is, value }) => `${field} ${COMPARISONS[is].label}${value === '' ? '' : ` “${value}”`}`);
  return only.length === 0 ? when : `${when} and ${only.join(' and ')}`;
};
