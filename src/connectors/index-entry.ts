import { typesFor } from '../domain/connection-type.ts';
import { type Connector, isSandbox, type Known, type Operation } from '../domain/connector.ts';
import { truthOf, type Verdict, worksIn } from '../domain/truth.ts';

/** What a list of connectors shows and filters by; the full record is read only when one is opened. */
export type IndexEntry = {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly category: string;
  readonly method: Connector['auth']['method'];
  readonly verdict: Verdict;
  readonly loggedInUser: boolean;
  readonly needsOwnApp: boolean;
  readonly worksInPwa: Known;
  readonly hasTest: boolean;
  readonly isRetired: boolean;
  readonly isVerified: boolean;
  readonly isSandbox: boolean;
  /** What components can be pointed at here without a script. */
  readonly does: readonly Operation['does'][];
};

const DOES: readonly Operation['does'][] = ['action', 'query', 'message'];

/** The entry of a record in the index. */
export const entryOf = (connector: Connector): IndexEntry => {
  const truth = truthOf(connector);
  return {
    id: connector.id,
    name: connector.name,
    aliases: connector.aliases,
    category: connector.category,
    method: connector.auth.method,
    verdict: truth.verdict,
    loggedInUser: typesFor(connector).includes('logged-in-user'),
    needsOwnApp: truth.needsOwnApp,
    worksInPwa: worksIn(truth, 'web-app'),
    hasTest: connector.test !== null,
    isRetired: connector.isRetired,
    isVerified: connector.facts.isVerified,
    isSandbox: isSandbox(connector),
    does: DOES.filter((does) => connector.operations.some((operation) => operation.does === does)),
  };
};

/** An entry as it travels in the build: the names of the fields would be most of it. */
export type IndexRow = readonly [
  id: string,
  name: string,
  aliases: readonly string[],
  category: string,
  method: IndexEntry['method'],
  verdict: Verdict,
  worksInPwa: Known,
  flags: number,
];

const FLAGS = ['loggedInUser', 'needsOwnApp', 'hasTest', 'isRetired', 'isVerified', 'isSandbox'] as const;

type Flag = (typeof FLAGS)[number] | Operation['does'];

const bitOf = (flag: Flag): number => 2 ** ([...FLAGS, ...DOES] as readonly Flag[]).indexOf(flag);

/** The row of an entry. */
export const rowOf = (entry: IndexEntry): IndexRow => {
  const { id, name, aliases, category, method, verdict, worksInPwa } = entry;
  const flags = [...FLAGS.filter((flag) => entry[flag]), ...entry.does].reduce((sum, flag) => sum + bitOf(flag), 0);
  return [id, name, aliases, category, method, verdict, worksInPwa, flags];
};

/** The entry of a row. */
export const entryFrom = ([id, name, aliases, category, method, verdict, worksInPwa, flags]: IndexRow): IndexEntry => {
  const has = (flag: Flag): boolean => (flags & bitOf(flag)) !== 0;
  return {
    id,
    name,
    aliases,
    category,
    method,
    verdict,
    worksInPwa,
    loggedInUser: has('loggedInUser'),
    needsOwnApp: has('needsOwnApp'),
    hasTest: has('hasTest'),
    isRetired: has('isRetired'),
    isVerified: has('isVerified'),
    isSandbox: has('isSandbox'),
    does: DOES.filter(has),
  };
};
