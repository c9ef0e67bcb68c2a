import * as v from 'valibot';
import { FORMAT, payloadSchema } from '../../bundle/format/v1.ts';
import { signBundle } from '../../bundle/sign.ts';
import { hashText } from '../../bundle/verify.ts';
import type { Release } from '../../db/tables.ts';
import type { Channel, Client } from '../../domain/distribution.ts';
import { Fault } from '../../domain/faults.ts';
import type { ClientId, ReleaseId } from '../../domain/ids.ts';
import { isSameName } from '../../domain/text.ts';
import { authorKey } from '../author-key.ts';
import { type Call, command } from '../command.ts';
import { idInput, nameInput } from '../inputs.ts';
import { bundleFileName, untestedIn } from '../publishing.ts';
import { record } from '../record.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

type Signed = NonNullable<Release['signed']>;

const loadRelease = async (call: Call, id: ReleaseId): Promise<Release> => {
  const release = await call.db.releases.get(id);
  if (release === undefined || release.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'version');
  return release;
};

const sign = async (call: Call, { contents, version }: Release): Promise<Signed> => {
  const { workspace } = call.acting();
  const key = await authorKey(call, workspace.id);
  const payload = v.safeParse(payloadSchema, {
    format: FORMAT,
    publishedAt: call.now(),
    author: { name: workspace.name, key: key.publicKey },
    ...contents,
  });
  if (!payload.success) throw new Fault('publish.not-ready', v.getDotPath(payload.issues[0]) ?? 'contents');
  const text = await signBundle(payload.output, key.privateKey);
  return { fileName: bundleFileName(contents.application, version), hash: await hashText(text), bytes: encoder.encode(text) };
};

const clientsNamed = async (call: Call, ids: readonly ClientId[]): Promise<Client[]> => {
  const rows = await call.db.clients.where('workspaceId').equals(call.acting().workspace.id).toArray();
  return ids.map((id) => {
    const client = rows.find((row) => row.id === id && row.removedAt === null);
    if (client === undefined) throw new Fault('client.unknown', id);
    return client;
  });
};

/** In words, whom a channel reaches. */
const whomOf = async (call: Call, channel: Channel): Promise<string> => {
  if (channel.kind === 'marketplace') return 'the Marketplace';
  if (channel.clientIds.length === 0) throw new Fault('distribute.nobody');
  return (await clientsNamed(call, channel.clientIds)).map(({ name }) => name).join(', ');
};

/**
 * Hands a version that was published to stage to clients (R12, R93): by a private share or the Marketplace, the same signed file either
 * way (R94). Throws `distribute.untested` until confirmed (R80), `distribute.nobody`, `client.unknown`, `access.refused`.
 */
export const distributeRelease = command({
  allow: 'application.distribute',
  input: v.strictObject({
    releaseId: idInput('rel'),
    channel: v.variant('kind', [
      v.strictObject({ kind: v.literal('private'), clientIds: v.array(idInput('cli')) }),
      v.strictObject({ kind: v.literal('marketplace') }),
    ]),
    isConfirmed: v.boolean(),
  }),
  run: (call, { releaseId, channel, isConfirmed }) =>
    call.lock(`distribute:${releaseId}`, async () => {
      const { workspace, member } = call.acting();
      const release = await loadRelease(call, releaseId);
      const whom = await whomOf(call, channel);
      const untested = await untestedIn(call, release);
      if (untested.length > 0 && !isConfirmed) throw new Fault('distribute.untested', untested.join(', '));
      const signed = release.signed ?? (await sign(call, release));
      const { applicationId, version } = release;
      await record(call, {
        put: {
          ...(release.signed === null ? { releases: [{ ...release, signed }] } : {}),
          distributions: [
            { id: call.newId('dst'), workspaceId: workspace.id, applicationId, releaseId, version, channel, at: call.now(), by: member.id },
          ],
        },
        event: {
          name: 'application.distributed',
          workspaceId: workspace.id,
          actor: member.id,
          subject: applicationId,
          fields: { name: release.contents.application.name, version, whom },
        },
      });
      return { fileName: signed.fileName, text: decoder.decode(signed.bytes) };
    }),
});

/** The bundle of a distributed version, byte for byte as it was signed. Throws `store.missing` for one that was never distributed. */
export const exportRelease = command({
  allow: 'application.distribute',
  input: v.strictObject({ releaseId: idInput('rel') }),
  run: async (call, { releaseId }) => {
    const { signed } = await loadRelease(call, releaseId);
    if (signed === null) throw new Fault('store.missing', 'bundle');
    return { fileName: signed.fileName, text: decoder.decode(signed.bytes) };
  },
});

/** Names somebody to share applications with. Throws `client.taken`. */
export const addClient = command({
  allow: 'client.manage',
  input: v.strictObject({ name: nameInput }),
  run: async (call, { name }) => {
    const { workspace, member } = call.acting();
    const rows = await call.db.clients.where('workspaceId').equals(workspace.id).toArray();
    if (rows.some((row) => row.removedAt === null && isSameName(row.name, name))) throw new Fault('client.taken', name);
    const client: Client = { id: call.newId('cli'), workspaceId: workspace.id, name, createdAt: call.now(), removedAt: null, revision: 0 };
    await record(call, {
      put: { clients: [client] },
      event: { name: 'client.added', workspaceId: workspace.id, actor: member.id, subject: client.id, fields: { name } },
    });
    return { clientId: client.id };
  },
});

/** Takes a client off the list; what was shared with them stays on record, and what they installed is theirs. */
export const removeClient = command({
  allow: 'client.manage',
  input: v.strictObject({ clientId: idInput('cli') }),
  run: async (call, { clientId }) => {
    const { workspace, member } = call.acting();
    const [client] = await clientsNamed(call, [clientId]);
    if (client === undefined) throw new Fault('client.unknown', clientId);
    await record(call, {
      put: { clients: [{ ...client, removedAt: call.now() }] },
      event: { name: 'client.removed', workspaceId: workspace.id, actor: member.id, subject: clientId, fields: { name: client.name } },
    });
    return {};
  },
});
