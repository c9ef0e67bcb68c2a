import type { ScriptRequest } from './frame.ts';
import { FileValue, parseJson, toJson, toText, type Value } from './values.ts';

/** A request as it goes out; the connection's authorization is added by who sends it. */
export type WireRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly [string, string][];
  readonly body: string | null;
};

export type WireAnswer = { readonly status: number; readonly headers: readonly [string, string][]; readonly text: string };

const formOf = (map: ReadonlyMap<string, Value>): string => {
  const form = new URLSearchParams();
  for (const [key, value] of map) form.append(key, toText(value));
  return form.toString();
};

const withQuery = (url: string, map: ReadonlyMap<string, Value>): string => {
  const [before = '', fragment] = url.split('#');
  const query = formOf(map);
  if (query === '') return url;
  return `${before}${before.includes('?') ? '&' : '?'}${query}${fragment === undefined ? '' : `#${fragment}`}`;
};

/** The payload of a request and the content type that goes with it, where none is given. */
const payloadOf = (value: Value, contentType: string | null): { readonly text: string; readonly type: string } => {
  if (value instanceof Map) {
    const isJson = contentType !== null && /json/i.test(contentType);
    return isJson
      ? { text: JSON.stringify(toJson(value)), type: contentType }
      : { text: formOf(value), type: contentType ?? 'application/x-www-form-urlencoded' };
  }
  return { text: toText(value), type: contentType ?? 'text/plain' };
};

/**
 * What Zoho's page on invokeUrl says of parameters and body: a map of parameters is the query of a GET and a form otherwise, a text is
 * the raw body; with `body`, parameters are the query (deluge-invoke-url.html).
 */
export const toWire = ({ url, method, headers, parameters, body, contentType }: ScriptRequest): WireRequest => {
  const asQuery = method === 'GET' || body !== null;
  // Most scripts send `map.toString()`, also where it can only be a query.
  const query = asQuery && typeof parameters === 'string' ? parseJson(parameters) : parameters;
  const isQuery = asQuery && query instanceof Map;
  const target = isQuery ? withQuery(url, query) : url;
  const given = body ?? (isQuery ? null : parameters);
  if (given === null || method === 'GET') return { method, url: target, headers, body: null };
  const payload = payloadOf(given, contentType);
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return { method, url: target, headers: hasType ? headers : [...headers, ['Content-Type', payload.type]], body: payload.text };
};

/** What the script gets: JSON as maps and lists, a file where one is asked for, else the text; with `detailed` the status too. */
export const fromWire = ({ format, isDetailed, url }: ScriptRequest, { status, headers, text }: WireAnswer): Value => {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (isDetailed)
    return new Map<string, Value>([
      ['responseText', text],
      ['responseHeader', new Map(headers)],
      ['responseCode', status],
    ]);
  if (format === 'FILE') return new FileValue(url.split(/[?#]/)[0]?.split('/').at(-1) ?? 'file', type, text);
  if (format !== null) return text;
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  return parsed ?? text;
};
