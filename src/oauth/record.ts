import type * as oauth from 'oauth4webapi';
import { fillVariables, type OauthAuth } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { authenticateBy, basicWithoutSecret, clientOf, type Registration, type Server } from './client.ts';
import { dialectOf } from './dialect.ts';

/** The server's name: as it says itself, or the origin of the page that people see where the record writes its endpoints out. */
export const issuerOf = ({ issuer, endpoints }: OauthAuth, variables: Readonly<Record<string, string>>): string => {
  if (issuer !== null) return fillVariables(issuer, variables);
  if (endpoints === null) throw new Fault('oauth.endpoint-missing', 'token');
  return new URL(fillVariables(endpoints.authorization ?? endpoints.token, variables)).origin;
};

/**
 * The authorization server of a record that writes its endpoints out (S18). Its metadata is not asked for, so the issuer is only the origin of
 * the page that people see, and no id token is read: there is nothing to hold it against (S30).
 * Throws `oauth.endpoint-missing` where the record has no endpoints.
 */
export const serverOf = (auth: OauthAuth, variables: Readonly<Record<string, string>>, registration: Registration): Server => {
  const { endpoints } = auth;
  if (endpoints === null) throw new Fault('oauth.endpoint-missing', 'token');
  const fill = (template: string): string => fillVariables(template, variables);
  const token = fill(endpoints.token);
  const as: oauth.AuthorizationServer = {
    issuer: issuerOf(auth, variables),
    token_endpoint: token,
    code_challenge_methods_supported: ['S256'],
    ...(endpoints.authorization === null ? {} : { authorization_endpoint: fill(endpoints.authorization) }),
    ...(endpoints.revocation === null ? {} : { revocation_endpoint: fill(endpoints.revocation) }),
    ...(endpoints.registration === null ? {} : { registration_endpoint: fill(endpoints.registration) }),
    ...(endpoints.device === null ? {} : { device_authorization_endpoint: fill(endpoints.device) }),
  };
  return {
    as,
    ...clientOf(registration),
    authentication:
      registration.secret === null && auth.request.basicWithoutSecret === true
        ? basicWithoutSecret
        : authenticateBy(auth.clientAuthentication, registration, token),
    dialect: dialectOf(auth, variables),
    isDiscovered: false,
  };
};
