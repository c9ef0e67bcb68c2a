import type { Connector } from './connector.ts';

const OAUTH = [
  'Open {where} and create an OAuth app.',
  'Paste the redirect address that Latchkey shows, and allow the scopes that the connection asks for.',
  'Copy the client id, and the client secret where the service gives one.',
] as const;

const OAUTH_WITHOUT_PAGE = [
  'Open {where} and create an app.',
  'Copy the client id, and the client secret where the service gives one.',
] as const;

const SERVICE_ACCOUNT = [
  'Open {where} and create a service account, or an app, with only the rights that you need.',
  'Create a private key for it and keep the file: many services hand it out once.',
] as const;

const KEY = ['Open {where} and create a key with only the rights that you need.', 'Copy it; many services show it once.'] as const;

/** The steps of those services that nobody wrote down, by what they take. */
const GENERAL: Readonly<Record<Connector['auth']['method'], readonly string[]>> = {
  'oauth2-code': OAUTH,
  'oauth2-client-credentials': OAUTH_WITHOUT_PAGE,
  'oauth2-jwt-bearer': SERVICE_ACCOUNT,
  'oauth2-device': OAUTH_WITHOUT_PAGE,
  'api-key': KEY,
  bearer: KEY,
  basic: KEY,
  'aws-sigv4': KEY,
  oauth1: [],
  none: [],
};

/** Said of steps that nobody wrote down for the service. */
export const GENERAL_STEPS = 'General steps, not from this service';

/** Said wherever somebody would look for an OAuth app to bring. */
export const registersItselfWords = (name: string): string =>
  `Latchkey registers itself at this service, ${name}, when a connection is first authorized. Nobody has to bring an OAuth app.`;

/** What is done at the service before a connection can be authorized: as the record has it, else as it is done everywhere. */
export const registrationSteps = (connector: Connector): readonly string[] => {
  const { registration, auth, facts, name } = connector;
  if (registration.length > 0) return registration;
  const where = facts.setupUrl === null ? `the developer settings of ${name}` : new URL(facts.setupUrl.replace(/\{[^}]+\}/g, 'your')).host;
  return GENERAL[auth.method].map((step) => step.replace('{where}', where));
};
