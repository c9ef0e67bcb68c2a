/** Ids of connectors that a workspace made itself; no built-in one begins like this, so neither can be taken for the other. */
const CUSTOM = 'custom-';

export const isCustomId = (id: string): boolean => id.startsWith(CUSTOM);

/** An id that nobody has: the name for people, the rest against two of one name. */
export const customIdFor = (name: string, unique: string): string => {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 24);
  return `${CUSTOM}${slug === '' ? 'connector' : slug}-${unique}`;
};
