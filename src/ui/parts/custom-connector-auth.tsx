import { useState } from 'preact/hooks';
import { BEARER } from '../../domain/connector.ts';
import type { JsonObject } from '../../domain/json.ts';
import { WAYS } from '../../domain/ways.ts';
import { SelectField, TextField } from './basics.tsx';
import { objectAt, rowsAt, textAt, withAt } from './connector-draft.ts';

const METHODS = [
  'oauth2-code',
  'oauth2-client-credentials',
  'oauth2-device',
  'oauth2-jwt-bearer',
  'api-key',
  'bearer',
  'basic',
  'aws-sigv4',
  'none',
] as const;
type Method = (typeof METHODS)[number];

type FieldRow = { readonly at: string; readonly label: string; readonly hint?: string; readonly isOptional?: true };

const TOKEN = { at: 'endpoints.token', label: 'Token address', hint: 'Like https://login.service.com/oauth/token' };
const REVOCATION = { at: 'endpoints.revocation', label: 'Revocation address (optional)', isOptional: true } as const;

/** What each way needs to know, by its place in the record's `auth`. */
const FIELDS: Readonly<Record<Method, readonly FieldRow[]>> = {
  'oauth2-code': [
    { at: 'endpoints.authorization', label: 'Authorization address', hint: 'Like https://login.service.com/oauth/authorize' },
    TOKEN,
    REVOCATION,
    {
      at: 'clientId',
      label: 'Client id for everybody (optional)',
      hint: 'One without a secret, or the https address of a document that you host. Empty: each brings an OAuth app of their own.',
      isOptional: true,
    },
    {
      at: 'endpoints.registration',
      label: 'Registration address (optional)',
      hint: 'Where the service takes registrations from anybody (RFC 7591). Latchkey then registers itself.',
      isOptional: true,
    },
  ],
  'oauth2-client-credentials': [TOKEN, REVOCATION],
  'oauth2-device': [{ at: 'endpoints.device', label: 'Device authorization address' }, TOKEN, REVOCATION],
  'oauth2-jwt-bearer': [
    TOKEN,
    {
      at: 'assertionAudience',
      label: 'Audience of its assertions (optional)',
      hint: 'Where the service wants something else than the token address.',
      isOptional: true,
    },
  ],
  'api-key': [{ at: 'fields.0.label', label: 'What the service calls the key', hint: 'Like API key' }],
  bearer: [{ at: 'fields.0.label', label: 'What the service calls the token', hint: 'Like Access token' }],
  basic: [
    { at: 'user.label', label: 'What the service calls the user name', hint: 'Like Account id' },
    { at: 'password.label', label: 'What the service calls the password', hint: 'Like Secret key' },
  ],
  'aws-sigv4': [{ at: 'service', label: 'Name of the service in the signature', hint: 'Like execute-api' }],
  none: [],
};

const key = (name: string, placement: JsonObject): JsonObject => ({ fields: [{ name, label: '', placement }] });

/** What a way begins with when it is first chosen. */
const STARTS: Readonly<Record<Method, JsonObject>> = {
  'oauth2-code': { endpoints: { authorization: '', token: '' } },
  'oauth2-client-credentials': { endpoints: { token: '' } },
  'oauth2-device': { endpoints: { device: '', token: '' } },
  'oauth2-jwt-bearer': { endpoints: { token: '' } },
  'api-key': key('key', { in: 'header', name: '', prefix: '' }),
  bearer: key('token', { ...BEARER }),
  basic: { user: { label: '' }, password: { label: '' } },
  'aws-sigv4': { service: '' },
  none: {},
};

/** Where the credential stands in a request, by the place of that in `auth`; basic and signed requests have no choice. */
const PLACEMENT: Readonly<Partial<Record<Method, string>>> = {
  'oauth2-code': 'placement',
  'oauth2-client-credentials': 'placement',
  'oauth2-device': 'placement',
  'oauth2-jwt-bearer': 'placement',
  'api-key': 'fields.0.placement',
  bearer: 'fields.0.placement',
};

const PLACES = [
  { value: 'header', label: 'In a header' },
  { value: 'query', label: 'In the query of the address' },
  { value: 'path', label: 'In the path of the address' },
  { value: 'body', label: 'In the body' },
];

const NAMED: Readonly<Record<string, string>> = {
  header: 'Header that carries it',
  query: 'Query parameter that carries it',
  path: 'Name in braces that it takes the place of',
  body: 'Member of the body that carries it',
};

/** A registration address is what makes Latchkey register itself. */
const withField = (auth: JsonObject, { at, isOptional }: FieldRow, value: string): JsonObject => {
  const given = value === '' && isOptional === true ? undefined : value;
  const next = withAt(auth, at, given);
  return at === 'endpoints.registration' ? withAt(next, 'dynamicRegistration', given === undefined ? undefined : true) : next;
};

/** The ways in which an OAuth app can show who it is; those with a secret or a key of their own. */
const HAS_APP: readonly string[] = ['oauth2-code', 'oauth2-client-credentials', 'oauth2-device'];

const isMethod = (text: string): text is Method => METHODS.some((method) => method === text);

type Props = { readonly auth: JsonObject; readonly onChange: (auth: JsonObject) => void };

const Placement = ({ auth, at, onChange }: Props & { readonly at: string }) => {
  const given = objectAt(auth, at);
  const placement = Object.keys(given).length === 0 ? { ...BEARER } : given;
  const put = (name: string) => (value: string) => onChange(withAt(auth, at, { ...placement, [name]: value }));
  const place = textAt(placement, 'in');
  return (
    <div class="pair">
      <SelectField label="Where the credential goes" value={place} onChange={put('in')} options={PLACES} />
      <TextField label={NAMED[place] ?? 'Name of the place'} value={textAt(placement, 'name')} onChange={put('name')} required />
      <TextField
        label="Before the credential (optional)"
        value={textAt(placement, 'prefix')}
        onChange={put('prefix')}
        hint="With its space, like “Bearer ”."
      />
    </div>
  );
};

/** The part of the form that says how the service is authorized; what was entered for another way is kept while the form is open. */
export const ConnectorAuthFields = ({ auth, onChange }: Props) => {
  const [kept, setKept] = useState<Readonly<Record<string, JsonObject>>>({});
  const method = textAt(auth, 'method');
  const choose = (next: string): void => {
    if (!isMethod(next) || next === method) return;
    setKept({ ...kept, [method]: auth });
    onChange(kept[next] ?? { method: next, ...STARTS[next] });
  };
  const known = METHODS.map((name) => ({ value: name, label: WAYS[name].label }));
  const options = isMethod(method)
    ? known
    : [{ value: method, label: `${method === '' ? 'Nothing yet' : method}, as the JSON says` }, ...known];
  const at = isMethod(method) ? PLACEMENT[method] : undefined;
  return (
    <>
      <SelectField
        label="Way to authorize"
        value={method}
        onChange={choose}
        options={options}
        {...(isMethod(method) ? { hint: WAYS[method].sentence } : {})}
      />
      {(isMethod(method) ? FIELDS[method] : []).map((row) => (
        <TextField
          key={`${method} ${row.at}`}
          label={row.label}
          value={textAt(auth, row.at)}
          onChange={(value) => onChange(withField(auth, row, value))}
          {...(row.hint === undefined ? {} : { hint: row.hint })}
          required={row.isOptional !== true}
        />
      ))}
      {at === undefined ? null : <Placement auth={auth} at={at} onChange={onChange} />}
      {rowsAt(auth, 'fields').length > 1 ? <p class="hint">The record asks for a second key. It is changed in the JSON.</p> : null}
      {method !== 'oauth2-code' && method !== 'oauth2-device' ? null : (
        <SelectField
          label="Works without a client secret"
          value={textAt(auth, 'publicClient')}
          onChange={(value) => onChange(withAt(auth, 'publicClient', value === '' ? undefined : value))}
          options={[
            { value: '', label: 'Not known' },
            { value: 'yes', label: 'Yes' },
            { value: 'no', label: 'No, a secret is needed' },
          ]}
        />
      )}
      {HAS_APP.includes(method) ? (
        <SelectField
          label="How an OAuth app shows who it is"
          value={textAt(auth, 'clientAuthentication')}
          onChange={(value) => onChange(withAt(auth, 'clientAuthentication', value === '' ? undefined : value))}
          options={[
            { value: '', label: 'By its client secret in the body, where it has one' },
            { value: 'basic', label: 'By its client secret in the Basic header' },
            { value: 'private-key-jwt', label: 'By a private key that signs (private_key_jwt)' },
            { value: 'tls', label: 'By a certificate of this browser (mutual TLS)' },
          ]}
        />
      ) : null}
    </>
  );
};
