import { ENVIRONMENT_LABELS, type EnvironmentScope } from '../../domain/environment.ts';

/** Letter, word and colour: an environment is never told by colour alone. */
export const EnvironmentBadge = ({ environment }: { readonly environment: EnvironmentScope }) => {
  if (environment === 'all') return <span class="environment all">All environments</span>;
  const { letter, name } = ENVIRONMENT_LABELS[environment];
  return (
    <span class={`environment ${environment}`}>
      <span class="letter" aria-hidden="true">
        {letter}
      </span>
      {name}
    </span>
  );
};
