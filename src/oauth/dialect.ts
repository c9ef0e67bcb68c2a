import { fillVariables, type OauthAuth } from '../domain/connector.ts';
import type { Fetch } from './client.ts';

/** What a connector's record says of its authorization server beside RFC 6749, with the account's variables filled in. */
export type Dialect = Pick<
  OauthAuth,
  'answer' | 'request' | 'scopeSeparator' | 'answerVariables' | 'callbackVariables' | 'authorizationParams' | 'tokenParams' | 'pkce'
> & {
  /** Only where refreshing uses another address. */
  readonly refreshEndpoint: string | null;
};

type Filled = Readonly<Record<string, string>>;

const fillAll = (params: Filled, variables: Filled): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, fillVariables(value, variables)]));

/** The deviations of a record for one account. */
export const dialectOf = (auth: OauthAuth, variables: Filled): Dialect => ({
  answer: auth.answer,
  request: auth.request,
  scopeSeparator: auth.scopeSeparator,
  answerVariables: auth.answerVariables,
  callbackVariables: auth.callbackVariables,
  authorizationParams: fillAll(auth.authorizationParams, variables),
  tokenParams: fillAll(auth.tokenParams, variables),
  pkce: auth.pkce,
  refreshEndpoint: auth.endpoints?.refresh == null ? null : fillVariables(auth.endpoints.refresh, variables),
});

/** A server that holds to RFC 6749. */
export const PLAIN: Dialect = {
  answer: {},
  request: {},
  scopeSeparator: ' ',
  answerVariables: [],
  callbackVariables: [],
  authorizationParams: {},
  tokenParams: {},
  pkce: 'required',
  refreshEndpoint: null,
};

/** The service's own name of a standard parameter (quirk Q2). */
export const nameOf = ({ request }: Dialect, name: string): string => request.renamed?.[name] ?? name;

/** Parameters as the service wants them called, those of the record last: they may even replace the grant type (quirks Q2, Q6). */
const paramsOf = (dialect: Dialect, body: string): URLSearchParams => {
  const params = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(body)) params.append(nameOf(dialect, name), value);
  for (const [name, value] of Object.entries(dialect.tokenParams)) params.set(name, value);
  return params;
};

/** Speaks to the token endpoint as the record says: other names, more parameters, JSON, headers (quirks Q1, Q2, Q5, Q6). */
export const speakingDialect =
  (dialect: Dialect, fetch: Fetch): Fetch =>
  (url, init) => {
    if (typeof init.body !== 'string' && !(init.body instanceof URLSearchParams)) return fetch(url, init);
    const params = paramsOf(dialect, init.body.toString());
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(dialect.request.headers ?? {})) headers.set(name, value);
    if (dialect.request.tokenBody !== 'json') return fetch(url, { ...init, headers, body: params.toString() });
    headers.set('content-type', 'application/json');
    return fetch(url, { ...init, headers, body: JSON.stringify(Object.fromEntries(params)) });
  };
