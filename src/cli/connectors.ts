import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { allConnectors, connectorById, connectorIndex, hasConnector } from '../connectors/catalogue.ts';
import { checkConnector, type Finding } from '../connectors/check.ts';
import { checkDiscovery } from '../connectors/check-discovery.ts';
import { type Discovery, discoveryDocuments } from '../connectors/discovery.ts';
import { parseConnector } from '../connectors/schema.ts';
import type { Connector } from '../domain/connector.ts';
import { identityWords } from '../domain/scope-words.ts';
import { type Truth, truthOf } from '../domain/truth.ts';
import { type AnswerDialect, GENERIC, readTokenAnswer, type TokenAnswer, type TokenQuestion } from '../oauth/token-answer.ts';
import { EXIT, type Io } from './io.ts';

const HELP = `latchkey connectors list [--json]
latchkey connectors show ID [--json]
latchkey connectors parse-token ID [--status N] [--content-type TYPE] [--previous FILE] [--json] FILE
latchkey connectors check [--json] [--at DATE] [FILE…]

  list: every connector, with what the catalogue filters by.
  show: one record, and where and how it can be authorized.
  parse-token: reads a token endpoint's answer from FILE as the connector's record says, and prints
  { ok, accessToken?, refreshToken?, expiresIn?, scopes?, tokenType?, extra?, fault? }. The tokens go to whoever typed the command.
  ID generic is a connector without deviations. --previous is the stored token set as JSON: { accessToken, refreshToken, scopes }.
  check: whether each record, or each FILE, has the right form, is consistent in itself, was compared with its sources within a year, and
  agrees with the stored discovery documents (RFC 8414) of the issuers at its hosts.

Exit codes: 0 fine, 1 something is wrong, 2 usage.
`;

/** The exit code, or what is wrong with the command. */
type Done = number | string;

const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const list = (isJson: boolean, io: Io): number => {
  const entries = connectorIndex();
  const line = ({ id, name, category, verdict, isVerified }: (typeof entries)[number]): string =>
    `${id}\t${name}\t${category}\t${verdict}\t${isVerified ? 'verified' : 'not verified'}\n`;
  io.out(isJson ? toJson(entries) : entries.map(line).join(''));
  return EXIT.fine;
};

const said = (connector: Connector, { words, reason, needsForWebApp, isConfirmed }: Truth): string => {
  const { facts, scopes, variables, registration } = connector;
  return [
    `${connector.name} (${connector.id}), ${connector.category}`,
    connector.description,
    `${words}. ${reason}${needsForWebApp === null ? '' : ` ${needsForWebApp}`}${isConfirmed ? '' : ' Not confirmed.'}`,
    `${facts.isVerified ? 'Verified' : 'Not verified'}, compared on ${facts.checkedOn}. ${facts.note}`,
    ...variables.map(({ name, label, example }) => `variable ${name}: ${label}, such as ${example}`),
    ...identityWords(connector).map(({ sentence, names }) => `always asked for: ${sentence} (${names.join(', ')})`),
    ...scopes.map(({ name, sentence, access }) => `scope ${name} (${access}): ${sentence}`),
    ...registration.map((step, index) => `${index + 1}. ${step}`),
  ]
    .map((line) => `${line}\n`)
    .join('');
};

const found = (id: string | undefined): Connector | string => {
  if (id === undefined) return 'Name a connector.';
  return hasConnector(id) ? connectorById(id) : `There is no connector ${id}.`;
};

const show = (id: string | undefined, isJson: boolean, io: Io): Done => {
  const connector = found(id);
  if (typeof connector === 'string') return connector;
  const truth = truthOf(connector);
  io.out(isJson ? toJson({ ...connector, truth }) : said(connector, truth));
  return EXIT.fine;
};

const dialectOf = (id: string | undefined): AnswerDialect | string => {
  if (id === 'generic') return GENERIC;
  const connector = found(id);
  if (typeof connector === 'string') return connector;
  return 'answer' in connector.auth ? connector.auth : `${connector.name} has no token endpoint.`;
};

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const previousFrom = async (file: string): Promise<Required<TokenQuestion>['previous'] | string> => {
  let stored: unknown;
  try {
    stored = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    stored = null;
  }
  if (stored === null || typeof stored !== 'object') return `${file} holds no token set.`;
  const { refreshToken, refresh_token, scopes }: Readonly<Record<string, unknown>> = { ...stored };
  const names = Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : null;
  return { refreshToken: textOf(refreshToken) ?? textOf(refresh_token), scopes: names };
};

/** The answer as it is printed: what is not known is not there. */
const printed = (answer: TokenAnswer): Readonly<Record<string, unknown>> => {
  if (!answer.ok) return { ok: false, fault: { ...answer.fault, ...(answer.said === null ? {} : { said: answer.said }) } };
  const { accessToken, refreshToken, expiresIn, scopes, tokenType, extra } = answer;
  return {
    ok: true,
    accessToken,
    ...(refreshToken === null ? {} : { refreshToken }),
    ...(typeof expiresIn === 'number' ? { expiresIn } : {}),
    ...(scopes === null ? {} : { scopes }),
    tokenType,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
};

type TokenOptions = { readonly status: string; readonly contentType: string; readonly previous: string | null };

const parseToken = async ([id, file, ...more]: readonly string[], options: TokenOptions, io: Io): Promise<Done> => {
  const auth = dialectOf(id);
  if (typeof auth === 'string') return auth;
  if (file === undefined || more.length > 0) return 'Name one file with the answer.';
  if (!/^[1-5]\d\d$/.test(options.status)) return 'The status is a number from 100 to 599.';
  const previous = options.previous === null ? null : await previousFrom(options.previous);
  if (typeof previous === 'string') return previous;
  const answer = readTokenAnswer({
    auth,
    status: Number(options.status),
    contentType: options.contentType,
    text: await readFile(file, 'utf8'),
    now: Date.now(),
    ...(previous === null ? {} : { previous }),
  });
  io.out(toJson(printed(answer)));
  return answer.ok ? EXIT.fine : EXIT.findings;
};

const checkRecord = (connector: Connector, now: number, documents: readonly Discovery[]): Finding[] => [
  ...checkConnector(connector, now),
  ...checkDiscovery(connector, documents),
];

const checkFile = async (file: string, now: number, documents: readonly Discovery[]): Promise<Finding[]> => {
  try {
    return checkRecord(parseConnector(JSON.parse(await readFile(file, 'utf8'))), now, documents);
  } catch (error) {
    return [{ id: file, rule: 'form', detail: error instanceof Error ? error.message : 'cannot be read' }];
  }
};

const check = async (files: readonly string[], at: string | null, isJson: boolean, io: Io): Promise<Done> => {
  const now = at === null ? Date.now() : Date.parse(at);
  if (Number.isNaN(now)) return 'The date is written as 2026-11-26.';
  const records = files.length === 0 ? allConnectors() : [];
  const documents = discoveryDocuments();
  const findings = [
    ...records.flatMap((connector) => checkRecord(connector, now, documents)),
    ...(await Promise.all(files.map((file) => checkFile(file, now, documents)))).flat(),
  ];
  const checked = records.length + files.length;
  const lines = findings.map(({ id, rule, detail }) => `${id}: ${rule}: ${detail}\n`).join('');
  const against = documents.length;
  io.out(
    isJson
      ? toJson({ checked, discoveryDocuments: against, findings })
      : `${lines}${checked} checked, against ${against} discovery documents, ${findings.length} findings\n`,
  );
  return findings.length === 0 ? EXIT.fine : EXIT.findings;
};

const OPTIONS = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  status: { type: 'string', default: '200' },
  'content-type': { type: 'string', default: 'application/json' },
  previous: { type: 'string' },
  at: { type: 'string' },
} as const;

const run = async (args: readonly string[], io: Io): Promise<Done> => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  if (values.help) {
    io.out(HELP);
    return EXIT.fine;
  }
  const [command, ...rest] = positionals;
  const { status, previous = null, at = null } = values;
  switch (command) {
    case 'list':
      return rest.length > 0 ? 'list takes no name.' : list(values.json, io);
    case 'show':
      return rest.length > 1 ? 'Name one connector.' : show(rest[0], values.json, io);
    case 'parse-token':
      return parseToken(rest, { status, contentType: values['content-type'], previous }, io);
    case 'check':
      return check(rest, at, values.json, io);
    default:
      return command === undefined ? 'Say what to do.' : `There is no command connectors ${command}.`;
  }
};

/** `latchkey connectors …` */
export const connectors = async (args: readonly string[], io: Io): Promise<number> => {
  let done: Done;
  try {
    done = await run(args, io);
  } catch (error) {
    // Node's own words for a wrong option, or for a file that is not there.
    done = error instanceof Error ? error.message : 'The command cannot be read.';
  }
  if (typeof done === 'number') return done;
  io.error(`${done}\n\n${HELP}`);
  return EXIT.usage;
};
