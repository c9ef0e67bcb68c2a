import { useState } from 'preact/hooks';
import { Fault, type FaultData } from '../domain/faults.ts';

export type Acting = {
  readonly isBusy: boolean;
  readonly fault: FaultData | null;
  /** Runs one thing at a time; a fault is kept to be shown beside what was pressed. */
  run(act: () => Promise<void>): void;
  clear(): void;
};

/** The state of something that a person started: busy, done, or failed with a fault. */
export const useAct = (): Acting => {
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<FaultData | null>(null);
  return {
    isBusy,
    fault,
    run: (act) => {
      if (isBusy) return;
      setBusy(true);
      setFault(null);
      act()
        .catch((error: unknown) => setFault((error instanceof Fault ? error : new Fault('core.internal')).toData()))
        .finally(() => setBusy(false));
    },
    clear: () => setFault(null),
  };
};
