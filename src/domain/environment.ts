import type { Side } from './workspace.ts';

/** In the order in which a version travels (RULES glossary). */
export const ENVIRONMENTS = ['development', 'stage', 'production'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** An authorization serves one environment, or all of its side (R71). */
export type EnvironmentScope = Environment | 'all';
export type EnvironmentPolicy = 'same' | 'separate';

/** What a side can have: the developer side ends at stage, a client has no development (R4) and stage only where it was added (R115). */
export const ENVIRONMENTS_OF_SIDE: Record<Side, readonly Environment[]> = {
  developer: ['development', 'stage'],
  client: ['stage', 'production'],
};

export const ENVIRONMENT_LABELS: Record<Environment, { letter: string; name: string }> = {
  development: { letter: 'D', name: 'Development' },
  stage: { letter: 'S', name: 'Stage' },
  production: { letter: 'P', name: 'Production' },
};

/** Under which key a connection with this policy keeps its authorization for `environment` (R71). */
export const environmentScope = (policy: EnvironmentPolicy, environment: Environment): EnvironmentScope =>
  policy === 'same' ? 'all' : environment;
