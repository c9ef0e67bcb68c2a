import type { JsonObject, JsonValue } from '../domain/json.ts';
import { isLinkName } from '../domain/link-name.ts';
import { type Literal, readLine, wordsOf } from './literals.ts';
import { hasTokenShape } from './token-shapes.ts';

const entropy = (text: string): number => {
  const counts = new Map<string, number>();
  for (const unit of text) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
};

/** `zohoClientSecret` as `zoho_client_secret`. */
const apart = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

const SECRET_KEY =
  /(^|[_-])(client[_-]?secret|password|passwd|api[_-]?key|access[_-]?token|refresh[_-]?token|private[_-]?key|authorization|cookie)$/;

/** What a script calls a secret: a variable, a key of a map, a parameter. */
const SECRET_NAME =
  /(secret|password|passwd|passphrase)([_-]?key)?$|(^|[_-])(pwd|(api|access|private|secret)[_-]?key|(access|refresh|auth|bearer|oauth)[_-]?token|authorization|cookie)$/;

/** What may be the name of a secret, where the value looks like one. */
const LIKELY_NAME =
  /(^|[_-])(?<!(public|publishable|site|primary|foreign|sort|partition)[_-])(key|token|auth|credentials?|pass|signature)$/;

/** What names a thing and lets nobody in, however random it is: the id of a document, the hash of a file. */
const ID_NAME = /(^|[_-])(id|ids|guid|uuid|sha\d*|hash|md5|digest|checksum|commit|etag)$|[a-z]id$/;

/** What stands for a value, or is an address: what that is asked for is looked at by itself. */
const PLACEHOLDER = /^https?:\/\/|\{\{|\$\{|^<|^%|^(your|my|the|insert|enter|todo|change)[\W_]|^[*x.#•_-]+$/i;
/** A text of letters that is itself such a name: the field of an answer, a label. */
const NAMES_SECRET = /^[a-z][a-z_. -]*$/i;
const SECRET_WORD = /secret|pass|pwd|key|token|auth|cookie|bearer|credential/i;

/** Where between letters and digits a word changes: `v2`, `2010-04-01` hardly, a random value at every third or fourth character. */
const switchesIn = (word: string): number => (word.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g) ?? []).length;

const isReal = (value: string): boolean =>
  value.length >= 6 && !/\s/.test(value) && !PLACEHOLDER.test(value) && !(NAMES_SECRET.test(value) && SECRET_WORD.test(value));

const isNamedSecret = ({ value, name }: Literal): boolean => {
  const plain = apart(name);
  // `Bearer x`, `Zoho-oauthtoken x`: what comes after the scheme.
  const given = value.trim().replace(/^[A-Za-z][\w-]*\s+/, '');
  if (SECRET_NAME.test(plain)) return isReal(given);
  return LIKELY_NAME.test(plain) && /^[\w+/=.~-]{16,}$/.test(given) && switchesIn(given) >= 4 && isReal(given);
};

const isRandom = ({ value, name }: Literal): boolean =>
  /^[\w+/=.~-]{24,}$/.test(value) && switchesIn(value) >= 4 && entropy(value) > 4.3 && !ID_NAME.test(apart(name));

const isHexKey = ({ value, name }: Literal): boolean =>
  /^[0-9a-f]{40,}$/i.test(value) && switchesIn(value) >= 4 && !ID_NAME.test(apart(name));

type Kind = {
  readonly name: string;
  /** Does a text say one, as a whole or in a part; `key` is the member's name. */
  readonly isFound?: (value: string, key: string) => boolean;
  /** Is it what stands in quotes in a script, or what is asked for in an address (`name=value`). */
  readonly isGiven?: (literal: Literal) => boolean;
  /** Is it a word of a longer text, in quotes or not. */
  readonly isWord?: (word: Literal) => boolean;
};

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

/** What counts as a secret (S1), one row each. */
export const SECRET_KINDS: readonly Kind[] = [
  {
    name: 'a secret’s name',
    isFound: (value, key) => SECRET_WORD.test(key) && SECRET_KEY.test(apart(key)) && value !== '' && !/^\{\{.*\}\}$/.test(value),
    isGiven: isNamedSecret,
  },
  { name: 'a JSON web token', isFound: (value) => value.includes('eyJ') && hasWebToken(value) },
  { name: 'a PEM key', isFound: (value) => /-----BEGIN [A-Z ]+-----/.test(value) },
  { name: 'a known token prefix', isFound: hasTokenShape },
  { name: 'a password in an address', isFound: (value) => value.includes('://') && hasPassword(value) },
  {
    name: 'a random value',
    isFound: (value) => /^[\w+/=.~-]{24,}$/.test(value) && entropy(value) > 4.3,
    isGiven: isRandom,
    isWord: isRandom,
  },
  { name: 'a key in hex', isGiven: isHexKey },
];

export type SecretPlace = {
  readonly path: string;
  /** The path with the link name of what it is in, and the line of a script: `components.0.config.script (sync, line 3)`. */
  readonly where: string;
  readonly kind: string;
};

export type SecretSearch = { readonly values: number; readonly kinds: number; readonly found: readonly SecretPlace[] };

/** Only these can hold more than one value, or a long one among others: nothing else is looked into. */
const MAY_HOLD = /["'=]|\s\S{24}|^\S{24,}\s/;

/** What is in a line of a text: in quotes, asked for in an address, or between blanks. */
const kindWithin = (line: string, before: string): Kind | undefined => {
  if (!MAY_HOLD.test(line)) return undefined;
  const { literals, bare } = readLine(line, before);
  const words = literals.flatMap(({ value, name }) => wordsOf(value, name));
  // A query is no code: there a name and a value stand together without quotes.
  const isQuery = literals.length === 0 && !/[\s();]/.test(line);
  const bareWords = wordsOf(bare);
  const given = [...literals, ...words, ...(isQuery ? bareWords : [])];
  return (
    SECRET_KINDS.find(({ isGiven }) => isGiven !== undefined && given.some(isGiven)) ??
    SECRET_KINDS.find(({ isWord }) => isWord !== undefined && bareWords.some(isWord))
  );
};

const kindIn = (value: string, key: string): Kind | undefined => SECRET_KINDS.find(({ isFound }) => isFound?.(value, key) === true);

/** `line` is from 1, in a text of several lines. */
type Found = { readonly line: number | null; readonly kind: string };

/** What is in a text; in one of several lines, each of them. */
const searchText = (text: string, key: string): Found[] => {
  if (!text.includes('\n')) {
    const kind = kindIn(text, key) ?? kindWithin(text, '');
    return kind === undefined ? [] : [{ line: null, kind: kind.name }];
  }
  const lines = text.split('\n');
  const whole = kindIn('…', key);
  if (whole !== undefined) return [{ line: null, kind: whole.name }];
  return lines.flatMap((line, index): Found[] => {
    const kind = kindIn(line, '') ?? kindWithin(line, lines[index - 1] ?? '');
    return kind === undefined ? [] : [{ line: index + 1, kind: kind.name }];
  });
};

/** Looks at every text in a value for things that look like secrets, and into scripts. Paths name the place, never the value. */
export const findSecrets = (value: JsonValue): SecretSearch => {
  let values = 0;
  const found: SecretPlace[] = [];
  // Scopes, kinds and connectors are said again and again.
  const harmless = new Set<string>();
  const look = (here: JsonValue, path: string, key: string, owner: string): void => {
    if (typeof here === 'string') {
      values += 1;
      if (harmless.has(here) && !SECRET_WORD.test(key)) return;
      const inside = searchText(here, key);
      if (inside.length === 0) harmless.add(here);
      for (const { line, kind } of inside) {
        const near = [owner, line === null ? '' : `line ${line}`].filter((part) => part !== '').join(', ');
        found.push({ path, where: near === '' ? path : `${path} (${near})`, kind });
      }
    } else if (Array.isArray(here)) {
      for (const [index, entry] of here.entries()) look(entry, `${path}.${index}`, key, owner);
    } else if (here !== null && typeof here === 'object') {
      const { linkName } = here as JsonObject;
      const named = typeof linkName === 'string' && isLinkName(linkName) ? linkName : owner;
      for (const [name, entry] of Object.entries(here)) look(entry as JsonValue, path === '' ? name : `${path}.${name}`, name, named);
    }
  };
  look(value, '', '', '');
  return { values, kinds: SECRET_KINDS.length, found };
};
