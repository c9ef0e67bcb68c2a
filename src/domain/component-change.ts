import type { Field, Form } from './application.ts';
import { type ChangedLine, changedLines } from './changed-lines.ts';

/** What a component is set to, for people to read, as far as its kind and the catalogue know. */
export type ComponentFacts = {
  readonly kindLabel: string;
  /** What it speaks through; an id stays where a connection gets another name. */
  readonly uses: readonly { readonly id: string; readonly name: string }[];
  /** What else it is set to, by the words of its fields. */
  readonly says: Readonly<Record<string, string>>;
  /** Texts of several lines, by the words of their fields: a script, a message. */
  readonly texts: Readonly<Record<string, string>>;
  /** What it may change at services, each in words. */
  readonly writes: readonly string[];
};

/** The lines of a script or message that change. */
export type TextChange = { readonly of: string; readonly lines: readonly ChangedLine[] };

/** What becomes of a part, in plain words. */
export type PartChange = {
  readonly says: readonly string[];
  readonly edits: readonly TextChange[];
  /** What it may change at services and could not before. */
  readonly writes: readonly string[];
  /** Does it do more at services than before: it changes data that it did not, or speaks through something that it did not. */
  readonly grows: boolean;
};

export const PLAIN_CHANGE: PartChange = { says: [], edits: [], writes: [], grows: false };

const without = <T>(all: readonly T[], gone: readonly T[]): T[] => all.filter((one) => !gone.includes(one));

/** `Where: here (before: there)`, for each that differs. */
const saysOf = (was: ComponentFacts['says'], is: ComponentFacts['says']): string[] =>
  [...new Set([...Object.keys(is), ...Object.keys(was)])].flatMap((label) => {
    const [old, fresh] = [was[label] ?? '', is[label] ?? ''];
    if (old === fresh) return [];
    return [fresh === '' ? `${label}: nothing any more (before: ${old})` : `${label}: ${fresh} (before: ${old || 'nothing'})`];
  });

const editsOf = (was: ComponentFacts['texts'], is: ComponentFacts['texts']): TextChange[] =>
  [...new Set([...Object.keys(is), ...Object.keys(was)])].flatMap((of) => {
    const lines = changedLines(was[of] ?? '', is[of] ?? '');
    return lines.length === 0 ? [] : [{ of, lines }];
  });

const used = (uses: ComponentFacts['uses']): string => uses.map(({ name }) => name).join(', ');

/** What changes in a component; without one before, what a new one does. */
export const compareComponents = (was: ComponentFacts | null, is: ComponentFacts): PartChange => {
  if (was === null) {
    const says = is.uses.length === 0 ? [is.kindLabel] : [`${is.kindLabel}, uses ${used(is.uses)}`];
    return { says, edits: [], writes: is.writes, grows: is.writes.length > 0 };
  }
  const has = (uses: ComponentFacts['uses'], id: string): boolean => uses.some((one) => one.id === id);
  const gained = is.uses.filter(({ id }) => !has(was.uses, id));
  const lost = was.uses.filter(({ id }) => !has(is.uses, id));
  const writes = without(is.writes, was.writes);
  return {
    says: [
      ...(was.kindLabel === is.kindLabel ? [] : [`${is.kindLabel} (before: ${was.kindLabel})`]),
      ...(gained.length === 0 ? [] : [`uses ${used(gained)} from now on`]),
      ...(lost.length === 0 ? [] : [`uses ${used(lost)} no longer`]),
      ...saysOf(was.says, is.says),
      ...without(was.writes, is.writes).map((one) => `no longer: ${one}`),
    ],
    edits: editsOf(was.texts, is.texts),
    writes,
    grows: writes.length > 0 || gained.length > 0,
  };
};

const fieldSays = (was: Field, is: Field): string[] => {
  const more = without(is.choices, was.choices);
  const less = without(was.choices, is.choices);
  return [
    ...(was.label === is.label ? [] : [`was called ${was.label}`]),
    ...(was.type === is.type ? [] : [`${is.type} in place of ${was.type}`]),
    ...(was.required === is.required ? [] : [is.required ? 'has to be filled in' : 'may stay empty']),
    ...(more.length === 0 ? [] : [`choices added: ${more.join(', ')}`]),
    ...(less.length === 0 ? [] : [`choices removed: ${less.join(', ')}`]),
  ];
};

/** What changes in a form, field by field (a field is known by its name, not its label); without one before, its fields. */
export const compareForms = (was: Form | null, is: Form): string[] => {
  const visitors = 'visitors may fill it in';
  if (was === null) return [`fields: ${is.fields.map(({ label }) => label).join(', ') || 'none'}`, ...(is.isPublic ? [visitors] : [])];
  const old = new Map(was.fields.map((field) => [field.name, field]));
  const fresh = new Set(is.fields.map(({ name }) => name));
  const added = is.fields.filter(({ name }) => !old.has(name));
  const removed = was.fields.filter(({ name }) => !fresh.has(name));
  return [
    ...(was.isPublic === is.isPublic ? [] : [is.isPublic ? `${visitors} from now on` : 'visitors may not fill it in any more']),
    ...added.map(({ label, type, required }) => `field added: ${label} (${type}${required ? ', has to be filled in' : ''})`),
    ...removed.map(({ label }) => `field removed: ${label}`),
    ...is.fields.flatMap((field) => {
      const before = old.get(field.name);
      const says = before === undefined ? [] : fieldSays(before, field);
      return says.length === 0 ? [] : [`field ${field.label}: ${says.join(', ')}`];
    }),
  ];
};
