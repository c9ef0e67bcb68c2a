import * as v from 'valibot';
import { formSchema } from '../../bundle/format/v1.ts';
import type { Application } from '../../domain/application.ts';
import type { Connection } from '../../domain/connection.ts';
import { Fault } from '../../domain/faults.ts';
import { isInstallationId } from '../../domain/ids.ts';
import { linkNameFrom } from '../../domain/link-name.ts';
import { isSameName } from '../../domain/text.ts';
import { kindByName } from '../../runtime/index.ts';
import { type Call, command } from '../command.ts';
import { idInput, jsonObjectInput, nameInput } from '../inputs.ts';
import { loadApplication } from '../owners.ts';
import { componentRow, componentsIn, type Place, whileUnlocked } from '../parts.ts';
import { record } from '../record.ts';
import { needSystemConnection } from '../system-connections.ts';

/** Makes an empty application in the acting workspace. */
export const createApplication = command({
  allow: 'application.build',
  input: v.strictObject({ name: nameInput }),
  run: async (call, { name }) => {
    const { workspace, member } = call.acting();
    const existing = await call.db.applications.where('workspaceId').equals(workspace.id).toArray();
    if (existing.some((one) => isSameName(one.name, name))) throw new Fault('application.link-name-taken', name);
    const taken = new Set(existing.map(({ linkName }) => linkName));
    const application: Application = {
      id: call.newId('app'),
      workspaceId: workspace.id,
      name,
      linkName: linkNameFrom(name, (linkName) => taken.has(linkName)),
      forms: [],
      pages: [],
      latestVersion: null,
      staged: null,
      createdAt: call.now(),
      revision: 0,
    };
    await record(call, {
      put: { applications: [application] },
      event: { name: 'application.created', workspaceId: workspace.id, actor: member.id, subject: application.id, fields: { name } },
    });
    return { applicationId: application.id };
  },
});

const storeApplication = (call: Call, application: Application): Promise<void> => {
  const { workspace, member } = call.acting();
  return record(call, {
    put: { applications: [application] },
    event: {
      name: 'application.changed',
      workspaceId: workspace.id,
      actor: member.id,
      subject: application.id,
      fields: { name: application.name },
    },
  });
};

/** Adds a form, or replaces the one of the same link name. */
export const saveForm = command({
  allow: 'application.build',
  input: v.strictObject({ applicationId: idInput('app'), form: formSchema }),
  run: (call, { applicationId, form }) =>
    whileUnlocked(call, applicationId, async () => {
      const application = await loadApplication(call, applicationId);
      const names = new Set(form.fields.map((field) => field.name));
      if (names.size < form.fields.length) throw new Fault('application.part-taken', 'field');
      const others = application.forms.filter(({ linkName }) => linkName !== form.linkName);
      await storeApplication(call, { ...application, forms: [...others, form] });
      return { linkName: form.linkName };
    }),
});

/** Adds a page. Throws `application.part-taken` where one of that name exists. */
export const savePage = command({
  allow: 'application.build',
  input: v.strictObject({ applicationId: idInput('app'), name: nameInput }),
  run: (call, { applicationId, name }) =>
    whileUnlocked(call, applicationId, async () => {
      const application = await loadApplication(call, applicationId);
      if (application.pages.some((page) => isSameName(page.name, name))) throw new Fault('application.part-taken', name);
      const linkName = linkNameFrom(name, (candidate) => application.pages.some((page) => page.linkName === candidate));
      await storeApplication(call, { ...application, pages: [...application.pages, { linkName, name }] });
      return { linkName };
    }),
});

/**
 * The connections that saving these references enables for the application (R49): those enabled for none. One that serves another
 * application is an error at save (`connection.other-application`); an unknown one is a warning until publishing (R55).
 */
const newlyEnabled = async (call: Call, applicationId: Application['id'], references: readonly string[]): Promise<Connection[]> => {
  const workspaceId = call.acting().workspace.id;
  const enabled: Connection[] = [];
  for (const linkName of references) {
    const connection = await call.db.connections.where('[workspaceId+linkName]').equals([workspaceId, linkName]).first();
    if (connection === undefined || connection.type === 'system' || connection.ownerId === applicationId) continue;
    if (connection.ownerId !== null) throw new Fault('connection.other-application', linkName);
    enabled.push({ ...connection, ownerId: applicationId });
  }
  return enabled;
};

/** Link names that scripts of this application may name. */
const linkNamesOf = async (call: Call, applicationId: Application['id']): Promise<string[]> =>
  (await call.db.connections.where('ownerId').equals(applicationId).toArray()).map(({ linkName }) => linkName);

/** Stores a component with the references that its kind finds in its configuration (R53). */
export const saveComponent = command({
  allow: 'application.build',
  input: v.strictObject({
    applicationId: idInput('app'),
    componentId: v.nullable(idInput('cmp')),
    kind: v.string(),
    name: nameInput,
    config: jsonObjectInput,
  }),
  run: (call, { applicationId, componentId, kind: kindName, name, config }) =>
    whileUnlocked(call, applicationId, async () => {
      const { workspace, member } = call.acting();
      await loadApplication(call, applicationId);
      const kind = kindByName(kindName);
      const siblings = await componentsIn(call, applicationId, 'development');
      const before = componentId === null ? null : siblings.find(({ id }) => id === componentId);
      if (before === undefined) throw new Fault('store.missing', 'component');
      const linkName = before?.linkName ?? linkNameFrom(name, (candidate) => siblings.some((one) => one.linkName === candidate));
      const place: Place = { workspaceId: workspace.id, ownerId: applicationId, environment: 'development' };
      const component = componentRow(
        call,
        place,
        { linkName, name, kind: kind.name, config },
        before ?? undefined,
        await linkNamesOf(call, applicationId),
      );
      const enabled = await newlyEnabled(call, applicationId, component.references);
      // On the developer side it comes into being when the task is configured, so that it can be authorized before testing (R107, A16).
      for (const need of kind.uses(component.config).services) await needSystemConnection(call, need);
      await record(call, {
        put: { components: [component], connections: enabled },
        event: { name: 'component.saved', workspaceId: workspace.id, actor: member.id, subject: component.id, fields: { name } },
      });
      return { componentId: component.id, enabled: enabled.map(({ displayName }) => displayName) };
    }),
});

export const deleteComponent = command({
  allow: 'application.build',
  input: v.strictObject({ componentId: idInput('cmp') }),
  run: async (call, { componentId }) => {
    const { workspace, member } = call.acting();
    const found = await call.db.components.get(componentId);
    if (found === undefined || found.workspaceId !== workspace.id || isInstallationId(found.ownerId))
      throw new Fault('store.missing', 'component');
    // What runs in stage is a published version, and that never changes (R91).
    if (found.environment !== 'development') throw new Fault('state.forbidden', 'changing a component in stage');
    return whileUnlocked(call, found.ownerId, async () => {
      await record(call, {
        remove: { components: [componentId] },
        event: {
          name: 'component.deleted',
          workspaceId: workspace.id,
          actor: member.id,
          subject: componentId,
          fields: { name: found.name },
        },
      });
      return {};
    });
  },
});
