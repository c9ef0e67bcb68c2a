import { readTables, type Stored } from '../support/direct.ts';
import { countsOf, deltaOf, type Roles, TABLES } from '../support/row-delta.ts';
import { type Deed, unlock, type World } from './kill-deeds.ts';

/** What a round is about: what versions and hashes stand for in it, and its steps in their order, each a command. */
type Round = { readonly roles: Roles; readonly steps: Readonly<Record<string, () => Promise<unknown>>> };

type Judged = {
  readonly prepare: (world: World) => Promise<Round>;
  /** How many rows of each table all of its steps add, remove and change. */
  readonly leaves: Readonly<Record<string, string>>;
  /** A state inside of a step that is whole too: which of its lines are stored before the others. */
  readonly between?: { readonly state: string; readonly isStored: (line: string) => boolean };
  /** What must hold beside the rows where all of it is done. */
  readonly check?: (after: Stored) => Promise<void>;
};

const everything = ({ page }: World): Promise<Stored> => readTables(page, TABLES);

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/**
 * A deed that is judged by every row of every table. It is done once undisturbed, and what each step leaves is a state that a kill may
 * leave; anything else that is stored is neither before nor after.
 */
export const judged = ({ prepare, leaves, between, check }: Judged): Deed => {
  const states = new Map<string, readonly string[]>();
  let round: Round = { roles: new Map(), steps: {} };
  let before: Stored = {};
  const begin = async (world: World): Promise<void> => {
    round = await prepare(world);
    before = await everything(world);
  };
  const rehearse = async (world: World): Promise<void> => {
    let last: readonly string[] = [];
    for (const [name, step] of Object.entries(round.steps)) {
      await step();
      const delta = deltaOf(before, await everything(world), round.roles);
      const first = delta.filter((line) => between?.isStored(line) && !last.includes(line));
      if (between !== undefined && first.length > 0) states.set(between.state, [...last, ...first].sort());
      states.set(name, delta);
      last = delta;
    }
    if (!isSame(countsOf(last), leaves)) throw new Error(`it leaves ${JSON.stringify(countsOf(last))}:\n${last.join('\n')}`);
  };
  return {
    span: 150,
    after: 'nothing',
    prepare: async (world) => {
      await begin(world);
      if (states.size > 0) return;
      await rehearse(world);
      await begin(world);
    },
    begin: async () => {
      for (const step of Object.values(round.steps)) await step();
    },
    look: async (world) => {
      const after = await everything(world);
      const delta = deltaOf(before, after, round.roles);
      const found = delta.length === 0 ? 'before' : [...states.keys()].find((name) => isSame(states.get(name), delta));
      if (found === undefined) throw new Error(`neither before nor after:\n${delta.join('\n')}`);
      if (found === [...states.keys()].at(-1)) await check?.(after);
      await unlock(world);
      return found;
    },
  };
};
