import { type FailureRule, fillVariables, listedVariables } from '../domain/connector.ts';
import type { FaultData } from '../domain/faults.ts';
import { type JsonValue, readPath, textOf } from '../domain/json.ts';
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

/** What a good status hides: some services tell of a failure in the answer, and the record knows where. Null where nothing failed. */
export const failureIn = (failure: FailureRule | null, json: JsonValue | undefined): string | null => {
  if (failure === null) return null;
  const said = textOf(readPath(json, failure.path));
  if (said === '' || failure.ok.includes(said)) return null;
  const why = failure.message === null ? '' : textOf(readPath(json, failure.message));
  return why === '' ? said : why.slice(0, 120);
};

/**
 * What the answer to the test request says against the connection; null where it works. `run.refused` where the service refuses, be it with a
 * good status, `run.answer-wrong` where the account is not where the record has it.
 */
export const refusalIn = (service: Service, answer: ServiceAnswer): FaultData | null => {
  const { test, name } = service.connector;
  if (answer.status >= 400) return { code: 'run.refused', detail: `status ${answer.status}` };
  const failed = failureIn(test?.failure ?? null, answer.json);
  if (failed !== null) return { code: 'run.refused', detail: failed };
  return test?.accountField != null && accountIn(service, answer) === null ? { code: 'run.answer-wrong', detail: name } : null;
};

/** Where the name of the organization stands that was learned (Xero's connections): the record names the place of the first in the list. */
const fieldOf = ({ connector, variables }: Service, field: string, json: JsonValue | undefined): string => {
  for (const { name, learned } of listedVariables(connector)) {
    const [, list = '', index = '', member = ''] = /^(|.*?\.)(\d+)(\..+)$/.exec(learned?.at ?? '') ?? [];
    const rows = list === '' ? json : readPath(json, list.slice(0, -1));
    const at = Array.isArray(rows) ? rows.findIndex((_, row) => textOf(readPath(json, `${list}${row}${member}`)) === variables[name]) : -1;
    if (at >= 0 && field.startsWith(`${list}${index}.`)) return `${list}${at}${field.slice(list.length + index.length)}`;
  }
  return field;
};

/** The account's name in the answer; null where the record names no place for it, it is not there, or the answer tells of a failure. */
export const accountIn = (service: Service, { json }: ServiceAnswer): string | null => {
  const { test } = service.connector;
  if (failureIn(test?.failure ?? null, json) !== null) return null;
  const found = test?.accountField == null ? undefined : readPath(json, fieldOf(service, test.accountField, json));
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
};
