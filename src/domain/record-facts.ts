import {
  type AppCredential,
  appCredential,
  type Connector,
  type ConnectorVariable,
  isOauth,
  isSandbox,
  type Known,
  type Learned,
  type OauthAuth,
  type Placement,
} from './connector.ts';
import { GENERAL_STEPS } from './registration.ts';

/** One thing that a record says, with how sure that is. */
export type RecordFact = { readonly name: string; readonly label: string; readonly says: string; readonly isConfirmed: boolean };

const KNOWN: Readonly<Record<Known, string>> = { yes: 'Yes', no: 'No', unknown: 'Nobody looked it up' };

const PKCE: Readonly<Record<OauthAuth['pkce'], string>> = {
  required: 'Demanded by the service',
  supported: 'Understood by the service',
  unsupported: 'Ignored by the service; Latchkey sends it all the same',
  unknown: 'Nobody looked it up; Latchkey sends it all the same',
};

const PLACES: Readonly<Record<Placement['in'], string>> = {
  header: 'in the header',
  query: 'in the address, as',
  path: 'in the path, as',
  body: 'in the body, as',
};

const placesOf = ({ auth }: Connector): string => {
  if (isOauth(auth)) return `${PLACES[auth.placement.in]} ${auth.placement.name}`;
  if (auth.method === 'api-key' || auth.method === 'bearer')
    return auth.fields.map(({ label, placement }) => `${label} ${PLACES[placement.in]} ${placement.name}`).join('; ');
  if (auth.method === 'basic') return 'in the header Authorization (RFC 7617)';
  return auth.method === 'aws-sigv4' ? 'as a signature in the header Authorization' : 'nowhere';
};

const CREDENTIALS: Readonly<Record<AppCredential, string>> = {
  secret: 'By a client secret, where it has one',
  'account-key': 'By nothing: the key of a service account signs (RFC 7523 section 2.1)',
  'client-key': 'By an assertion that its private key signs (RFC 7523 section 2.2)',
  certificate: 'By a certificate that the browser presents (RFC 8705)',
};

const isSecret = (auth: OauthAuth): boolean => appCredential(auth) === 'secret';

const oauthFacts = (auth: OauthAuth): Omit<RecordFact, 'isConfirmed'>[] => [
  {
    name: 'endpoints',
    label: 'Addresses that authorize',
    says: auth.endpoints === null ? `As ${auth.issuer ?? 'the service'} says itself` : 'Written in the record',
  },
  { name: 'publicClient', label: 'Works without a client secret', says: KNOWN[auth.publicClient] },
  { name: 'pkce', label: 'Proof key (PKCE)', says: PKCE[auth.pkce] },
  {
    name: 'tokenEndpointCors',
    label: 'Web pages may read the token answer',
    says: auth.corsNeeds === null ? KNOWN[auth.cors] : `Yes, under a condition. ${auth.corsNeeds}`,
  },
  ...(auth.dynamicRegistration
    ? [{ name: 'dynamicRegistration', label: 'Takes registrations', says: 'From anybody (RFC 7591); Latchkey registers itself' }]
    : []),
  ...(isSecret(auth)
    ? []
    : [{ name: 'clientAuthentication', label: 'How the app shows who it is', says: CREDENTIALS[appCredential(auth)] }]),
  { name: 'refreshRotation', label: 'Each renewal gives a new refresh token', says: KNOWN[auth.rotates] },
];

const SOME = (count: number, one: string): string => (count === 0 ? 'None in the record' : `${count} ${one}${count === 1 ? '' : 's'}`);

const LEARNED: Readonly<Record<Learned['from'], string>> = {
  callback: 'the service says it when it sends people back',
  answer: 'the service says it with the token',
  request: 'the service is asked for it with the token',
};

const variableSays = ({ label, pattern, learned }: ConnectorVariable): string =>
  `${label}, written as ${pattern}${learned === undefined ? '' : `; ${LEARNED[learned.from]}, as ${learned.at}`}`;

const stepsSay = (connector: Connector): string => {
  if (isSandbox(connector)) return 'None: the sandbox knows Latchkey';
  const { length } = connector.registration;
  return length === 0 ? GENERAL_STEPS : SOME(length, 'step');
};

const addressFacts = (connector: Connector): Omit<RecordFact, 'isConfirmed'>[] => {
  const { apiBase, alsoAt, apiHeaders, variables } = connector;
  const headers = Object.entries(apiHeaders).map(([name, value]) => `${name}: ${value}`);
  return [
    { name: 'apiBase', label: 'Where requests go', says: [apiBase, ...alsoAt].join(', ') },
    ...(headers.length === 0 ? [] : [{ name: 'apiHeaders', label: 'Headers that every request has', says: headers.join('; ') }]),
    ...(variables.length === 0
      ? []
      : [{ name: 'variables', label: 'What belongs to the account', says: variables.map(variableSays).join('. ') }]),
    { name: 'registration', label: 'Steps at the service', says: stepsSay(connector) },
  ];
};

/** What the record says, row by row; `facts.confirmed` names those that were compared with a source. */
export const recordFacts = (connector: Connector): readonly RecordFact[] => {
  const { auth, facts, scopes, test, operations } = connector;
  const rows = [
    ...(isOauth(auth) ? oauthFacts(auth) : []),
    { name: 'placement', label: 'Where the credential goes', says: placesOf(connector) },
    ...addressFacts(connector),
    { name: 'scopes', label: 'Scopes', says: SOME(scopes.length, 'scope') },
    { name: 'testRequest', label: 'Test request', says: test === null ? 'None in the record' : `${test.method} ${test.path}` },
    { name: 'operations', label: 'Operations', says: SOME(operations.length, 'operation') },
  ];
  return rows.map((row) => ({ ...row, isConfirmed: isSandbox(connector) || facts.confirmed.includes(row.name) }));
};
