import { type Connector, type ConnectorVariable, typedVariables } from '../domain/connector.ts';
import { Fault } from '../domain/faults.ts';
import { type JsonValue, readPath, readPathAll } from '../domain/json.ts';

/** What a service has said: the kept callback parameters, the members of its token answer, and answers to requests by variable name. */
export type Heard = {
  readonly callback?: Readonly<Record<string, string>>;
  readonly answer?: JsonValue;
  readonly request?: Readonly<Record<string, JsonValue>>;
};

/** What was said of a variable: the value that the record names, then those beside it in the same list. */
const heardOf = ({ name, learned }: ConnectorVariable, heard: Heard): string[] => {
  if (learned === undefined) return [];
  const sources: Readonly<Record<typeof learned.from, readonly (JsonValue | undefined)[]>> = {
    callback: [heard.callback?.[learned.at]],
    // A dotted name may be a member of its own, as the token answer's reader keeps it.
    answer: heard.answer === undefined ? [] : [readPath(heard.answer, learned.at)],
    request: heard.request?.[name] === undefined ? [] : readPathAll(heard.request[name], learned.at),
  };
  return sources[learned.from].flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value)] : []));
};

/**
 * The variables of an account that the service itself has just said (quirks V1, V2, V3). Each must match its pattern: an answer must not be
 * able to send later calls, and with them the token, elsewhere. Where it lists several organizations, one that is `known` already stays the
 * account's; else it is the one that the record names. Throws `oauth.tenant-refused`.
 */
export const learnVariables = (
  connector: Pick<Connector, 'variables'>,
  heard: Heard,
  known: Readonly<Record<string, string>> = {},
): Record<string, string> => {
  const learned: Record<string, string> = {};
  for (const variable of connector.variables) {
    const all = heardOf(variable, heard);
    const said = all.find((one) => one === known[variable.name]) ?? all[0];
    if (said === undefined) continue;
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

/** What stays known of the account that was there before: where another one signs in, only what a person typed to open the page (R77). */
export const knownOf = (
  connector: Connector,
  before: Readonly<Record<string, string>>,
  isAnother: boolean,
): Readonly<Record<string, string>> => {
  if (!isAnother) return before;
  const typed = typedVariables(connector).map(({ name }) => name);
  return Object.fromEntries(Object.entries(before).filter(([name]) => typed.includes(name)));
};
