import type { Authorization, Grant } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { fillVariables } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import type { JsonValue } from '../domain/json.ts';
import { isAllowedAt, type ServiceRequest } from '../domain/request.ts';
import type { Context } from './context.ts';
import { type Credential, credentialFor, withCredential } from './credential.ts';
import { guardedFetch } from './net.ts';
import { redactorOf } from './redaction.ts';
import { explainNetwork, type Service } from './services.ts';
import { refuseKeys } from './tokens.ts';

export type ServiceAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly json: JsonValue | undefined;
};

const API_BYTES = 10 * 1024 * 1024;

/** Headers that belong to the worker or the browser; a request template cannot set them (S24). */
const RESERVED_HEADER = /^(authorization|cookie|host|origin|proxy-.*|sec-.*)$/i;

const parseJson = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
};

/** Headers that the record gives every request, with the account's values in them. */
const fixedHeaders = ({ connector, variables }: Service): Record<string, string> =>
  Object.fromEntries(Object.entries(connector.apiHeaders).map(([name, value]) => [name, fillVariables(value, variables)]));

/** One request with a credential that is already there. Throws `run.unreachable`, `oauth.offline`, `oauth.sandbox-down`. */
export const sendWith = async (ctx: Context, service: Service, request: ServiceRequest, credential: Credential): Promise<ServiceAnswer> => {
  const host = new URL(request.url).host;
  const made = await withCredential(
    { ...request, headers: { accept: 'application/json', ...fixedHeaders(service), ...request.headers } },
    credential,
  );
  try {
    const response = await guardedFetch(
      ctx,
      made.url,
      { method: made.method, headers: made.headers, ...(made.body === null ? {} : { body: made.body }) },
      { bytes: API_BYTES, tooLarge: 'run.answer-too-large', purpose: 'service' },
    );
    const redact = redactorOf(credential);
    const body = redact(await response.text());
    const headers = [...response.headers].map(([name, value]): [string, string] => [name, redact(value)]);
    return { status: response.status, headers, body, json: parseJson(body) };
  } catch (error) {
    throw explainNetwork(ctx, service, error instanceof Fault ? error : new Fault('run.unreachable', host));
  }
};

const requireDestination = (service: Service, { url, headers }: ServiceRequest): void => {
  if (!isAllowedAt(service.bases, url) || Object.keys(headers).some((name) => RESERVED_HEADER.test(name)))
    throw new Fault('run.destination-refused', URL.canParse(url) ? new URL(url).host : service.connector.name);
};

/**
 * Sends a request with the connection's authorization, to the connection's own service only (S23).
 * A 401 renews once and repeats once. `onSend` is called right before the request leaves. Throws `run.destination-refused`, `run.unreachable`, `run.unauthorized`, `oauth.*`.
 */
export const send = async (
  ctx: Context,
  connection: Connection,
  service: Service,
  authorization: Authorization & { readonly grant: Grant },
  request: ServiceRequest,
  onSend: () => void = () => undefined,
): Promise<ServiceAnswer> => {
  requireDestination(service, request);
  const credential = await credentialFor(ctx, connection, service, authorization);
  onSend();
  const answer = await sendWith(ctx, service, request, credential);
  if (answer.status !== 401) return answer;
  if (credential.token === null) return refuseKeys(ctx, connection, authorization);
  const renewed = await credentialFor(ctx, connection, service, authorization, credential);
  const second = await sendWith(ctx, service, request, renewed);
  if (second.status === 401) throw new Fault('run.unauthorized');
  return second;
};
