import { isObject, type JsonObject, type JsonValue, readPath } from '../../domain/json.ts';

/** A custom connector as it is being written: the form and the JSON are two views of it. */
export type ConnectorDraft = { readonly name: string; readonly record: JsonObject };

/** The text at a dotted path; empty where there is none, or something else stands there. */
export const textAt = (record: JsonObject, path: string): string => {
  const value = readPath(record, path);
  return typeof value === 'string' ? value : '';
};

export const objectAt = (record: JsonObject, path: string): JsonObject => {
  const value = readPath(record, path);
  return isObject(value) ? value : {};
};

const listAt = (record: JsonObject, path: string): readonly JsonValue[] => {
  const value = readPath(record, path);
  return Array.isArray(value) ? value : [];
};

/** The rows at a path, each with its place in the list: what is no object there is not shown by the form, and stays where it is. */
export const rowsAt = (record: JsonObject, path: string): readonly { readonly at: number; readonly row: JsonObject }[] =>
  listAt(record, path).flatMap((row, at) => (isObject(row) ? [{ at, row }] : []));

export const withRow = (record: JsonObject, path: string, row: JsonObject): JsonObject =>
  withAt(record, path, [...listAt(record, path), row]);

/** Without the row at this place of the list, as `rowsAt` says it. */
export const withoutRow = (record: JsonObject, path: string, place: number): JsonObject =>
  withAt(
    record,
    path,
    listAt(record, path).filter((_, at) => at !== place),
  );

const put = (here: JsonValue | undefined, [step, ...rest]: readonly string[], value: JsonValue | undefined): JsonValue => {
  if (step === undefined) return value ?? null;
  if (Array.isArray(here)) return here.map((one, at) => (at === Number(step) ? put(one, rest, value) : one));
  const { [step]: before, ...others } = isObject(here) ? here : {};
  // A member that is there keeps its place, so that the JSON does not jump while a field is typed.
  if (rest.length === 0 && value === undefined) return others;
  const next = put(before, rest, value);
  return isObject(here) && step in here ? { ...here, [step]: next } : { ...others, [step]: next };
};

/** The record with another value at a dotted path; undefined takes the member out. Everything else stays as it was. */
export const withAt = (record: JsonObject, path: string, value: JsonValue | undefined): JsonObject => {
  if (value === undefined && readPath(record, path) === undefined) return record;
  const next = put(record, path.split('.'), value);
  return isObject(next) ? next : record;
};

/** The record with what a text field says at a dotted path; an empty one puts nothing where nothing stood. */
export const withText = (record: JsonObject, path: string, text: string): JsonObject =>
  text === '' && readPath(record, path) === undefined ? record : withAt(record, path, text);

/** The draft as JSON, to be read and written by hand. */
export const draftText = ({ name, record }: ConnectorDraft): string => JSON.stringify({ name, ...record }, null, 2);

/** Reads what was written by hand; a sentence where it is no record at all. */
export const draftFrom = (text: string): ConnectorDraft | string => {
  let value: JsonValue;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `This is not JSON: ${error instanceof SyntaxError ? error.message : 'it cannot be read'}.`;
  }
  if (!isObject(value)) return 'A record is one JSON object, in braces.';
  const { name = '', ...record } = value;
  return typeof name === 'string' ? { name, record } : 'name: is not a text.';
};

/** What is sent: a base ends in a slash and a test path begins with none, however they were typed. */
export const finished = (record: JsonObject): JsonObject => {
  const base = textAt(record, 'apiBase').trim();
  const path = textAt(record, 'test.path').trim();
  const based = base === '' || base.endsWith('/') ? record : withAt(record, 'apiBase', `${base}/`);
  return path.startsWith('/') ? withAt(based, 'test.path', path.slice(1)) : based;
};

export const NEW_DRAFT: ConnectorDraft = {
  name: '',
  record: {
    category: 'Custom',
    description: '',
    auth: { method: 'oauth2-code', endpoints: { authorization: '', token: '' } },
    scopes: [],
    apiBase: '',
  },
};
