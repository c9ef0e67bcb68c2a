import { type Connector, isOauth, isSandbox, type Known, type OauthAuth } from './connector.ts';
import { isAppWay } from './ways.ts';

export const VERDICTS = {
  both: 'Works in both, the extension and the web app',
  settings: 'Works in the extension, and in the web app after settings at the service',
  extension: 'Only in the extension',
  'own-app': 'Needs a secret: each client brings its own OAuth app',
  key: 'Key only',
  open: 'Needs no authorization',
  oauth1: 'Cannot be used: OAuth 1',
  retired: 'Cannot be used: the service has ended',
} as const;

export type Verdict = keyof typeof VERDICTS;
export const VERDICT_NAMES: readonly Verdict[] = ['both', 'settings', 'extension', 'own-app', 'key', 'open', 'oauth1', 'retired'];

/** What can be said of a connector before anybody tries: where it can be authorized, what for, and how sure that is. */
export type Truth = {
  readonly verdict: Verdict;
  readonly words: (typeof VERDICTS)[Verdict];
  readonly reason: string;
  /** Unknown too where it takes settings at the service, which nobody here sees. */
  readonly inWebApp: Known;
  /** What has to be set there for that, in sentences; null where nothing has. */
  readonly needsForWebApp: string | null;
  readonly inExtension: 'yes' | 'no';
  /** Does whoever authorizes need an OAuth app of their own, with a secret or without. */
  readonly needsOwnApp: boolean;
  /** Does Latchkey register itself there when it is first authorized (RFC 7591). */
  readonly registersItself: boolean;
  readonly needsSecret: boolean;
  /** False where the record's facts behind this were not confirmed. */
  readonly isConfirmed: boolean;
};

type Row = {
  readonly when: (connector: Connector) => boolean;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Null where it is what the record says of cross-origin calls. */
  readonly inWebApp: Known | null;
  readonly needsSecret: boolean;
};

const oauthWith =
  (test: (auth: OauthAuth) => boolean) =>
  ({ auth }: Connector): boolean =>
    isOauth(auth) && test(auth);

const withMethod =
  (...methods: readonly Connector['auth']['method'][]) =>
  ({ auth }: Connector): boolean =>
    methods.includes(auth.method);

/** The first row that fits speaks. What nobody looked up is taken for the harder case, and the reason says so. */
const ROWS: readonly Row[] = [
  {
    when: ({ isRetired }) => isRetired,
    verdict: 'retired',
    reason: 'The service is no longer offered; the connector is kept for accounts that still have an endpoint (A18).',
    inWebApp: 'no',
    needsSecret: false,
  },
  {
    when: withMethod('oauth1'),
    verdict: 'oauth1',
    reason: 'The service signs requests by OAuth 1.0a, which Latchkey does not speak.',
    inWebApp: 'no',
    needsSecret: false,
  },
  {
    when: withMethod('none'),
    verdict: 'open',
    reason: 'The service answers to everybody.',
    inWebApp: 'unknown',
    needsSecret: false,
  },
  {
    when: withMethod('api-key', 'bearer'),
    verdict: 'key',
    reason: 'A key or token of the account is copied from the service. Whether web pages may call the service is not known.',
    inWebApp: 'unknown',
    needsSecret: false,
  },
  {
    when: withMethod('basic'),
    verdict: 'key',
    reason: 'A user name and a password or key of the account are copied from the service. Whether web pages may call it is not known.',
    inWebApp: 'unknown',
    needsSecret: false,
  },
  {
    when: withMethod('aws-sigv4'),
    verdict: 'key',
    reason: 'Requests are signed with an access key of the account. Whether web pages may call the service is not known.',
    inWebApp: 'unknown',
    needsSecret: false,
  },
  {
    when: withMethod('oauth2-jwt-bearer'),
    verdict: 'key',
    reason: 'No app and no person signs in: a service account is known by its private key (RFC 7523).',
    inWebApp: null,
    needsSecret: true,
  },
  {
    when: oauthWith(({ clientAuthentication }) => clientAuthentication === 'tls'),
    verdict: 'extension',
    reason:
      'The app is known by a certificate that the browser presents (RFC 8705), and no web page may show one to another site. Whoever authorizes brings an OAuth app of their own.',
    inWebApp: 'no',
    needsSecret: false,
  },
  {
    when: oauthWith(({ clientAuthentication }) => clientAuthentication === 'private-key-jwt'),
    verdict: 'own-app',
    reason: 'The app shows who it is by a private key (RFC 7523 section 2.2). The key stays on the device of whoever enters it.',
    inWebApp: null,
    needsSecret: true,
  },
  {
    when: withMethod('oauth2-client-credentials'),
    verdict: 'own-app',
    reason: 'An app authorizes for itself, which always takes a secret (RFC 6749 section 4.4).',
    inWebApp: null,
    needsSecret: true,
  },
  {
    when: oauthWith((auth) => auth.dynamicRegistration && auth.cors === 'yes' && auth.corsNeeds === null),
    verdict: 'both',
    reason: 'Latchkey registers itself at this service, so nobody brings an OAuth app, and web pages may read the token answer.',
    inWebApp: 'yes',
    needsSecret: false,
  },
  {
    when: oauthWith((auth) => auth.dynamicRegistration),
    verdict: 'extension',
    reason:
      'Latchkey registers itself at this service, so nobody brings an OAuth app, but the service lets no web page read the token answer, or nobody has looked it up.',
    inWebApp: null,
    needsSecret: false,
  },
  {
    when: oauthWith(({ publicClient }) => publicClient === 'no'),
    verdict: 'own-app',
    reason: 'The service asks for a client secret when the token is fetched. The secret stays on the device of whoever types it.',
    inWebApp: null,
    needsSecret: true,
  },
  {
    when: oauthWith(({ publicClient }) => publicClient === 'unknown'),
    verdict: 'own-app',
    reason: 'Nobody has looked up whether the service works without a client secret, so expect to need one.',
    inWebApp: null,
    needsSecret: true,
  },
  {
    when: oauthWith(({ method, pkce }) => method === 'oauth2-code' && pkce === 'unsupported'),
    verdict: 'own-app',
    reason: 'The service has no PKCE, and without it only a secret protects the code.',
    inWebApp: null,
    needsSecret: true,
  },
  {
    when: oauthWith(({ corsNeeds }) => corsNeeds !== null),
    verdict: 'settings',
    reason: 'No secret is needed. Web pages may read the token answer once the service is told to let them.',
    inWebApp: 'unknown',
    needsSecret: false,
  },
  {
    when: oauthWith(({ cors }) => cors === 'yes'),
    verdict: 'both',
    reason: 'No secret is needed, and web pages may read the token answer.',
    inWebApp: 'yes',
    needsSecret: false,
  },
  {
    when: oauthWith(({ cors }) => cors === 'no'),
    verdict: 'extension',
    reason: 'No secret is needed, but the service lets no web page read the token answer.',
    inWebApp: 'no',
    needsSecret: false,
  },
];

const OTHERWISE: Omit<Row, 'when'> = {
  verdict: 'extension',
  reason: 'No secret is needed, but nobody has looked up whether web pages may read the token answer.',
  inWebApp: 'unknown',
  needsSecret: false,
};

/** The facts that a verdict on an OAuth connector rests on. */
const isConfirmed = ({ auth, facts }: Connector): boolean => {
  if (!isOauth(auth)) return facts.confirmed.includes('placement') || facts.isVerified;
  if (isAppWay(auth)) return facts.confirmed.includes('endpoints');
  if (auth.dynamicRegistration) return ['dynamicRegistration', 'tokenEndpointCors'].every((fact) => facts.confirmed.includes(fact));
  const needed = auth.publicClient === 'yes' ? ['publicClient', 'tokenEndpointCors'] : ['publicClient'];
  return needed.every((fact) => facts.confirmed.includes(fact));
};

export type HostKind = 'extension' | 'web-app';

/** Can a connector be authorized in this host. What nobody looked up is a no in the web app where the verdict takes it for one. */
export const worksIn = ({ verdict, inExtension, inWebApp }: Pick<Truth, 'verdict' | 'inExtension' | 'inWebApp'>, host: HostKind): Known => {
  if (host === 'extension') return inExtension;
  return verdict === 'extension' ? 'no' : inWebApp;
};

/** Where and how a connector can be authorized, in words. */
export const truthOf = (connector: Connector): Truth => {
  const row = ROWS.find(({ when }) => when(connector)) ?? OTHERWISE;
  const { auth } = connector;
  const { verdict, reason, needsSecret } = row;
  return {
    verdict,
    words: VERDICTS[verdict],
    reason,
    inWebApp: row.inWebApp ?? (isOauth(auth) && auth.corsNeeds === null ? auth.cors : 'unknown'),
    needsForWebApp: isOauth(auth) ? auth.corsNeeds : null,
    inExtension: verdict === 'retired' || verdict === 'oauth1' ? 'no' : 'yes',
    needsOwnApp: isOauth(auth) && auth.clientId === null && !auth.dynamicRegistration,
    registersItself: isOauth(auth) && auth.dynamicRegistration,
    needsSecret,
    isConfirmed: isSandbox(connector) || isConfirmed(connector),
  };
};
