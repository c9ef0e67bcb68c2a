import type { Account } from '../accounts.ts';
import type { Html } from '../html.ts';

/** A JSON value as it came in a request, member by member unknown. */
export type Fields = Readonly<Record<string, unknown>>;
export type Answer = { readonly status: number; readonly json: unknown };

export type ServiceCall = { readonly account: Account; readonly query: URLSearchParams; readonly fields: Fields };

export type Route = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly scope: string;
  readonly run: (call: ServiceCall) => Answer;
};

/** A sample service: its routes behind tokens, and its page of what arrived. */
export type Service = { readonly name: string; readonly prefix: string; readonly routes: readonly Route[]; readonly arrived: () => Html };

export const ok = (json: unknown): Answer => ({ status: 200, json });
export const created = (json: unknown): Answer => ({ status: 201, json });
export const invalid = (fields: Readonly<Record<string, string>>): Answer => ({ status: 422, json: { error: 'invalid', fields } });

export const text = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value.trim() : '';
};

/** Names of the needed text fields that are missing. */
export const missing = (fields: Fields, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.filter((name) => text(fields, name) === '').map((name) => [name, 'is needed']));
