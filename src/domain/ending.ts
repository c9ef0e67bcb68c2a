import { type Connector, isOauth, type Known } from './connector.ts';

/**
 * What became of telling a service that an authorization ends: it took it, it has no request for that (a key; no revocation endpoint), or it
 * could not be reached or refused.
 */
export type Withdrawal = 'told' | 'no-way' | 'failed';

/** How what a service granted ends there. */
export type Ending = {
  readonly serviceName: string;
  /** Can the service be told; `unknown` where its metadata says so only when it is asked. */
  readonly canTell: Known;
  /** Where a person ends it; null where the record knows no such page. */
  readonly page: string | null;
};

export const endingOf = ({ name, auth, facts }: Connector): Ending => {
  // A key is the person's own: no service has a request that ends it.
  if (!isOauth(auth)) return { serviceName: name, canTell: 'no', page: facts.setupUrl };
  const canTell = auth.endpoints === null ? 'unknown' : auth.endpoints.revocation === null ? 'no' : 'yes';
  return { serviceName: name, canTell, page: null };
};

/** Where a person ends it, for the end of a sentence. */
export const endingPlace = ({ serviceName, page }: Ending): string =>
  page ?? `your account at ${serviceName}, usually under connected apps or API keys`;
