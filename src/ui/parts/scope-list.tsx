import type { ComponentChildren } from 'preact';
import type { ConnectorView } from '../../core/views.ts';
import { ACCESS_WORDS } from '../../domain/scope-words.ts';
import { Code, Tag } from './basics.tsx';

type Scope = ConnectorView['scopes'][number];

/** What a scope allows, in a person's words before its technical name. */
export const ScopeWords = ({ scope }: { readonly scope: Scope }): ComponentChildren => (
  <>
    {scope.sentence} <Tag>{ACCESS_WORDS[scope.access]}</Tag> {scope.isSensitive ? <Tag tone="warn">▲ sensitive</Tag> : null}{' '}
    <Code>{scope.name}</Code>
  </>
);
