import type { Authorization, Grant } from '../domain/authorization.ts';
import type { Connection } from '../domain/connection.ts';
import { Fault } from '../domain/faults.ts';
import type { JsonValue } from '../domain/json.ts';
import { isAllowed, type ServiceRequest } from '../domain/request.ts';
import type { Secret } from '../domain/secret.ts';
import type { Context } from './context.ts';
import { guardedFetch } from './net.ts';
import { explainNetwork, type Service } from './services.ts';
import { accessToken } from './tokens.ts';

export type ServiceAnswer = { readonly status: number; readonly body: string; readonly json: JsonValue | undefined };

const API_BYTES = 10 * 1024 * 1024;

/** Headers that belong to the worker or the browser; a request template cannot set them (S24). */
const RESERVED_HEADER = /^(authorization|cookie|host|origin|proxy-.*|sec-.*)$/i;

/** A service may echo what it was sent: the token is cut out of whatever goes on to a screen (S2). */
const redact = (text: string, token: Secret): string =>
  text.replaceAll(token.reveal(), '•••').replaceAll(encodeURIComponent(token.reveal()), '•••');

const parseJson = (text: string): JsonValue | undefined => {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
};

const sendOnce = async (ctx: Context, service: Service, request: ServiceRequest, token: Secret): Promise<ServiceAnswer> => {
  const host = new URL(request.url).host;
  try {
    const response = await guardedFetch(
      ctx,
      request.url,
      {
        method: request.method,
        headers: { accept: 'application/json', ...request.headers, authorization: `Bearer ${token.reveal()}` },
        ...(request.body === null ? {} : { body: request.body }),
      },
      { bytes: API_BYTES, tooLarge: 'run.answer-too-large', purpose: 'service' },
    );
    const body = redact(await response.text(), token);
    return { status: response.status, body, json: parseJson(body) };
  } catch (error) {
    throw explainNetwork(ctx, service, error instanceof Fault ? error : new Fault('run.unreachable', host));
  }
};

/**
 * Sends a request with the connection's authorization, to the connection's own service only (S23).
 * A 401 renews once and repeats once. Throws `run.destination-refused`, `run.unreachable`, `run.unauthorized`, `oauth.*`.
 */
export const send = async (
  ctx: Context,
  connection: Connection,
  service: Service,
  authorization: Authorization & { readonly grant: Grant },
  request: ServiceRequest,
): Promise<ServiceAnswer> => {
  if (!isAllowed(service.apiBase, request.url) || Object.keys(request.headers).some((name) => RESERVED_HEADER.test(name)))
    throw new Fault('run.destination-refused', new URL(request.url).host);
  const token = await accessToken(ctx, connection, service, authorization);
  const answer = await sendOnce(ctx, service, request, token);
  if (answer.status !== 401) return answer;
  const renewed = await accessToken(ctx, connection, service, authorization, token);
  const second = await sendOnce(ctx, service, request, renewed);
  if (second.status === 401) throw new Fault('run.unauthorized');
  return second;
};
