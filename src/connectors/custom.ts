import * as v from 'valibot';
import { type Connector, hostTemplates } from '../domain/connector.ts';
import { isCustomId } from '../domain/custom.ts';
import { Fault } from '../domain/faults.ts';
import { addressProblem, registrableDomain } from '../domain/public-address.ts';
import { checkConnector } from './check.ts';
import { connectorSchema } from './schema.ts';

/** Every address of it is a public one, and all belong to one owner (S18, S25). */
const requireAddresses = (connector: Connector): void => {
  const learned = connector.variables.flatMap(({ learned }) => learned?.url ?? []);
  const absolute = [connector.test?.path ?? ''].filter((path) => /^https?:/i.test(path));
  const addresses = [...hostTemplates(connector), ...learned, ...absolute];
  for (const address of addresses) {
    const problem = addressProblem(address);
    // A part of the host that is only known later could be anybody's.
    const [, host = ''] = /^https:\/\/([^/?#]*)/.exec(address) ?? [];
    const found = problem ?? (/[{}]/.test(host) ? 'its host is not written out' : null);
    if (found !== null) throw new Fault('connector.address-forbidden', `${address}: ${found}`);
  }
  const domains = [...new Set(addresses.map(registrableDomain))];
  if (domains.length > 1) throw new Fault('connector.domains-differ', domains.join(', '));
};

const MOST = 5;

/** What is wrong with a field, for somebody who wrote the record. */
const wordsOf = (issue: v.BaseIssue<unknown>): string => {
  const field = v.getDotPath(issue) ?? 'the record';
  if (issue.received === 'undefined') return `${field}: is missing`;
  if (issue.expected === 'never') return `${field}: there is no such field`;
  if (issue.type === 'regex') return `${field}: ${issue.received} has not the form that is needed`;
  const [, wanted] = /^Invalid \w+: Expected (.+) but received/.exec(issue.message) ?? [];
  if (wanted === undefined) return `${field}: ${issue.message}`;
  const choices = [...wanted.matchAll(/"([^"]+)"/g)].map(([, choice]) => choice);
  return `${field}: ${issue.received} is ${choices.length > 1 ? `none of ${choices.join(', ')}` : `not ${wanted}`}`;
};

const someOf = (all: readonly string[]): string =>
  [...all.slice(0, MOST), ...(all.length > MOST ? [`and ${all.length - MOST} more`] : [])].join('; ');

/**
 * A connector that a workspace made, held to the same schema and checks as a built-in one. Throws `connector.custom-wrong`,
 * `connector.address-forbidden` (S25), `connector.domains-differ` (S18).
 */
export const parseCustom = (record: unknown): Connector => {
  const parsed = v.safeParse(connectorSchema, record);
  if (!parsed.success) throw new Fault('connector.custom-wrong', someOf(parsed.issues.map(wordsOf)));
  const connector = parsed.output;
  if (!isCustomId(connector.id) || connector.standsFor !== null || connector.isRetired) throw new Fault('connector.custom-wrong', 'its id');
  requireAddresses(connector);
  // How old its facts are is nobody's mistake: they are said to be unverified anyway.
  const findings = checkConnector(connector, Date.parse(connector.facts.checkedOn));
  if (findings.length > 0) throw new Fault('connector.custom-wrong', someOf(findings.map(({ rule, detail }) => `${rule}: ${detail}`)));
  return connector;
};

/** What stands in lists and on pages for a connector that cannot be read: it has nothing, and nothing is sent by it. */
export const standIn = (id: string, name: string): Connector => ({
  id,
  name,
  aliases: [],
  category: 'Custom',
  description: '',
  standsFor: null,
  isRetired: false,
  auth: { method: 'none' },
  alternatives: [],
  variables: [],
  scopes: [],
  defaultScopes: [],
  apiBase: '',
  alsoAt: [],
  apiHeaders: {},
  test: null,
  operations: [],
  facts: { isVerified: false, confirmed: [], checkedOn: '', note: '', docsUrl: null, setupUrl: null },
  registration: [],
});

/** `parseCustom` without throwing: the connector, or what is wrong with the record. */
export const readCustom = (record: unknown): { readonly connector: Connector } | { readonly connector: null; readonly fault: Fault } => {
  try {
    return { connector: parseCustom(record) };
  } catch (error) {
    if (error instanceof Fault) return { connector: null, fault: error };
    throw error;
  }
};
