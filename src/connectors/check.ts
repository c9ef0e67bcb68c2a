import { clientIdAddressProblem, isClientIdAddress } from '../domain/client-id-address.ts';
import { type Connector, examplesOf, fillVariables, isOauth, isSandbox, type Operation, wrongVariables } from '../domain/connector.ts';
import { isAllowed } from '../domain/request.ts';

/** One thing that is wrong with a record; `rule` is a row of the table below. */
export type Finding = { readonly id: string; readonly rule: string; readonly detail: string };

const endpointsOf = ({ auth }: Connector): string[] =>
  isOauth(auth) && auth.endpoints !== null ? Object.values(auth.endpoints).filter((url): url is string => url !== null) : [];

const issuerOf = ({ auth }: Connector): string[] => (isOauth(auth) && auth.issuer !== null ? [auth.issuer] : []);

/** Placeholders that are no variable of the account: a secret in the path, the client id, and the inputs of an operation. */
const otherNames = ({ auth }: Connector, operation: Operation | null): string[] => [
  ...(auth.method === 'api-key' || auth.method === 'bearer' ? auth.fields.map(({ placement }) => placement.name) : []),
  ...(isOauth(auth) ? ['clientId'] : []),
  ...(operation?.inputs.filter((input) => input.in === 'path').map(({ name }) => name) ?? []),
];

const placeholdersIn = (text: string): string[] => [...text.matchAll(/\{([A-Za-z]\w*)\}/g)].map(([, name = '']) => name);

const templatesOf = (connector: Connector): { text: string; operation: Operation | null }[] => {
  const { auth } = connector;
  const texts = [
    ...endpointsOf(connector),
    ...(isOauth(auth)
      ? [auth.issuer ?? '', auth.assertionAudience ?? '', ...Object.values(auth.tokenParams), ...Object.values(auth.authorizationParams)]
      : []),
    connector.apiBase,
    ...connector.alsoAt,
    ...Object.values(connector.apiHeaders),
    connector.test?.path ?? '',
    ...connector.scopes.map(({ name }) => name),
    ...connector.variables.map(({ learned }) => learned?.url ?? ''),
    auth.method === 'basic' ? `${auth.user.fixed ?? ''}{${auth.user.variable ?? ''}}` : '',
  ];
  return [
    ...texts.map((text) => ({ text, operation: null })),
    ...connector.operations.map((operation) => ({ text: operation.path, operation })),
  ];
};

const unknownPlaceholders = (connector: Connector): string[] => {
  const names = connector.variables.map(({ name }) => name);
  return templatesOf(connector).flatMap(({ text, operation }) =>
    placeholdersIn(text).filter((name) => !names.includes(name) && !otherNames(connector, operation).includes(name)),
  );
};

const unusedVariables = (connector: Connector): string[] => {
  const used = new Set(templatesOf(connector).flatMap(({ text }) => placeholdersIn(text)));
  return connector.variables.map(({ name }) => name).filter((name) => !used.has(name));
};

/** Every address of the record with the examples filled in; a secret in a path gets a value of its own. */
const filled = (connector: Connector, template: string): string =>
  fillVariables(template, {
    ...Object.fromEntries(otherNames(connector, null).map((name) => [name, 'x'])),
    ...examplesOf(connector),
  });

const isGoodUrl = (connector: Connector, template: string): boolean => {
  const text = filled(connector, template);
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isHere = isSandbox(connector) && url.protocol === 'http:' && url.hostname === 'localhost';
  return (url.protocol === 'https:' || isHere) && url.username === '' && url.password === '' && url.hash === '';
};

const isWithin = (connector: Connector, template: string): boolean => {
  const target = filled(connector, template);
  const base = filled(connector, connector.apiBase);
  const url = /^https?:/.test(target) ? target : new URL(target, base).href;
  return [connector.apiBase, ...connector.alsoAt].some((one) => isAllowed(filled(connector, one), url));
};

const scopeProblems = (connector: Connector): string[] => {
  const identity = isOauth(connector.auth) ? connector.auth.identityScopes : [];
  const known = new Set([...connector.scopes.map(({ name }) => name), ...identity]);
  const named = [...connector.defaultScopes, ...(connector.test?.scopes ?? []), ...connector.operations.flatMap(({ scopes }) => scopes)];
  return named.filter((scope) => !known.has(scope));
};

const twice = (names: readonly string[]): string[] => names.filter((name, index) => names.indexOf(name) !== index);

const learnedProblems = ({ auth, variables }: Connector): string[] =>
  variables
    .filter(({ learned }) => {
      if (learned === undefined) return false;
      if (learned.from === 'request') return learned.url === undefined;
      if (!isOauth(auth)) return true;
      return !(learned.from === 'callback' ? auth.callbackVariables : auth.answerVariables).includes(learned.at);
    })
    .map(({ name }) => name);

/** What a record's own parameters may not say: the flow sets these itself (RFC 6749 section 3.1). */
const OWN_PARAMETERS = ['client_id', 'redirect_uri', 'state', 'scope', 'nonce', 'code_challenge', 'code_challenge_method', 'request_uri'];

const authProblems = ({ auth }: Connector): string[] => {
  if (!isOauth(auth)) return auth.method === 'basic' && auth.user.variable !== null && auth.user.fixed !== null ? ['user'] : [];
  const problems = Object.keys(auth.authorizationParams).filter((name) => OWN_PARAMETERS.includes(name));
  if ((auth.issuer === null) === (auth.endpoints === null)) problems.push('issuer or endpoints');
  // What Latchkey registers or brings itself is a client without a secret, and an assertion for an account authenticates none.
  const hasNoProof = auth.clientId !== null || auth.dynamicRegistration || auth.method === 'oauth2-jwt-bearer';
  if (hasNoProof && (auth.clientAuthentication === 'private-key-jwt' || auth.clientAuthentication === 'tls'))
    problems.push('client authentication');
  // Only a sign-in has a redirect address to register, and a known client id needs no registration.
  if (auth.dynamicRegistration && (auth.method !== 'oauth2-code' || auth.clientId !== null)) problems.push('dynamic registration');
  if (auth.clientId !== null && isClientIdAddress(auth.clientId) && clientIdAddressProblem(auth.clientId) !== null)
    problems.push('client id');
  if (auth.corsNeeds !== null && auth.cors !== 'yes') problems.push('what web pages need');
  if (auth.endpoints === null) return problems;
  if (auth.dynamicRegistration !== (auth.endpoints.registration !== null)) problems.push('registration endpoint');
  if (auth.method === 'oauth2-code' && auth.endpoints.authorization === null) problems.push('authorization endpoint');
  if (auth.method === 'oauth2-device' && auth.endpoints.device === null) problems.push('device endpoint');
  return problems;
};

/** Members that tell whether something worked are nobody's name. */
const TELLS_OF_SUCCESS = /(^|\.)(ok|stat|status|success|code|valid)$/;

const testProblems = ({ test }: Connector): string[] => {
  if (test?.accountField == null) return [];
  return TELLS_OF_SUCCESS.test(test.accountField) || test.accountField === test.failure?.path ? [test.accountField] : [];
};

const operationProblems = (connector: Connector): string[] =>
  connector.operations.flatMap((operation) => {
    const names = operation.inputs.map(({ name }) => name);
    const inPath = operation.inputs.filter((input) => input.in === 'path').map(({ name }) => name);
    const needed = operation.does === 'message' && !isSandbox(connector) ? ['to', 'text', 'from'] : [];
    return [
      ...twice(names).map((name) => `input ${name} twice`),
      ...inPath.filter((name) => !placeholdersIn(operation.path).includes(name)).map((name) => `input ${name} is not in the path`),
      ...needed.filter((name) => !names.includes(name)).map((name) => `no input ${name}`),
      ...(operation.upsertKey !== null && !names.includes(operation.upsertKey) ? [`no input ${operation.upsertKey}`] : []),
      ...operation.inputs.filter((input) => input.at !== null && input.in !== 'body').map(({ name }) => `place of ${name}`),
      ...(isWithin(connector, operation.path.replace(/\{[A-Za-z]\w*\}/g, 'x')) ? [] : ['path']),
    ].map((problem) => `${operation.id}: ${problem}`);
  });

/** What a record must hold true in itself, beside its form. Each row gives what is wrong. */
const CHECKS: Readonly<Record<string, (connector: Connector) => readonly string[]>> = {
  scopes: scopeProblems,
  twice: ({ scopes, operations, variables }) =>
    [scopes.map(({ name }) => name), operations.map(({ id }) => id), variables.map(({ name }) => name)].flatMap(twice),
  placeholders: unknownPlaceholders,
  'unused variables': unusedVariables,
  examples: (connector) => wrongVariables(connector, examplesOf(connector)).map(({ name }) => name),
  addresses: (connector) =>
    [...endpointsOf(connector), ...issuerOf(connector), connector.apiBase, ...connector.alsoAt].filter((url) => !isGoodUrl(connector, url)),
  destinations: (connector) =>
    [connector.test?.path, ...connector.variables.map(({ learned }) => learned?.url)].filter(
      (path): path is string => path !== undefined && !isWithin(connector, path),
    ),
  'learned variables': learnedProblems,
  authorization: authProblems,
  operations: operationProblems,
  'name of the account': testProblems,
};

const YEAR_MS = 366 * 24 * 60 * 60 * 1_000;

/** Everything that is wrong with a record: its inner consistency, and facts that nobody compared for a year. `now` is epoch milliseconds. */
export const checkConnector = (connector: Connector, now: number): Finding[] => {
  const findings = Object.entries(CHECKS).flatMap(([rule, find]) =>
    [...new Set(find(connector))].map((detail) => ({ id: connector.id, rule, detail })),
  );
  const age = now - Date.parse(connector.facts.checkedOn);
  return age > YEAR_MS ? [...findings, { id: connector.id, rule: 'facts older than a year', detail: connector.facts.checkedOn }] : findings;
};
