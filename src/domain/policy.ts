import type { Authorization, Holder } from './authorization.ts';
import type { Environment, EnvironmentPolicy } from './environment.ts';

/** What happens to the authorizations of a connection when it goes from one policy to the other (R72). */
export type PolicyChange = {
  /** Rows that stay, under their new scope. */
  readonly kept: readonly Authorization[];
  /** Grants that are revoked, because only one can serve all environments. */
  readonly lost: readonly Authorization[];
  /** Rows without a grant, which are simply left out. */
  readonly empty: readonly Authorization[];
  /** A choice is needed: a holder has several grants and none was named to keep. */
  readonly isUndecided: boolean;
};

const holdersOf = (rows: readonly Authorization[]): Holder[] => [...new Set(rows.map(({ holder }) => holder))];

/** One grant serves every environment from now on: the one of `keep`, or a holder's only one. */
const toSame = (rows: readonly Authorization[], keep: Environment | null): PolicyChange => {
  const granted = rows.filter(({ grant }) => grant !== null);
  const chosen = holdersOf(granted).map((holder) => {
    const own = granted.filter((row) => row.holder === holder);
    return { own, winner: own.length === 1 ? own[0] : own.find(({ environment }) => environment === keep) };
  });
  const winners = chosen.flatMap(({ winner }) => (winner === undefined ? [] : [winner]));
  return {
    kept: winners.map((row) => ({ ...row, environment: 'all' })),
    lost: granted.filter((row) => !winners.includes(row)),
    empty: rows.filter(({ grant }) => grant === null),
    isUndecided: chosen.some(({ winner }) => winner === undefined),
  };
};

/** Each grant stays in the environment that it was made in, and the others are not connected. */
const toSeparate = (rows: readonly Authorization[]): PolicyChange => ({
  kept: rows.flatMap((row) => (row.grant === null ? [] : [{ ...row, environment: row.grant.madeIn }])),
  lost: [],
  empty: rows.filter(({ grant }) => grant === null),
  isUndecided: false,
});

/** What changing the policy does; reads only. */
export const changePolicy = (rows: readonly Authorization[], to: EnvironmentPolicy, keep: Environment | null): PolicyChange =>
  to === 'same' ? toSame(rows, keep) : toSeparate(rows);
