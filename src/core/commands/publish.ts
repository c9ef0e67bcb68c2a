import * as v from 'valibot';
import { findSecrets } from '../../bundle/secrets.ts';
import { includedConnections } from '../../domain/bundle.ts';
import type { Connection } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import { command } from '../command.ts';
import { idInput, versionInput } from '../inputs.ts';
import { type Place, replacedComponents, whileUnlocked } from '../parts.ts';
import { contentsOfReady, readinessOf } from '../publishing.ts';
import { record } from '../record.ts';
import { regraded } from '../regrade.ts';

/**
 * Makes an immutable version and puts it into stage: definitions and components, never grants (R13, R73, R91). A connection that was
 * not tested does not stop it: stage is where it may still be tested (R80). Throws `publish.not-ready` while a check blocks,
 * `publish.secret-found`.
 */
export const publishApplication = command({
  allow: 'application.publish',
  input: v.strictObject({
    applicationId: idInput('app'),
    version: versionInput,
    /** Link names that places which name a connection dynamically may use (R54). */
    allowed: v.optional(v.array(v.string()), []),
  }),
  run: (call, { applicationId, version, allowed }) =>
    whileUnlocked(call, applicationId, async () => {
      const { workspace, member } = call.acting();
      const ready = await readinessOf(call, applicationId, version, allowed);
      const stops = ready.problems.find(({ isBlocking }) => isBlocking);
      if (stops !== undefined) throw new Fault('publish.not-ready', `${stops.detail || stops.code}`);
      const contents = contentsOfReady(ready, version, allowed);
      const [secret] = findSecrets(contents).found;
      if (secret !== undefined) throw new Fault('publish.secret-found', secret.where);
      const { id, version: _, ...definition } = contents.application;
      const place: Place = { workspaceId: workspace.id, ownerId: id, environment: 'stage' };
      const components = await replacedComponents(
        call,
        place,
        contents.components,
        contents.connections.map(({ linkName }) => linkName),
      );
      const included = includedConnections(ready.connections, ready.components, allowed).map(
        (connection): Connection => ({
          ...connection,
          publishedIn: [...connection.publishedIn, version],
          staged: { displayName: connection.displayName, scopes: connection.scopes },
        }),
      );
      const releaseId = call.newId('rel');
      await record(call, {
        put: {
          releases: [
            {
              id: releaseId,
              workspaceId: workspace.id,
              applicationId,
              version,
              contents,
              signed: null,
              publishedAt: call.now(),
              publishedBy: member.id,
              revision: 0,
            },
          ],
          applications: [{ ...ready.application, latestVersion: version, staged: { version, definition } }],
          components: components.put,
          connections: included,
          authorizations: await regraded(call, included),
        },
        remove: { components: components.remove },
        event: {
          name: 'application.published',
          workspaceId: workspace.id,
          actor: member.id,
          subject: applicationId,
          environment: 'stage',
          fields: { name: ready.application.name, version },
        },
      });
      return { releaseId, version };
    }),
});
