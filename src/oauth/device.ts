import * as oauth from 'oauth4webapi';
import { Fault } from '../domain/faults.ts';
import { isObject } from '../domain/json.ts';
import { Secret } from '../domain/secret.ts';
import { readBody } from './answer-body.ts';
import { type Net, namedRequestOptions, type Server, tokenRequestOptions, tryTokenAnswer } from './client.ts';
import type { Granted } from './client-credentials.ts';
import { speaking } from './faults.ts';

/** What the person is shown, and what is polled with (RFC 8628 section 3.2). */
export type DeviceFlow = {
  readonly deviceCode: Secret;
  readonly userCode: string;
  /** Where the code is entered. */
  readonly page: string;
  /** The same with the code in it, for a QR code; null where the service has none. */
  readonly pageWithCode: string | null;
  /** Epoch milliseconds. */
  readonly endsAt: number;
  /** Seconds between two questions. */
  readonly interval: number;
};

/** Seconds between two questions where the service does not say (RFC 8628 section 3.2). */
const USUAL_INTERVAL = 5;

const HOUR = 60 * 60;

/** Google once called the page `verification_url`. */
const normalised = async (response: Response, host: string): Promise<Response> => {
  const body = readBody(await response.text());
  if (body === null) throw new Fault('oauth.answer-unreadable', host);
  const page = body['verification_uri'] ?? body['verification_url'];
  const complete = body['verification_uri_complete'] ?? body['verification_url_complete'];
  return Response.json(
    {
      ...body,
      ...(page === undefined ? {} : { verification_uri: page }),
      ...(complete === undefined ? {} : { verification_uri_complete: complete }),
    },
    // An error with a good status is an error (quirk E1).
    { status: typeof body['error'] === 'string' && response.ok ? 400 : response.status },
  );
};

/** The page is shown to a person as a link: https, or http on this device for the sandbox. */
const pageOf = (text: string, { isInsecureAllowed }: Net, host: string): string => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHere = isInsecureAllowed && url?.protocol === 'http:' && url.hostname === 'localhost';
  if (url === null || !(url.protocol === 'https:' || isHere) || url.username !== '') throw new Fault('oauth.answer-unreadable', host);
  return url.href;
};

/**
 * Asks for a code that a person enters on another device (RFC 8628 section 3.1).
 * Throws `oauth.endpoint-missing`, `oauth.refused`, `oauth.provider-down`, `oauth.answer-unreadable`.
 */
export const startDeviceFlow = async (server: Server, scopes: readonly string[], net: Net, now: () => number): Promise<DeviceFlow> => {
  if (server.as.device_authorization_endpoint === undefined) throw new Fault('oauth.endpoint-missing', 'device');
  const { host } = new URL(server.as.device_authorization_endpoint);
  return speaking(host, async () => {
    const scope = scopes.join(server.dialect.scopeSeparator);
    const params = scope === '' ? {} : { scope };
    const response = await oauth.deviceAuthorizationRequest(
      server.as,
      server.client,
      server.authentication,
      params,
      namedRequestOptions(server, net),
    );
    const receivedAt = now();
    if (response.status === 429 || response.status >= 500) throw new Fault('oauth.provider-down', host);
    const answer = await oauth.processDeviceAuthorizationResponse(server.as, server.client, await normalised(response, host));
    const { device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval } = answer;
    if (!/^[\x20-\x7e]{1,64}$/.test(user_code) || device_code.length > 16_384) throw new Fault('oauth.answer-unreadable', host);
    return {
      deviceCode: new Secret(device_code),
      userCode: user_code,
      page: pageOf(verification_uri, net, host),
      pageWithCode: verification_uri_complete === undefined ? null : pageOf(verification_uri_complete, net, host),
      endsAt: receivedAt + Math.min(expires_in, HOUR) * 1_000,
      interval: Math.min(Math.max(interval ?? USUAL_INTERVAL, 1), 60),
    };
  });
};

export type DeviceAnswer = ({ readonly isDone: true } & Granted) | { readonly isDone: false; readonly interval: number };

/** The errors that do not end the flow (quirk P1, RFC 8628 section 3.5), with the seconds to wait after each. */
const WAITING: Readonly<Record<string, (interval: number, said: unknown) => number>> = {
  authorization_pending: (interval) => interval,
  slow_down: (interval, said) => (typeof said === 'number' && said > interval && said <= 600 ? said : interval + 5),
};

/** The errors that end it otherwise than by a refusal of the service. */
const ENDED = { access_denied: 'oauth.access-denied', expired_token: 'oauth.expired' } as const;

/**
 * Asks once whether the person is done. The caller waits `interval` seconds between two questions, and stops at `endsAt`.
 * Throws `oauth.access-denied`, `oauth.expired`, `oauth.refused`; `oauth.provider-down` leaves the flow open (RFC 8628 section 3.5).
 */
export const askDevice = async (
  server: Server,
  flow: Pick<DeviceFlow, 'deviceCode' | 'interval' | 'endsAt'>,
  scopes: readonly string[],
  net: Net,
  now: () => number,
): Promise<DeviceAnswer> => {
  if (now() >= flow.endsAt) throw new Fault('oauth.expired');
  return speaking(new URL(server.as.issuer).host, async () => {
    const options = tokenRequestOptions(server, net);
    const response = await oauth.deviceCodeGrantRequest(server.as, server.client, server.authentication, flow.deviceCode.reveal(), options);
    const answer = await tryTokenAnswer(server, response, now(), { asked: scopes });
    if (!('fault' in answer)) return { isDone: true, tokens: answer.tokens, extra: answer.extra };
    const code = answer.said?.code ?? '';
    const wait = answer.fault.code === 'oauth.refused' && Object.hasOwn(WAITING, code) ? WAITING[code] : undefined;
    if (wait !== undefined)
      return { isDone: false, interval: wait(flow.interval, isObject(answer.details) ? answer.details['interval'] : null) };
    if (code === 'access_denied' || code === 'expired_token') throw new Fault(ENDED[code]);
    throw new Fault(answer.fault.code, answer.fault.detail);
  });
};
