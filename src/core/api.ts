import type { InferInput } from 'valibot';
import type { Outcome } from '../domain/faults.ts';
import * as appGrants from './commands/app-grants.ts';
import * as applications from './commands/applications.ts';
import * as audit from './commands/audit.ts';
import * as authorKey from './commands/author-key.ts';
import * as authorize from './commands/authorize.ts';
import * as backup from './commands/backup.ts';
import * as change from './commands/change.ts';
import * as connectors from './commands/connectors.ts';
import * as credentials from './commands/credentials.ts';
import * as define from './commands/define.ts';
import * as deployment from './commands/deployment.ts';
import * as distribute from './commands/distribute.ts';
import * as feeds from './commands/feeds.ts';
import * as importing from './commands/import.ts';
import * as install from './commands/install.ts';
import * as keys from './commands/keys.ts';
import * as outbox from './commands/outbox.ts';
import * as pause from './commands/pause.ts';
import * as policy from './commands/policy.ts';
import * as publish from './commands/publish.ts';
import * as rehearse from './commands/rehearse.ts';
import * as run from './commands/run.ts';
import * as sample from './commands/sample.ts';
import * as session from './commands/session.ts';
import * as stage from './commands/stage.ts';
import * as test from './commands/test.ts';
import * as vault from './commands/vault.ts';
import type { QUERIES } from './queries/index.ts';

/** Every command, by the name that crosses the wire. Files in `commands/` export commands only. */
export const COMMANDS = {
  ...session,
  ...sample,
  ...applications,
  ...define,
  ...change,
  ...authorize,
  ...keys,
  ...appGrants,
  ...test,
  ...pause,
  ...policy,
  ...credentials,
  ...connectors,
  ...publish,
  ...distribute,
  ...authorKey,
  ...importing,
  ...install,
  ...deployment,
  ...stage,
  ...feeds,
  ...rehearse,
  ...run,
  ...outbox,
  ...audit,
  ...vault,
  ...backup,
};

export type CommandName = keyof typeof COMMANDS;
/** Nothing is changed of what a caller hands over, so readonly lists may be handed over too. */
type Given<T> = T extends readonly (infer E)[]
  ? readonly Given<E>[]
  : T extends object
    ? string extends keyof T
      ? T
      : { readonly [K in keyof T]: Given<T[K]> }
    : T;
export type Input<N extends CommandName> = Given<InferInput<(typeof COMMANDS)[N]['input']>>;
export type Result<N extends CommandName> = Awaited<ReturnType<(typeof COMMANDS)[N]['run']>>;

/** What crosses the wire: an outcome for each command, never an exception. */
export type Remote = { readonly [N in CommandName]: (input: Input<N>) => Promise<Outcome<Result<N>>> };

/** What a screen calls: the value, or a thrown Fault. */
export type Core = { readonly [N in CommandName]: (input: Input<N>) => Promise<Result<N>> };

export type QueryName = keyof typeof QUERIES;
export type Queries = {
  readonly [N in QueryName]: {
    readonly args: InferInput<(typeof QUERIES)[N]['args']>;
    readonly value: Awaited<ReturnType<(typeof QUERIES)[N]['read']>>;
  };
};
