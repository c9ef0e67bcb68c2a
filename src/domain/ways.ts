import type { Connector } from './connector.ts';
import type { FaultData } from './faults.ts';

/** What *Authorize* begins: the service's page opens, an app signs in, a code is shown, or keys are asked for (none where there are none). */
export type Begins = 'page' | 'app' | 'device' | 'keys';

type Way = {
  readonly label: string;
  /** What whoever authorizes does, in a sentence. */
  readonly sentence: string;
  readonly begins: Begins;
  /** Is there a command that authorizes this way; a connection that nobody could authorize is refused. */
  readonly isOffered: boolean;
};

/** Every way to authorize, with its words. */
export const WAYS: Readonly<Record<Connector['auth']['method'], Way>> = {
  'oauth2-code': {
    label: 'Sign-in',
    sentence: 'You sign in at the service and allow what is asked for (OAuth 2).',
    begins: 'page',
    isOffered: true,
  },
  'oauth2-client-credentials': {
    label: 'App signs in',
    sentence: 'An OAuth app of the account signs in for itself, without a person (OAuth 2).',
    begins: 'app',
    isOffered: true,
  },
  'oauth2-jwt-bearer': {
    label: 'Service account key',
    sentence: 'The key file of a service account is entered once, and signs from then on without a person (OAuth 2).',
    begins: 'app',
    isOffered: true,
  },
  'oauth2-device': {
    label: 'Device code',
    sentence: 'You enter a code at the service, on this or another screen (OAuth 2).',
    begins: 'device',
    isOffered: true,
  },
  'api-key': { label: 'API key', sentence: 'You copy a key from the service.', begins: 'keys', isOffered: true },
  bearer: { label: 'Token', sentence: 'You copy a token from the service.', begins: 'keys', isOffered: true },
  basic: {
    label: 'User name and password',
    sentence: 'You copy a user name and a password or key from the service.',
    begins: 'keys',
    isOffered: true,
  },
  'aws-sigv4': {
    label: 'Signed requests',
    sentence: 'Each request is signed with an access key of the account.',
    begins: 'keys',
    isOffered: true,
  },
  oauth1: { label: 'OAuth 1', sentence: 'Requests are signed by OAuth 1.0a.', begins: 'keys', isOffered: false },
  none: { label: 'No authorization', sentence: 'The service answers to everybody.', begins: 'keys', isOffered: true },
};

type WayName = keyof typeof WAYS;
export const WAY_NAMES: readonly WayName[] = [
  'oauth2-code',
  'oauth2-client-credentials',
  'oauth2-jwt-bearer',
  'oauth2-device',
  'api-key',
  'bearer',
  'basic',
  'aws-sigv4',
  'oauth1',
  'none',
];

/** Does an app authorize for itself: there is nobody who signs in, and it asks again by itself when its token has ended. */
export const isAppWay = ({ method }: Pick<Connector['auth'], 'method'>): boolean => WAYS[method].begins === 'app';

/** Why no connection can be made from this connector (A18), or null where one can. */
export const creationRefusal = ({ name, isRetired, auth }: Pick<Connector, 'name' | 'isRetired' | 'auth'>): FaultData | null => {
  if (isRetired) return { code: 'connection.connector-retired', detail: name };
  return WAYS[auth.method].isOffered ? null : { code: 'connection.way-missing', detail: `${name}, ${WAYS[auth.method].label}` };
};
