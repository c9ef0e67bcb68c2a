/** Where somebody stood in the catalogue when they opened a connector: the card (null: the search field), and how far down. */
export type CataloguePlace = { readonly id: string | null; readonly top: number };

/** The state of this entry of the history; whoever wrote it, only what can be read is taken. */
const entry = (): Readonly<Record<string, unknown>> => {
  const state: unknown = history.state;
  return state !== null && typeof state === 'object' ? { ...state } : {};
};

const note = (part: Readonly<Record<string, unknown>>): void => history.replaceState({ ...entry(), ...part }, '');

/** The connector that was opened from the catalogue just now, until its page shows. */
let opened: string | null = null;

/** Notes in the history where the catalogue is left, so that going back finds the place (the search and filters stand in the address). */
export const leaveCatalogue = (from: string | null, to: string): void => {
  opened = to;
  note({ catalogue: { id: from, top: Math.round(scrollY) } });
};

/** Where the catalogue was left, if this is a way back to it; a new visit begins at the top. */
export const returnedPlace = (): CataloguePlace | null => {
  const left = entry()['catalogue'];
  if (left === null || typeof left !== 'object') return null;
  const { id = null, top }: Readonly<Record<string, unknown>> = { ...left };
  return (id === null || typeof id === 'string') && typeof top === 'number' ? { id, top } : null;
};

/** A connector's page notes that the entry before it is the catalogue. */
export const noteArrival = (id: string): void => {
  if (opened === id) note({ isFromCatalogue: true });
  opened = null;
};

/** Goes back to the place in the catalogue; false where this page was not opened from there. */
export const goBackToCatalogue = (): boolean => {
  if (entry()['isFromCatalogue'] !== true) return false;
  history.back();
  return true;
};
