import type { Adapter, AdapterPayload } from 'oidc-provider';

type Entry = { payload: AdapterPayload; readonly endsAt: number };

/** All that the authorization server remembers, in memory: a sandbox forgets when it stops. */
export const createStorage = () => {
  const entries = new Map<string, Entry>();
  const keyOf = (model: string, id: string): string => `${model}:${id}`;

  const find = (model: string, isIt: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const [key, { payload, endsAt }] of entries) {
      if (!key.startsWith(`${model}:`)) continue;
      if (endsAt < Date.now()) entries.delete(key);
      else if (isIt(payload)) return payload;
    }
    return undefined;
  };

  const read = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    return entry === undefined || entry.endsAt < Date.now() ? undefined : entry.payload;
  };

  const removeWhere = (isIt: (payload: AdapterPayload) => boolean): void => {
    for (const [key, { payload }] of entries) if (isIt(payload)) entries.delete(key);
  };

  const adapter = (model: string): Adapter => ({
    upsert: async (id, payload, expiresIn) => {
      const endsAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1_000;
      entries.set(keyOf(model, id), { payload, endsAt });
    },
    find: async (id) => read(keyOf(model, id)),
    findByUserCode: async (userCode) => find(model, (payload) => payload.userCode === userCode),
    findByUid: async (uid) => find(model, (payload) => payload.uid === uid),
    destroy: async (id) => {
      entries.delete(keyOf(model, id));
    },
    consume: async (id) => {
      const entry = entries.get(keyOf(model, id));
      if (entry !== undefined) entry.payload = { ...entry.payload, consumed: Math.floor(Date.now() / 1_000) };
    },
    revokeByGrantId: async (grantId) => removeWhere((payload) => payload.grantId === grantId),
  });

  return {
    adapter,
    revokeAccount: (accountId: string) => removeWhere((payload) => payload.accountId === accountId && payload.grantId !== undefined),
  };
};
