/** What the extension keeps in the browser's memory, which outlives its worker and ends with the browser. Nothing of it is ever on disk. */
import * as v from 'valibot';
import type { ParkedAnswers } from '../core/context.ts';
import type { FlowId } from '../domain/ids.ts';
import type { KeySession } from '../vault/seal.ts';
import type { NoteKeeping } from './context.ts';

const KEY_SESSION = 'dataKey';
const keptKey = v.object({ keyId: v.string(), raw: v.string() });

/** The unlocked key, so that a stopped worker does not ask again and a restarted browser does (S9). */
export const sessionKey: KeySession = {
  read: async () => {
    const { [KEY_SESSION]: found } = await chrome.storage.session.get(KEY_SESSION);
    const kept = v.safeParse(keptKey, found);
    if (!kept.success) return null;
    return { keyId: kept.output.keyId, raw: Uint8Array.from(atob(kept.output.raw), (unit) => unit.charCodeAt(0)) };
  },
  write: (keyId, raw) => chrome.storage.session.set({ [KEY_SESSION]: { keyId, raw: btoa(String.fromCharCode(...raw)) } }),
  clear: () => chrome.storage.session.remove(KEY_SESSION),
};

const NOTES = 'requests';

/** Whom this device spoke to. */
export const sessionNotes: NoteKeeping = {
  read: async () => (await chrome.storage.session.get(NOTES))[NOTES],
  write: (list) => chrome.storage.session.set({ [NOTES]: list }),
};

const PARKED = 'parked:';
const isFlowId = (id: string): id is FlowId => id.startsWith('flw_');

const listParked = async (): Promise<(readonly [FlowId, string])[]> => {
  const all = await chrome.storage.session.get(null);
  return Object.entries(all).flatMap(([key, value]) => {
    const id = key.slice(PARKED.length);
    return key.startsWith(PARKED) && isFlowId(id) && typeof value === 'string' ? [[id, value] as const] : [];
  });
};

/** Each answer stands under a key of its own, so that two that come at once do not write over each other. */
export const sessionParked: ParkedAnswers = {
  list: listParked,
  put: (flowId, callbackUrl) => chrome.storage.session.set({ [`${PARKED}${flowId}`]: callbackUrl }),
  remove: (flowId) => chrome.storage.session.remove(`${PARKED}${flowId}`),
  clear: async () => chrome.storage.session.remove((await listParked()).map(([id]) => `${PARKED}${id}`)),
};
