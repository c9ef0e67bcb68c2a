import type { Transaction } from 'dexie';

/** What version 4 added, as the versions before it had it. */
export const BEFORE_FEEDS = { feeds: null } as const;

type OldInstallation = { previous?: null; revocations?: readonly never[] };

/** Version 4: feeds have a table, and an installation knows the version before it and what is said against versions. */
export const addFeeds = async (transaction: Transaction): Promise<void> => {
  await transaction
    .table<OldInstallation, string>('installations')
    .toCollection()
    .modify((installation) => {
      installation.previous ??= null;
      installation.revocations ??= [];
    });
};
