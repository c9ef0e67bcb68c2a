import type { ComponentChildren } from 'preact';
import type { ScopeWords as Asked, ConnectorView } from '../../core/views.ts';
import { ACCESS_WORDS } from '../../domain/scope-words.ts';
import { Code, Tag } from './basics.tsx';

type Scope = ConnectorView['scopes'][number];

/** Marks what somebody would want to know before agreeing, and says why. */
export const SensitiveTag = ({ of: { sensitivity } }: { readonly of: Pick<Scope, 'sensitivity'> }) =>
  sensitivity === null ? null : <Tag tone="warn">▲ sensitive: {sensitivity}</Tag>;

/** What a scope allows, in a person's words before its technical name. */
export const ScopeWords = ({ scope }: { readonly scope: Scope }): ComponentChildren => (
  <>
    {scope.sentence} <Tag>{ACCESS_WORDS[scope.access]}</Tag> <SensitiveTag of={scope} /> <Code>{scope.name}</Code>
  </>
);

/** A scope of what is about to be agreed to: what it allows, whether it changes data or is sensitive, and its technical name. */
export const AskedScope = ({ scope, children }: { readonly scope: Asked; readonly children?: ComponentChildren }) => (
  <>
    {scope.sentence} {scope.writes ? <Tag tone="warn">changes data</Tag> : null} <SensitiveTag of={scope} /> {children}{' '}
    <Code>{scope.name}</Code>
  </>
);
