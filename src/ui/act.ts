import { useState } from 'preact/hooks';
import { Fault, type FaultData } from '../domain/faults.ts';
import { askToUnlock } from './unlock.ts';

export type Acting = {
  readonly isBusy: boolean;
  readonly fault: FaultData | null;
  /**
   * Runs one thing at a time; a fault is kept to be shown beside what was pressed. `again` is what begins it anew after unlocking, where
   * that is more than doing the same.
   */
  run(act: () => Promise<void>, again?: () => void): void;
  clear(): void;
};

/** The state of something that a person started: busy, done, or failed with a fault. */
export const useAct = (): Acting => {
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<FaultData | null>(null);
  const start = (act: () => Promise<void>, again?: () => void): void => {
    setBusy(true);
    setFault(null);
    act()
      .catch((error: unknown) => {
        const found = error instanceof Fault ? error : new Fault('core.internal');
        setFault(found.toData());
        // What needs a secret says so in place, and goes on by itself afterwards.
        if (found.code === 'vault.locked') askToUnlock(again ?? (() => start(act)));
      })
      .finally(() => setBusy(false));
  };
  return {
    isBusy,
    fault,
    run: (act, again) => {
      if (!isBusy) start(act, again);
    },
    clear: () => setFault(null),
  };
};
