import * as v from 'valibot';
import { FORMAT, payloadSchema } from '../../bundle/format/v1.ts';
import { findSecrets } from '../../bundle/secrets.ts';
import { signBundle } from '../../bundle/sign.ts';
import { hashText } from '../../bundle/verify.ts';
import { contentsOf, includedConnections } from '../../domain/bundle.ts';
import { Fault } from '../../domain/faults.ts';
import { authorKey } from '../author-key.ts';
import { command } from '../command.ts';
import { idInput, versionInput } from '../inputs.ts';
import { bundleFileName, readinessOf, systemRequirements } from '../publishing.ts';
import { record } from '../record.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Makes an immutable version and signs it: one bundle file, whose text is the answer. Throws `publish.not-ready` while a check blocks
 * (or warnings are not confirmed), `publish.secret-found`.
 */
export const publishApplication = command({
  allow: 'application.publish',
  input: v.strictObject({ applicationId: idInput('app'), version: versionInput, isConfirmed: v.boolean() }),
  run: (call, { applicationId, version, isConfirmed }) =>
    // While an application is being published nobody else publishes it (R92).
    call.lock(`publish:${applicationId}`, async () => {
      const { workspace, member } = call.acting();
      const ready = await readinessOf(call, applicationId, version);
      const stops = ready.problems.find(({ isBlocking, code }) => isBlocking || (code === 'readiness.untested' && !isConfirmed));
      if (stops !== undefined) throw new Fault('publish.not-ready', `${stops.detail || stops.code}`);
      const contents = contentsOf(ready.application, version, ready.connections, ready.components, systemRequirements(ready.components));
      const [secret] = findSecrets(contents).found;
      if (secret !== undefined) throw new Fault('publish.secret-found', secret.path);
      const key = await authorKey(call, workspace.id);
      const payload = v.safeParse(payloadSchema, {
        format: FORMAT,
        publishedAt: call.now(),
        author: { name: workspace.name, key: key.publicKey },
        ...contents,
      });
      if (!payload.success) throw new Fault('publish.not-ready', v.getDotPath(payload.issues[0]) ?? 'contents');
      const text = await signBundle(payload.output, key.privateKey);
      const release = {
        id: call.newId('rel'),
        workspaceId: workspace.id,
        applicationId,
        version,
        fileName: bundleFileName(ready.application, version),
        hash: await hashText(text),
        bytes: encoder.encode(text),
        publishedAt: call.now(),
        publishedBy: member.id,
      };
      const included = includedConnections(ready.connections, ready.components);
      await record(call, {
        put: {
          releases: [release],
          applications: [{ ...ready.application, latestVersion: version }],
          connections: included.map((connection) => ({ ...connection, publishedIn: [...connection.publishedIn, version] })),
        },
        event: {
          name: 'application.published',
          workspaceId: workspace.id,
          actor: member.id,
          subject: applicationId,
          fields: { name: ready.application.name, version },
        },
      });
      return { releaseId: release.id, fileName: release.fileName, text };
    }),
});

/** The bundle of an earlier version, byte for byte as it was signed. */
export const exportRelease = command({
  allow: 'application.publish',
  input: v.strictObject({ releaseId: idInput('rel') }),
  run: async (call, { releaseId }) => {
    const release = await call.db.releases.get(releaseId);
    if (release === undefined || release.workspaceId !== call.acting().workspace.id) throw new Fault('store.missing', 'release');
    return { fileName: release.fileName, text: decoder.decode(release.bytes) };
  },
});
