import type { Connector, ConnectorVariable } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { type JsonValue, readPath } from '../domain/json.ts';

/** What a service has said: the kept callback parameters, the members of its token answer, and answers to requests by variable name. */
export type Heard = {
  readonly callback?: Readonly<Record<string, string>>;
  readonly answer?: JsonValue;
  readonly request?: Readonly<Record<string, JsonValue>>;
};

const heardOf = ({ name, learned }: ConnectorVariable, heard: Heard): string | null => {
  if (learned === undefined) return null;
  const sources: Readonly<Record<typeof learned.from, JsonValue | undefined>> = {
    callback: heard.callback?.[learned.at],
    // A dotted name may be a member of its own, as the token answer's reader keeps it.
    answer: heard.answer === undefined ? undefined : readPath(heard.answer, learned.at),
    request: heard.request?.[name] === undefined ? undefined : readPath(heard.request[name], learned.at),
  };
  const value = sources[learned.from];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
};

/**
 * The variables of an account that the service itself has just said (quirks V1, V2, V3). Each must match its pattern: an answer must not be
 * able to send later calls, and with them the token, elsewhere. Throws `oauth.tenant-refused`.
 */
export const learnVariables = (connector: Pick<Connector, 'variables'>, heard: Heard): Record<string, string> => {
  const learned: Record<string, string> = {};
  for (const variable of connector.variables) {
    const said = heardOf(variable, heard);
    if (said === null) continue;
    const pick = variable.learned?.pick;
    const value = pick === undefined ? said : (new RegExp(`^(?:${pick})$`).exec(said)?.[1] ?? '');
    if (!new RegExp(`^(?:${variable.pattern})$`).test(value)) throw new Fault('oauth.tenant-refused', variable.label);
    learned[variable.name] = value;
  }
  return learned;
};

/**
 * The variables that a callback says (quirk V2). They choose where the code is exchanged (Zoho's data centres), so they are read before its
 * state is checked; the exchange checks the state before it sends anything. Throws `oauth.tenant-refused`.
 */
export const variablesInCallback = (connector: Pick<Connector, 'variables'>, callbackUrl: string): Record<string, string> =>
  learnVariables(connector, { callback: Object.fromEntries(new URL(callbackUrl).searchParams) });

/**
 * The variables that the service should have said by now and that nobody typed either: an example of the record may stand in for one while a
 * page is opened, but no token may be sent to it.
 */
export const unheardVariables = (
  connector: Pick<Connector, 'variables'>,
  known: Readonly<Record<string, string>>,
): readonly ConnectorVariable[] => connector.variables.filter(({ name, learned }) => learned !== undefined && !Object.hasOwn(known, name));
