import type { Transaction } from 'dexie';

/** Indexes that version 2 changed, as version 1 had them. */
export const BEFORE_OUTBOX = { records: 'id, [ownerId+environment+form]', outbox: null } as const;

type OldRun = {
  label?: string;
  lastGood?: null;
  script?: null;
  result: { label: string; value: string; table?: null } | null;
};

/** Version 2: what waits to be sent has a table, entries are read by page, and a run tells of recipients, tables and scripts. */
export const addOutbox = async (transaction: Transaction): Promise<void> => {
  await transaction
    .table<OldRun, string>('runs')
    .toCollection()
    .modify((run) => {
      run.label ??= '';
      run.lastGood ??= null;
      run.script ??= null;
      if (run.result !== null) run.result.table ??= null;
    });
};
