import type { JsonValue } from '../domain/json.ts';

const SECRET_KEY =
  /(^|[_-])(client[_-]?secret|password|passwd|api[_-]?key|access[_-]?token|refresh[_-]?token|private[_-]?key|authorization|cookie)$/i;

const entropy = (text: string): number => {
  const counts = new Map<string, number>();
  for (const unit of text) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
};

type Kind = { readonly name: string; readonly isFound: (value: string, key: string) => boolean };

/**
 * Three parts with dots between, the first beginning with `{"` in base64url. Taken apart rather than matched: a pattern that begins
 * anew at each character takes minutes over a text that was made for it.
 */
const hasWebToken = (value: string): boolean =>
  value.split(/[^\w.-]+/).some((run) => {
    const parts = run.split('.');
    return parts.some((part, index) => {
      const at = part.indexOf('eyJ');
      return at >= 0 && part.length - at >= 11 && (parts[index + 1]?.length ?? 0) >= 8 && index + 2 < parts.length;
    });
  });

/** `scheme://name:password@host`; what stands between `://` and the next slash or space is looked at once. */
const hasPassword = (value: string): boolean =>
  value
    .split('://')
    .slice(1)
    .some((rest) => /^[^:@]+:[^@]+@/.test(/^[^/\s]*/.exec(rest)?.[0] ?? ''));

/** What counts as a secret (S1), one row each. `key` is the member's name. */
export const SECRET_KINDS: readonly Kind[] = [
  { name: 'a secret’s name', isFound: (value, key) => SECRET_KEY.test(key) && value !== '' && !/^\{\{.*\}\}$/.test(value) },
  { name: 'a JSON web token', isFound: (value) => value.includes('eyJ') && hasWebToken(value) },
  { name: 'a PEM key', isFound: (value) => /-----BEGIN [A-Z ]+-----/.test(value) },
  {
    name: 'a known token prefix',
    isFound: (value) =>
      /(^|[^A-Za-z0-9])(gh[pousr]_|xox[abposr]-|AKIA[0-9A-Z]{12}|ya29\.|1\/\/[\w-]{20}|sk-[\w-]{16}|sk_(live|test)_)/.test(value),
  },
  { name: 'a password in an address', isFound: (value) => value.includes('://') && hasPassword(value) },
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
