import { useState } from 'preact/hooks';
import type { JsonObject } from '../../domain/json.ts';
import { WAYS } from '../../domain/ways.ts';
import { SelectField, TextField } from './basics.tsx';
import { rowsAt, textAt, withAt } from './connector-draft.ts';
import { FIELDS, isMethod, METHODS, PLACEMENT, placementAt, STARTS, withField, withPlacement } from './custom-connector-fields.ts';

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

/** The ways in which an OAuth app can show who it is; those with a secret or a key of their own. */
const HAS_APP: readonly string[] = ['oauth2-code', 'oauth2-client-credentials', 'oauth2-device'];

type Props = { readonly auth: JsonObject; readonly onChange: (auth: JsonObject) => void };

const Placement = ({ auth, at, onChange }: Props & { readonly at: string }) => {
  const placement = placementAt(auth, at);
  const put = (name: string) => (value: string) => onChange(withPlacement(auth, at, name, value));
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
          // An issuer says its endpoints itself.
          required={row.isOptional !== true && (textAt(auth, 'issuer') === '' || !row.at.startsWith('endpoints.'))}
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
          value={textAt(auth, 'clientAuthentication') || 'post'}
          onChange={(value) => onChange(withAt(auth, 'clientAuthentication', value))}
          options={[
            { value: 'post', label: 'By its client secret in the body, where it has one' },
            { value: 'basic', label: 'By its client secret in the Basic header' },
            { value: 'private-key-jwt', label: 'By a private key that signs (private_key_jwt)' },
            { value: 'tls', label: 'By a certificate of this browser (mutual TLS)' },
          ]}
        />
      ) : null}
    </>
  );
};
