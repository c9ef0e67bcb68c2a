import { Fault } from './faults.ts';

/** From each state, where each action leads; an absent action is forbidden there. */
export type StateTable<S extends string, A extends string> = Readonly<Record<S, Readonly<Partial<Record<A, S>>>>>;

/** The only reader of state tables. Throws `state.forbidden` where the table has no such step. */
export const next = <S extends string, A extends string>(table: StateTable<S, A>, state: S, action: A): S => {
  const to: S | undefined = table[state][action];
  if (to === undefined) throw new Fault('state.forbidden', `${action} in ${state}`);
  return to;
};
