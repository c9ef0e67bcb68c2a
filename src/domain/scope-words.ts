import { type Connector, type ConnectorScope, isOauth, type ScopeAccess } from './connector.ts';

/** What an access means, in a word for a tag. */
export const ACCESS_WORDS: Readonly<Record<ScopeAccess, string>> = { read: 'reads', write: 'changes', admin: 'administers' };

type Said = Pick<ConnectorScope, 'access' | 'sentence'>;
type Row = { readonly why: string; readonly access: readonly ScopeAccess[]; readonly says: RegExp };

const ANY: readonly ScopeAccess[] = ['read', 'write', 'admin'];

/** Why somebody would want to know before agreeing, by what the sentence says. The first row that fits speaks. */
const SENSITIVE: readonly Row[] = [
  { why: 'administers', access: ['admin'], says: /^/ },
  { why: 'about money', access: ANY, says: /\b(money|payments?|payouts?|refunds?|payroll|salar(y|ies)|bank|transactions)\b/i },
  { why: 'reaches everything', access: ANY, says: /\b(everything|everybody|all|of every|whole|own rights|with the rights)\b/i },
  { why: 'what people write to each other', access: ANY, says: /\b(e-mail(?!s? address)|(?<!text )messages(?! of public)|chats)\b/i },
  { why: 'about health', access: ANY, says: /\b(heart|sleep|oxygen|weight|body|recovery|measurements)\b/i },
  { why: 'in your name', access: ['write'], says: /\b(as you|as the member|as a company|act for|signature|sign requests)\b/i },
  { why: 'deletes', access: ['write'], says: /\b(delete|remove|bin)\b/i },
];

/** Why somebody would want to know of a scope before agreeing, in a few words for a tag; null where it is an ordinary one. */
export const sensitivityOf = ({ access, sentence }: Said): string | null =>
  SENSITIVE.find((row) => row.access.includes(access) && row.says.test(sentence))?.why ?? null;

/** What a service gives for scopes that are asked for beside the chosen ones. */
export type IdentityWords = { readonly sentence: string; readonly names: readonly string[] };

const STAY = 'Stay connected while you are away';
const WHO = 'See who you are';

/** OpenID Connect Core sections 5.4 and 11, and what services call the same. */
const IDENTITY: ReadonlyMap<string, string> = new Map([
  ['openid', WHO],
  ['profile', WHO],
  ['email', 'See your e-mail address'],
  ['offline_access', STAY],
  ['offline.access', STAY],
  ['offline', STAY],
  ['refresh_token', STAY],
  ['oauth', 'Sign in at the account'],
]);

/** What is always asked for beside the chosen scopes, in words, each sentence once; what nobody wrote down is named as the service calls it. */
export const identityWords = ({ auth }: Pick<Connector, 'auth'>): IdentityWords[] => {
  const bySentence = new Map<string, string[]>();
  for (const name of isOauth(auth) ? auth.identityScopes : []) {
    const sentence = IDENTITY.get(name) ?? `What the service calls ${name}`;
    bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), name]);
  }
  return [...bySentence].map(([sentence, names]) => ({ sentence, names }));
};
