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

/**
 * A connector that a workspace made, held to the same schema and checks as a built-in one. Throws `connector.custom-wrong`,
 * `connector.address-forbidden` (S25), `connector.domains-differ` (S18).
 */
export const parseCustom = (record: unknown): Connector => {
  const parsed = v.safeParse(connectorSchema, record);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Fault('connector.custom-wrong', `${v.getDotPath(issue) ?? 'the record'}: ${issue.message}`);
  }
  const connector = parsed.output;
  if (!isCustomId(connector.id) || connector.standsFor !== null || connector.isRetired) throw new Fault('connector.custom-wrong', 'its id');
  requireAddresses(connector);
  // How old its facts are is nobody's mistake: they are said to be unverified anyway.
  const [finding] = checkConnector(connector, Date.parse(connector.facts.checkedOn));
  if (finding !== undefined) throw new Fault('connector.custom-wrong', `${finding.rule}: ${finding.detail}`);
  return connector;
};
