import * as v from 'valibot';
import type { Application } from '../../domain/application.ts';
import { type Connection, FRESH_CONNECTION } from '../../domain/connection.ts';
import type { WorkspaceId } from '../../domain/ids.ts';
import type { Member, Role, Workspace } from '../../domain/workspace.ts';
import { type Call, command } from '../command.ts';
import { componentRow, type Place } from '../parts.ts';
import { record } from '../record.ts';
import { ESTATE, SAMPLE_WORKSPACES } from '../sample-estate.ts';

const members = (call: Call, workspaceId: WorkspaceId, people: readonly { name: string; role: Role }[]): Member[] =>
  people.map(({ name, role }) => ({
    id: call.newId('mem'),
    workspaceId,
    name,
    role,
    hasDistributeAccess: role === 'super-admin',
    leftAt: null,
    createdAt: call.now(),
    revision: 0,
  }));

const workspace = (call: Call, side: Workspace['side'], name: string): Workspace => ({
  id: call.newId('wsp'),
  side,
  name,
  createdAt: call.now(),
  revision: 0,
});

const estate = (call: Call, workspaceId: WorkspaceId) => {
  const stamp = { workspaceId, createdAt: call.now(), updatedAt: call.now() };
  const { name, linkName, forms, pages } = ESTATE.application;
  const application: Application = {
    id: call.newId('app'),
    workspaceId,
    name,
    linkName,
    forms,
    pages,
    latestVersion: null,
    staged: null,
    createdAt: call.now(),
    revision: 0,
  };
  const connections = ESTATE.connections.map(
    (definition): Connection => ({
      ...stamp,
      ...definition,
      id: call.newId('con'),
      ...FRESH_CONNECTION,
      ownerId: application.id,
    }),
  );
  const place: Place = { workspaceId, ownerId: application.id, environment: 'development' };
  const components = ESTATE.components.map((definition) =>
    componentRow(
      call,
      place,
      definition,
      undefined,
      ESTATE.connections.map(({ linkName }) => linkName),
    ),
  );
  return { application, connections, components };
};

/** Makes the two accounts of the sample and its application "Estate", and begins to act as its developer. */
export const loadSample = command({
  allow: null,
  input: v.strictObject({}),
  run: async (call) => {
    const studio = workspace(call, 'developer', SAMPLE_WORKSPACES.developer.name);
    const agency = workspace(call, 'client', SAMPLE_WORKSPACES.client.name);
    const builders = members(call, studio.id, SAMPLE_WORKSPACES.developer.members);
    const clients = members(call, agency.id, SAMPLE_WORKSPACES.client.members);
    const { application, connections, components } = estate(call, studio.id);
    const acting = builders.find(({ role }) => role === 'super-admin');
    await record(call, {
      put: {
        workspaces: [studio, agency],
        members: [...builders, ...clients],
        applications: [application],
        connections,
        components,
        ...(acting === undefined ? {} : { settings: [{ key: 'acting', value: { workspaceId: studio.id, memberId: acting.id } }] }),
      },
      event: {
        name: 'sample.loaded',
        workspaceId: studio.id,
        actor: acting?.id ?? null,
        subject: application.id,
        fields: { name: application.name },
      },
    });
    return { applicationId: application.id };
  },
});
