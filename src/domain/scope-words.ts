import type { ConnectorScope, ScopeAccess } from './connector.ts';

/** What an access means, in a word for a tag. */
export const ACCESS_WORDS: Readonly<Record<ScopeAccess, string>> = { read: 'reads', write: 'changes', admin: 'administers' };

/** Somebody would want to know before agreeing: it administers, or it changes everything that is there. */
export const isSensitive = ({ access, sentence }: Pick<ConnectorScope, 'access' | 'sentence'>): boolean =>
  access === 'admin' || (access === 'write' && /\b(everything|of every)\b/i.test(sentence));
