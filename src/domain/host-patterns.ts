import { askedTemplates, type Connector, type ConnectorVariable, fillVariables, isOauth, isSandbox } from './connector.ts';
import { registrableDomain } from './public-address.ts';

/** The addresses of a service as its record writes them, with the variables that may stand in them. */
export type Reach = {
  readonly addresses: readonly string[];
  readonly variables: readonly Pick<ConnectorVariable, 'name' | 'pattern' | 'learned'>[];
};

/** A server that takes certificates may do so at another host of its domain, which only its metadata says (RFC 8705 section 5). */
const aliasesOf = ({ auth }: Connector): string[] =>
  isOauth(auth) && auth.clientAuthentication === 'tls' && auth.issuer !== null && !auth.issuer.includes('{')
    ? [`https://*.${registrableDomain(auth.issuer)}/`]
    : [];

/** Where requests of this service go; nowhere that has to be asked for where it is the sandbox. */
export const reachOf = (connector: Connector): Reach => ({
  addresses: isSandbox(connector) ? [] : [...askedTemplates(connector), ...aliasesOf(connector)],
  variables: connector.variables,
});

/** A text with which what matches a regular expression ends; `isWhole` says that nothing stands before it. */
type End = { readonly text: string; readonly isWhole: boolean };

const EMPTY: End = { text: '', isWhole: true };
const ANYTHING: End = { text: '', isWhole: false };

/** Nobody is asked for more hosts at once. */
const MOST = 64;

const before = (ends: readonly End[], tails: readonly End[]): End[] =>
  tails.flatMap((tail) => (tail.isWhole ? ends.map(({ text, isWhole }) => ({ text: text + tail.text, isWhole })) : [tail])).slice(0, MOST);

/** One piece of an expression: a class, a group, an escaped sign or any other, with how often it stands there. */
const PIECE = /(\[(?:\\.|[^\]])*\]|\\.|[\s\S])([*+?]|\{\d+,?\d*\})?\??/y;

const closing = (source: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < source.length; at += 1) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === '[') at = source.indexOf(']', at + 1);
    else if (source[at] === '(') depth += 1;
    else if (source[at] === ')' && --depth === 0) return at;
  }
  return source.length;
};

const repeated = (ends: readonly End[], quantifier: string | undefined): readonly End[] => {
  if (quantifier === undefined) return ends;
  if (quantifier === '?') return [EMPTY, ...ends];
  const last = ends.map(({ text }) => ({ text, isWhole: false }));
  return quantifier === '*' || quantifier.startsWith('{0') ? [EMPTY, ...last] : last;
};

const signEnds = (sign: string): readonly End[] => {
  if (sign === '^' || sign === '$') return [EMPTY];
  if (sign.startsWith('[') || sign === '.' || /^\\[A-Za-z0-9]$/.test(sign)) return [ANYTHING];
  return [{ text: sign.replace('\\', ''), isWhole: true }];
};

/** The ends of what an expression matches, as far as they are fixed: `([a-z]+\.)+(wrike|asana)\.com` ends in `.wrike.com` or `.asana.com`. */
const endsOf = (source: string): readonly End[] => {
  const alternatives: End[][] = [];
  let read: (readonly End[])[] = [];
  const finish = (): void => {
    alternatives.push(read.reduceRight<End[]>((tails, ends) => before(ends, tails), [EMPTY]));
    read = [];
  };
  for (let at = 0; at < source.length; ) {
    if (source[at] === '|') {
      finish();
      at += 1;
      continue;
    }
    const end = source[at] === '(' ? closing(source, at) : at;
    PIECE.lastIndex = end;
    const [piece = '', sign = '', quantifier] = PIECE.exec(source) ?? [];
    const inner = source.slice(at + 1, end);
    const isLookaround = /^\?<?[=!]/.test(inner);
    const ends = source[at] !== '(' ? signEnds(sign) : isLookaround ? [EMPTY] : endsOf(inner.replace(/^\?(:|<\w+>)/, ''));
    read.push(repeated(ends, quantifier));
    at = end + Math.max(piece.length, 1);
  }
  finish();
  return alternatives.flat().slice(0, MOST);
};

const literally = (text: string): string => text.replace(/[^A-Za-z0-9]/g, '\\$&');

/** The host of an address, of which a variable may have brought the scheme, a port or a path along. */
const hostIn = (address: string): string => (/^(?:https:\/\/)?([^/:]*)/.exec(address)?.[1] ?? '').toLowerCase();

/** The match pattern for hosts with this end: one host, or those below a domain that has one owner. */
const patternOf = ({ text, isWhole }: End): string[] => {
  const host = hostIn(isWhole ? text : text.slice(text.indexOf('.') + 1));
  if (!/^(\*\.)?[\w-]+(\.[\w-]+)*$/.test(host)) return [];
  if (isWhole) return [`https://${host}/*`];
  const isShared = registrableDomain(`https://any.${host}`) === `any.${host}`;
  return host.includes('.') && !isShared ? [`https://*.${host}/*`] : [];
};

/**
 * The hosts that an extension must be allowed to reach for this service (S42), as match patterns of the browser, sorted; none for the sandbox.
 * `values` are those of the account that are known now: a host that they name is asked for alone. What the service says only later, and may
 * say otherwise another time, is covered by each value or the domain that its variable is held to.
 */
export const hostPatterns = ({ addresses, variables }: Reach, values: Readonly<Record<string, string>> = {}): string[] => {
  const known = variables.filter(({ name, pattern }) => new RegExp(`^(?:${pattern})$`).test(values[name] ?? ''));
  const sourcesBy = (fixed: Reach['variables']): Record<string, string> => ({
    ...Object.fromEntries(variables.map(({ name, pattern }) => [name, `(?:${pattern})`])),
    ...Object.fromEntries(fixed.map(({ name }) => [name, literally(values[name] ?? '')])),
  });
  const typed = sourcesBy(known.filter(({ learned }) => learned === undefined));
  const all = sourcesBy(known);
  const patterns = addresses.flatMap((address) => {
    const [, host = ''] = /^(?:https:\/\/)?([^/]+)/.exec(address) ?? [];
    // Only what stands between variables is a text; their patterns are expressions already.
    const source = host.replace(/\{[A-Za-z]\w*\}|[^{]+|\{/g, (part) => (/^\{\w+\}$/.test(part) ? part : literally(part)));
    const found = endsOf(fillVariables(source, typed)).flatMap(patternOf);
    return found.length > 0 ? found : endsOf(fillVariables(source, all)).flatMap(patternOf);
  });
  return [...new Set(patterns)].sort();
};
