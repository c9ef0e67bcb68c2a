import { fillVariables } from '../domain/connector.ts';
import { readPath } from '../domain/json.ts';
import { type ServiceRequest, urlBelow } from '../domain/request.ts';
import type { ServiceAnswer } from './send.ts';
import type { Service } from './services.ts';

/** The connector's test request for this account, or null where the service has no cheap one. */
export const probeOf = ({ connector: { test }, variables, apiBase }: Service): ServiceRequest | null => {
  if (test === null) return null;
  const path = fillVariables(test.path, variables);
  return {
    method: test.method,
    url: /^https?:/.test(path) ? path : urlBelow(apiBase, path),
    headers: test.body === null ? {} : { 'content-type': 'application/json' },
    body: test.body === null ? null : JSON.stringify(test.body),
  };
};

/** The account's name in the answer; null where the record names no place for it, or it is not there. */
export const accountIn = ({ connector: { test } }: Service, { json }: ServiceAnswer): string | null => {
  const found = test?.accountField == null ? undefined : readPath(json, test.accountField);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
};
