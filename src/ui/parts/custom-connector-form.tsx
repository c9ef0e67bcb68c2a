import { useState } from 'preact/hooks';
import type { ScopeAccess } from '../../domain/connector.ts';
import type { JsonObject } from '../../domain/json.ts';
import { ACCESS_WORDS } from '../../domain/scope-words.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { Button, SelectField, TextField } from './basics.tsx';
import { Form } from './form.tsx';

type Method = 'oauth2-code' | 'oauth2-jwt-bearer' | 'api-key' | 'bearer' | 'basic';

const METHODS: Readonly<Record<Method, string>> = {
  'oauth2-code': 'Sign-in at the service (OAuth 2)',
  'oauth2-jwt-bearer': 'Service account key (OAuth 2, RFC 7523)',
  'api-key': 'API key',
  bearer: 'Token',
  basic: 'User name and password',
};

type Texts = Readonly<Record<string, string>>;
type Scope = { readonly name: string; readonly sentence: string; readonly access: ScopeAccess };
type FieldRow = { readonly name: string; readonly label: string; readonly hint?: string; readonly isOptional?: true };

/** What each way needs to know; its values start empty but for what nearly every service has. */
const FIELDS: Readonly<Record<Method, readonly FieldRow[]>> = {
  'oauth2-code': [
    { name: 'authorization', label: 'Authorization address', hint: 'Like https://login.service.com/oauth/authorize' },
    { name: 'token', label: 'Token address', hint: 'Like https://login.service.com/oauth/token' },
    { name: 'revocation', label: 'Revocation address (optional)', isOptional: true },
    {
      name: 'clientId',
      label: 'Client id for everybody (optional)',
      hint: 'One without a secret, or the https address of a document that you host. Empty: each brings an OAuth app of their own.',
      isOptional: true,
    },
    {
      name: 'registration',
      label: 'Registration address (optional)',
      hint: 'Where the service takes registrations from anybody (RFC 7591). Latchkey then registers itself.',
      isOptional: true,
    },
  ],
  'oauth2-jwt-bearer': [
    { name: 'token', label: 'Token address', hint: 'Like https://login.service.com/oauth/token' },
    {
      name: 'audience',
      label: 'Audience of its assertions (optional)',
      hint: 'Where the service wants something else than the token address.',
      isOptional: true,
    },
  ],
  'api-key': [
    { name: 'label', label: 'What the service calls the key', hint: 'Like API key' },
    { name: 'header', label: 'Header that carries it', hint: 'Like X-Api-Key' },
  ],
  bearer: [{ name: 'label', label: 'What the service calls the token', hint: 'Like Access token' }],
  basic: [
    { name: 'user', label: 'What the service calls the user name', hint: 'Like Account id' },
    { name: 'password', label: 'What the service calls the password', hint: 'Like Secret key' },
  ],
};

const keyOf = (label: string, header: string, prefix: string): JsonObject => ({
  fields: [{ name: 'key', label, placement: { in: 'header', name: header, prefix } }],
});

const AUTHS: Readonly<Record<Method, (texts: Texts) => JsonObject>> = {
  'oauth2-code': ({
    authorization = '',
    token = '',
    revocation = '',
    registration = '',
    publicClient = '',
    clientAuthentication = '',
    clientId = '',
  }) => ({
    endpoints: { authorization, token, ...(revocation === '' ? {} : { revocation }), ...(registration === '' ? {} : { registration }) },
    dynamicRegistration: registration !== '',
    ...(clientId === '' ? {} : { clientId }),
    ...(clientAuthentication === '' ? {} : { clientAuthentication }),
    publicClient: publicClient === 'yes' || publicClient === 'no' ? publicClient : 'unknown',
  }),
  'oauth2-jwt-bearer': ({ token = '', audience = '' }) => ({
    endpoints: { token },
    ...(audience === '' ? {} : { assertionAudience: audience }),
  }),
  'api-key': ({ label = '', header = '' }) => keyOf(label, header, ''),
  bearer: ({ label = '' }) => keyOf(label, 'Authorization', 'Bearer '),
  basic: ({ user = '', password = '' }) => ({ user: { label: user }, password: { label: password } }),
};

const trimmed = (texts: Texts): Texts => Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, value.trim()]));

const recordOf = (method: Method, given: Texts, scopes: readonly Scope[]): JsonObject => {
  const texts = trimmed(given);
  const { description = '', base = '', test = '' } = texts;
  return {
    category: 'Custom',
    description,
    auth: { method, ...AUTHS[method](texts) },
    scopes: scopes.map(({ name, sentence, access }) => ({ name: name.trim(), sentence: sentence.trim(), access })),
    apiBase: base.endsWith('/') ? base : `${base}/`,
    test: test === '' ? null : { method: 'GET', path: test.replace(/^\//, '') },
  };
};

const isMethod = (text: string): text is Method => Object.hasOwn(METHODS, text);
const isAccess = (text: string): text is ScopeAccess => Object.hasOwn(ACCESS_WORDS, text);

const Scopes = ({ scopes, onChange }: { readonly scopes: readonly Scope[]; readonly onChange: (scopes: readonly Scope[]) => void }) => {
  const put = (at: number, part: Partial<Scope>): void => onChange(scopes.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <fieldset>
      <legend>Scopes: what it may be asked for</legend>
      {scopes.map((scope, at) => (
        <div key={at} class="stack">
          <TextField label={`Name of scope ${at + 1}`} value={scope.name} onChange={(name) => put(at, { name })} required />
          <TextField
            label={`What scope ${at + 1} allows, in a sentence`}
            value={scope.sentence}
            onChange={(sentence) => put(at, { sentence })}
            required
          />
          <SelectField
            label={`Access of scope ${at + 1}`}
            value={scope.access}
            onChange={(access) => (isAccess(access) ? put(at, { access }) : undefined)}
            options={Object.entries(ACCESS_WORDS).map(([value, label]) => ({ value, label }))}
          />
          <div>
            <Button onPress={() => onChange(scopes.filter((_, index) => index !== at))} label={`Take out scope ${at + 1}`}>
              Take out
            </Button>
          </div>
        </div>
      ))}
      <Button onPress={() => onChange([...scopes, { name: '', sentence: '', access: 'read' }])}>Add scope</Button>
    </fieldset>
  );
};

/** A record in the form of a built-in one; what it may say is checked where it is stored. */
export const CustomConnectorForm = ({ onDone }: { readonly onDone: () => void }) => {
  const acting = useAct();
  const [name, setName] = useState('');
  const [method, setMethod] = useState<Method>('oauth2-code');
  const [texts, setTexts] = useState<Texts>({});
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const text = (field: string): string => texts[field] ?? '';
  const set =
    (field: string) =>
    (value: string): void =>
      setTexts({ ...texts, [field]: value });
  const store = (): void =>
    acting.run(async () => {
      await core.addConnector({ name, record: recordOf(method, texts, scopes) });
      tell(`The custom connector ${name} is stored.`);
      onDone();
    });
  return (
    <Form acting={acting} onSubmit={store} submit="Store the connector" kind="primary">
      <h3>New custom connector</h3>
      <TextField label="Name of the service" value={name} onChange={setName} required />
      <TextField label="What it is for" value={text('description')} onChange={set('description')} required />
      <TextField
        label="Base address of its API"
        value={text('base')}
        onChange={set('base')}
        hint="Like https://api.service.com/v1/. Credentials go here and nowhere else."
        required
      />
      <SelectField
        label="Way to authorize"
        value={method}
        onChange={(value) => (isMethod(value) ? setMethod(value) : undefined)}
        options={Object.entries(METHODS).map(([value, label]) => ({ value, label }))}
      />
      {FIELDS[method].map(({ name: field, label, hint, isOptional = false }) => (
        <TextField
          key={`${method} ${field}`}
          label={label}
          value={text(field)}
          onChange={set(field)}
          {...(hint === undefined ? {} : { hint })}
          required={!isOptional}
        />
      ))}
      {method === 'oauth2-code' ? (
        <>
          <SelectField
            label="Works without a client secret"
            value={text('publicClient')}
            onChange={set('publicClient')}
            options={[
              { value: '', label: 'Not known' },
              { value: 'yes', label: 'Yes' },
              { value: 'no', label: 'No, a secret is needed' },
            ]}
          />
          <SelectField
            label="How an OAuth app shows who it is"
            value={text('clientAuthentication')}
            onChange={set('clientAuthentication')}
            options={[
              { value: '', label: 'By its client secret in the body, where it has one' },
              { value: 'basic', label: 'By its client secret in the Basic header' },
              { value: 'private-key-jwt', label: 'By a private key that signs (private_key_jwt)' },
              { value: 'tls', label: 'By a certificate of this browser (mutual TLS)' },
            ]}
          />
          <Scopes scopes={scopes} onChange={setScopes} />
        </>
      ) : null}
      <TextField
        label="Test request (optional)"
        value={text('test')}
        onChange={set('test')}
        hint="A path below the base that only reads, like me or v1/account."
      />
      <Button onPress={onDone}>Cancel</Button>
    </Form>
  );
};
