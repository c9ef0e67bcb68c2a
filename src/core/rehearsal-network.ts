import { isSandbox } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { madeUpAnswer, operationAsked } from '../domain/made-up-answer.ts';
import { isAllowedAt } from '../domain/request.ts';
import type { Secret } from '../domain/secret.ts';
import { clientCredentials } from '../oauth/client-credentials.ts';
import { readMetadata, serverAt } from '../oauth/discover.ts';
import { issuerOf } from '../oauth/record.ts';
import { registerClient } from '../oauth/register.ts';
import type { Context } from './context.ts';
import { guardedFetch } from './net.ts';
import { redactorOf } from './redaction.ts';
import { netFor, oauthOf, type Service } from './services.ts';
import type { RehearsedRequest } from './views.ts';

/** A service that components of a rehearsal may ask, and the scopes that their connection has there. */
export type Rehearsed = { readonly service: Service; readonly scopes: readonly string[] };

type Asked = Pick<RehearsedRequest, 'method' | 'url' | 'body'>;
type Answered = { readonly response: Response; readonly from: RehearsedRequest['from'] };

export type RehearsalNetwork = {
  readonly fetch: Context['fetch'];
  /** The requests since it was last asked for them, in their order. */
  readonly taken: () => RehearsedRequest[];
};

const SHOWN_ANSWER = 4_000;
const API_BYTES = 10 * 1024 * 1024;

/** A token of the sandbox that no person has to give: of a client that is registered for this (RFC 7591, RFC 6749 section 4.4). Null where there is none. */
const sandboxToken = async (ctx: Context, { service, scopes }: Rehearsed): Promise<Secret | null> => {
  try {
    const net = netFor(ctx, service);
    const as = await readMetadata(issuerOf(oauthOf(service), service.variables), net);
    const registration = await registerClient({ as }, { name: 'Latchkey dry run', redirectUris: [], scopes }, net);
    return (await clientCredentials(serverAt(as, registration), scopes, net, ctx.now)).tokens.accessToken;
  } catch (error) {
    // The sandbox does not run, or is broken on purpose: what it would have answered is made up.
    if (error instanceof Fault) return null;
    throw error;
  }
};

const madeUp = (of: Rehearsed | undefined, bases: readonly string[], asked: Asked): Answered => {
  const found = bases.flatMap((base) => operationAsked(of?.service.connector.operations ?? [], base, asked) ?? []);
  const [operation] = found;
  return operation === undefined
    ? { response: Response.json({}), from: 'nothing' }
    : { response: Response.json(madeUpAnswer(operation)), from: 'record' };
};

/**
 * The network of a rehearsal. `ctx` is the real one: through it goes what the sandbox of this device answers, and nothing else ever leaves.
 * `secret` is what the rehearsal authorizes with; it is taken out of all that is recorded.
 */
export const rehearsalNetwork = (ctx: Context, services: readonly Rehearsed[], secret: Secret): RehearsalNetwork => {
  const tokens = new Map<string, Promise<Secret | null>>();
  let requests: RehearsedRequest[] = [];
  const withoutSecret = redactorOf({ spellings: [secret] });
  // A key that stands in the path stands in the base too, where the record leaves a place for it.
  const basesOf = ({ service }: Rehearsed): string[] => service.bases.map((base) => base.replaceAll(/\{\w+\}/g, secret.reveal()));

  const tokenFor = (of: Rehearsed): Promise<Secret | null> => {
    const { id } = of.service.connector;
    const token = tokens.get(id) ?? sandboxToken(ctx, of);
    tokens.set(id, token);
    return token;
  };

  const fromSandbox = async (of: Rehearsed, url: string, init: RequestInit): Promise<Answered | null> => {
    const token = await tokenFor(of);
    if (token === null) return null;
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${token.reveal()}`);
    const limit = { bytes: API_BYTES, tooLarge: 'run.answer-too-large', purpose: 'service' } as const;
    return { response: await guardedFetch(ctx, url, { ...init, headers }, limit), from: 'sandbox' };
  };

  return {
    fetch: async (url, init) => {
      const of = services.find((one) => isAllowedAt(basesOf(one), url));
      const bases = of === undefined ? [] : basesOf(of);
      const method = init.method ?? 'GET';
      const body = typeof init.body === 'string' ? withoutSecret(init.body) : null;
      const real = of !== undefined && isSandbox(of.service.connector) ? await fromSandbox(of, url, init) : null;
      const { response, from } = real ?? madeUp(of, bases, { method, url, body });
      const answer = (await response.clone().text()).slice(0, SHOWN_ANSWER);
      requests.push({ method, url: withoutSecret(url), body, status: response.status, answer, from });
      return response;
    },
    taken: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
  };
};
