import type { IdentityWords } from '../../domain/scope-words.ts';
import { Code } from './basics.tsx';

/** What is asked for beside the chosen scopes, whoever chose none of it. */
export const IdentityScopes = ({ identity }: { readonly identity: readonly IdentityWords[] }) =>
  identity.length === 0 ? null : (
    <>
      <p class="hint">Always asked for beside what is chosen:</p>
      <ul class="plain">
        {identity.map(({ sentence, names }) => (
          <li key={sentence}>
            {sentence}{' '}
            {names.map((name) => (
              <span key={name}>
                <Code>{name}</Code>{' '}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
