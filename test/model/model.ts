/**
 * A small model of the rules, written from their text alone: it reads no table of the product. `predict` says whether a step is open to
 * whoever acts, as far as the rules decide it.
 */
export type Side = 'developer' | 'client';
export type Role = 'super-admin' | 'admin' | 'developer' | 'user';
export type Type = 'system' | 'admin' | 'logged-in-user';
export type Person = { readonly name: string; readonly side: Side; readonly role: Role };

export const PEOPLE: readonly Person[] = [
  { name: 'Dana', side: 'developer', role: 'super-admin' },
  { name: 'Lee', side: 'developer', role: 'developer' },
  { name: 'Carla', side: 'client', role: 'super-admin' },
  { name: 'Adam', side: 'client', role: 'admin' },
  { name: 'Cleo', side: 'client', role: 'developer' },
  { name: 'Uma', side: 'client', role: 'user' },
  { name: 'Ben', side: 'client', role: 'user' },
];

export type Connection = {
  readonly id: string;
  readonly side: Side;
  readonly type: Type;
  readonly link: string;
  /** Application or installation; null for none. */
  readonly owner: string | null;
  readonly isPublished: boolean;
  readonly policy: 'same' | 'separate';
};

/** A component's place and what it names; a null link needs the system connection. */
export type Component = { readonly id: string; readonly owner: string; readonly environment: string; readonly link: string | null };

export type Grant = { readonly id: string; readonly connection: string; readonly environment: string; readonly holder: string };

export type State = {
  readonly who: Person;
  readonly connections: readonly Connection[];
  readonly components: readonly Component[];
  readonly grants: readonly Grant[];
  /** Published versions by application. */
  readonly versions: ReadonlyMap<string, number>;
  /** Versions that were handed out. */
  readonly handedOut: ReadonlySet<string>;
  /** Installation by application, with the version in production and, where stage is on, in stage. */
  readonly installed: ReadonlyMap<string, { readonly id: string; readonly production: number; readonly stage: number | null }>;
  /** The highest version ever installed of an application; it outlives the installation (S47). */
  readonly highest: ReadonlyMap<string, number>;
  readonly hasDistributeAccess: boolean;
};

type About<D extends string> = D extends string ? { readonly do: D; readonly connection: Connection } : never;
type OfApp<D extends string> = D extends string ? { readonly do: D; readonly app: string } : never;

export type Step =
  | { readonly do: 'define'; readonly link: string; readonly type: Type; readonly app: string | null }
  | { readonly do: 'access'; readonly connection: Connection; readonly app: string | null; readonly isMove: boolean }
  | About<'edit' | 'duplicate' | 'delete' | 'retire' | 'pause'>
  | { readonly do: 'type'; readonly connection: Connection; readonly type: 'admin' | 'logged-in-user' }
  | { readonly do: 'policy'; readonly connection: Connection; readonly policy: 'same' | 'separate'; readonly keep: string | null }
  | { readonly do: 'authorize'; readonly connection: Connection; readonly environment: string }
  | { readonly do: 'revoke'; readonly grant: Grant }
  | { readonly do: 'use'; readonly app: string; readonly link: string | null }
  | { readonly do: 'unuse'; readonly component: Component }
  | { readonly do: 'publish'; readonly app: string }
  | { readonly do: 'distribute'; readonly app: string; readonly version: number }
  | { readonly do: 'give-access'; readonly has: boolean }
  | { readonly do: 'install'; readonly app: string; readonly version: number }
  | OfApp<'stage' | 'promote' | 'uninstall'>
  | { readonly do: 'run'; readonly component: Component };

const isManager = ({ role }: Person): boolean => role !== 'user';
const isBuilder = ({ side }: Person): boolean => side === 'developer';

/** Components in which the link name stands, in the application or installation that the connection serves. */
export const usesOf = (state: State, connection: Connection): readonly Component[] =>
  state.components.filter(({ owner, link }) =>
    connection.type === 'system'
      ? link === null && sideOf(owner) === connection.side
      : owner === connection.owner && link === connection.link,
  );

export const sideOf = (owner: string): Side => (owner.startsWith('ins_') ? 'client' : 'developer');

const grantsOf = (state: State, connection: Connection): readonly Grant[] =>
  state.grants.filter((grant) => grant.connection === connection.id);

/** R40–R46, R60: may access end. */
const mayDisable = (state: State, connection: Connection): boolean =>
  connection.owner !== null && !connection.isPublished && usesOf(state, connection).length === 0;

const isHere = (state: State, connection: Connection): boolean => connection.side === state.who.side;

const mayAuthorize = (who: Person, type: Type): boolean => type === 'logged-in-user' || isManager(who);

const environmentsOf = (state: State, connection: Connection): readonly string[] => {
  if (connection.side === 'developer') return ['development', 'stage'];
  const stages = [...state.installed.values()].filter(({ stage }) => stage !== null).map(({ id }) => id);
  // A system connection belongs to no installation, so its stage is not refused.
  return connection.owner === null || stages.includes(connection.owner) ? ['stage', 'production'] : ['production'];
};

/** Holders with more than one grant, none of which is in the environment that is to be kept (R72). */
const isUndecided = (state: State, connection: Connection, keep: string | null): boolean => {
  const grants = grantsOf(state, connection);
  return [...new Set(grants.map(({ holder }) => holder))].some((holder) => {
    const own = grants.filter((grant) => grant.holder === holder);
    return own.length > 1 && !own.some(({ environment }) => environment === keep);
  });
};

const RULES: { readonly [D in Step['do']]: (state: State, step: Extract<Step, { do: D }>) => boolean } = {
  define: (state, { link, type }) =>
    isBuilder(state.who) && type !== 'system' && !state.connections.some((one) => one.side === 'developer' && one.link === link),
  access: (state, { connection, app, isMove }) => {
    if (!isBuilder(state.who) || !isHere(state, connection) || connection.type === 'system') return false;
    if (connection.owner === app) return true;
    if (connection.owner === null) return true;
    return (app === null || isMove) && mayDisable(state, connection);
  },
  edit: (state, { connection }) => isBuilder(state.who) && isHere(state, connection) && connection.type !== 'system',
  duplicate: (state, { connection }) => isBuilder(state.who) && isHere(state, connection) && connection.type !== 'system',
  retire: (state, { connection }) =>
    isBuilder(state.who) && isHere(state, connection) && connection.type !== 'system' && connection.isPublished,
  pause: (state, { connection }) => state.who.side === 'client' && isManager(state.who) && isHere(state, connection),
  delete: (state, { connection }) => {
    if (!isHere(state, connection)) return false;
    if (connection.type === 'system') return isManager(state.who) && usesOf(state, connection).length === 0;
    return isBuilder(state.who) && !connection.isPublished && usesOf(state, connection).length === 0;
  },
  type: (state, { connection, type }) => {
    if (!isBuilder(state.who) || !isHere(state, connection) || connection.type === 'system') return false;
    if (connection.type === type) return true;
    return !connection.isPublished && usesOf(state, connection).length === 0 && grantsOf(state, connection).length === 0;
  },
  policy: (state, { connection, policy, keep }) => {
    if (!isBuilder(state.who) || !isHere(state, connection) || connection.type === 'system') return false;
    return connection.policy === policy || policy === 'separate' || !isUndecided(state, connection, keep);
  },
  authorize: (state, { connection, environment }) =>
    isHere(state, connection) && mayAuthorize(state.who, connection.type) && environmentsOf(state, connection).includes(environment),
  revoke: (state, { grant }) => {
    const connection = state.connections.find(({ id }) => id === grant.connection);
    if (connection === undefined || !isHere(state, connection)) return false;
    if (connection.type !== 'logged-in-user') return isManager(state.who);
    if (grant.holder === state.who.name) return true;
    return state.who.side === 'client' && (state.who.role === 'super-admin' || state.who.role === 'admin');
  },
  use: (state, { app, link }) => {
    if (!isBuilder(state.who)) return false;
    const named = state.connections.find((one) => one.side === 'developer' && one.type !== 'system' && one.link === link);
    return named === undefined || named.owner === null || named.owner === app;
  },
  unuse: (state, { component }) => isBuilder(state.who) && component.environment === 'development',
  publish: (state, { app }) => {
    const own = state.components.filter(({ owner, environment }) => owner === app && environment === 'development');
    const isFound = ({ link }: Component): boolean =>
      link === null ||
      state.connections.some((one) => one.side === 'developer' && one.link === link && (one.owner === app || one.type === 'system'));
    return isBuilder(state.who) && own.length > 0 && own.every(isFound);
  },
  distribute: (state, { app, version }) =>
    isBuilder(state.who) &&
    (state.who.role === 'super-admin' || state.hasDistributeAccess) &&
    version >= 1 &&
    version <= (state.versions.get(app) ?? 0),
  'give-access': (state) => isBuilder(state.who) && state.who.role === 'super-admin',
  install: (state, { app, version }) => {
    if (state.who.side !== 'client' || state.who.role !== 'super-admin') return false;
    const there = state.installed.get(app);
    return there === undefined ? version >= (state.highest.get(app) ?? 0) : version > (there.stage ?? there.production);
  },
  stage: (state, { app }) => state.who.side === 'client' && state.who.role === 'super-admin' && state.installed.has(app),
  promote: (state, { app }) =>
    state.who.side === 'client' && state.who.role === 'super-admin' && (state.installed.get(app)?.stage ?? null) !== null,
  uninstall: (state, { app }) => state.who.side === 'client' && state.who.role === 'super-admin' && state.installed.has(app),
  run: (state, { component }) => sideOf(component.owner) === state.who.side,
};

/** Is the step open to whoever acts. */
export const predict = (state: State, step: Step): boolean => {
  const rule = RULES[step.do] as (state: State, step: Step) => boolean;
  return rule(state, step);
};
