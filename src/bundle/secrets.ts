import type { JsonValue } from '../domain/json.ts';

const SECRET_KEY =
  /(^|[_-])(client[_-]?secret|password|passwd|api[_-]?key|access[_-]?token|refresh[_-]?token|private[_-]?key|authorization|cookie)$/i;

const entropy = (text: string): number => {
  const counts = new Map<string, number>();
  for (const unit of text) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
};

type Kind = { readonly name: string; readonly isFound: (value: string, key: string) => boolean };

/** What counts as a secret (S1), one row each. `key` is the member's name. */
export const SECRET_KINDS: readonly Kind[] = [
  { name: 'a secret’s name', isFound: (value, key) => SECRET_KEY.test(key) && value !== '' && !/^\{\{.*\}\}$/.test(value) },
  { name: 'a JSON web token', isFound: (value) => /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/.test(value) },
  { name: 'a PEM key', isFound: (value) => /-----BEGIN [A-Z ]+-----/.test(value) },
  {
    name: 'a known token prefix',
    isFound: (value) =>
      /(^|[^A-Za-z0-9])(gh[pousr]_|xox[abposr]-|AKIA[0-9A-Z]{12}|ya29\.|1\/\/[\w-]{20}|sk-[\w-]{16}|sk_(live|test)_)/.test(value),
  },
  { name: 'a password in an address', isFound: (value) => /[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s@]+@/i.test(value) },
  { name: 'a random value', isFound: (value) => /^[\w+/=.~-]{24,}$/.test(value) && entropy(value) > 4.3 },
];

export type SecretSearch = {
  readonly values: number;
  readonly kinds: number;
  readonly found: readonly { readonly path: string; readonly kind: string }[];
};

/** Looks at every text in a value for things that look like secrets. Paths name the place, never the value. */
export const findSecrets = (value: JsonValue): SecretSearch => {
  let values = 0;
  const found: { path: string; kind: string }[] = [];
  const look = (here: JsonValue, path: string, key: string): void => {
    if (typeof here === 'string') {
      values += 1;
      const kind = SECRET_KINDS.find(({ isFound }) => isFound(here, key));
      if (kind !== undefined) found.push({ path, kind: kind.name });
    } else if (Array.isArray(here)) {
      for (const [index, entry] of here.entries()) look(entry, `${path}.${index}`, key);
    } else if (here !== null && typeof here === 'object') {
      for (const [name, entry] of Object.entries(here)) look(entry as JsonValue, path === '' ? name : `${path}.${name}`, name);
    }
  };
  look(value, '', '');
  return { values, kinds: SECRET_KINDS.length, found };
};
