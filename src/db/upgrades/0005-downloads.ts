/** The table that version 5 added, as the versions before it had it: updates that were downloaded and are not installed. */
export const BEFORE_DOWNLOADS = { downloads: null } as const;
