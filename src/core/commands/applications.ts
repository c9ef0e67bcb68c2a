import * as v from 'valibot';
import { formSchema } from '../../bundle/format/v1.ts';
import type { Application } from '../../domain/application.ts';
import type { Component } from '../../domain/component.ts';
import { Fault } from '../../domain/faults.ts';
import { linkNameFrom } from '../../domain/link-name.ts';
import { kindByName } from '../../runtime/index.ts';
import { type Call, command } from '../command.ts';
import { idInput, jsonObjectInput, nameInput } from '../inputs.ts';
import { loadApplication } from '../owners.ts';
import { record } from '../record.ts';
import { needSystemConnection } from '../system-connections.ts';

/** Makes an empty application in the acting workspace. */
export const createApplication = command({
  allow: 'application.build',
  input: v.strictObject({ name: nameInput }),
  run: async (call, { name }) => {
    const { workspace, member } = call.acting();
    const existing = await call.db.applications.where('workspaceId').equals(workspace.id).toArray();
    if (existing.some((one) => one.name.toLowerCase() === name.toLowerCase())) throw new Fault('application.link-name-taken', name);
    const taken = new Set(existing.map(({ linkName }) => linkName));
    const application: Application = {
      id: call.newId('app'),
      workspaceId: workspace.id,
      name,
      linkName: linkNameFrom(name, (linkName) => taken.has(linkName)),
      forms: [],
      pages: [],
      latestVersion: null,
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
  run: async (call, { applicationId, form }) => {
    const application = await loadApplication(call, applicationId);
    const names = new Set(form.fields.map((field) => field.name));
    if (names.size < form.fields.length) throw new Fault('application.part-taken', 'field');
    const others = application.forms.filter(({ linkName }) => linkName !== form.linkName);
    await storeApplication(call, { ...application, forms: [...others, form] });
    return { linkName: form.linkName };
  },
});

/** Adds a page. Throws `application.part-taken` where one of that name exists. */
export const savePage = command({
  allow: 'application.build',
  input: v.strictObject({ applicationId: idInput('app'), name: nameInput }),
  run: async (call, { applicationId, name }) => {
    const application = await loadApplication(call, applicationId);
    if (application.pages.some((page) => page.name.toLowerCase() === name.toLowerCase())) throw new Fault('application.part-taken', name);
    const linkName = linkNameFrom(name, (candidate) => application.pages.some((page) => page.linkName === candidate));
    await storeApplication(call, { ...application, pages: [...application.pages, { linkName, name }] });
    return { linkName };
  },
});

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
  run: async (call, { applicationId, componentId, kind: kindName, name, config }) => {
    const { workspace, member } = call.acting();
    await loadApplication(call, applicationId);
    const kind = kindByName(kindName);
    const siblings = await call.db.components.where('ownerId').equals(applicationId).toArray();
    const before = componentId === null ? null : siblings.find(({ id }) => id === componentId);
    if (before === undefined) throw new Fault('store.missing', 'component');
    const checked = kind.check(config);
    const references = kind.references(checked);
    await requireUsable(call, applicationId, references);
    const linkName = before?.linkName ?? linkNameFrom(name, (candidate) => siblings.some((one) => one.linkName === candidate));
    const component: Component = {
      id: before?.id ?? call.newId('cmp'),
      workspaceId: workspace.id,
      ownerId: applicationId,
      linkName,
      name,
      kind: kind.name,
      config: checked,
      references,
      createdAt: before?.createdAt ?? call.now(),
      updatedAt: call.now(),
      revision: before?.revision ?? 0,
    };
    const target = kind.target(checked);
    // On the developer side it comes into being when the task is configured, so that it can be authorized before testing (R107, A16).
    if ('service' in target) await needSystemConnection(call, target.service, target.operationId);
    await record(call, {
      put: { components: [component] },
      event: { name: 'component.saved', workspaceId: workspace.id, actor: member.id, subject: component.id, fields: { name } },
    });
    return { componentId: component.id };
  },
});

/** A reference to a connection that serves another application is an error at save (R49); an unknown one is a warning later (R55). */
const requireUsable = async (call: Call, applicationId: Application['id'], references: readonly string[]): Promise<void> => {
  const workspaceId = call.acting().workspace.id;
  for (const linkName of references) {
    const connection = await call.db.connections.where('[workspaceId+linkName]').equals([workspaceId, linkName]).first();
    if (connection !== undefined && connection.type !== 'system' && connection.ownerId !== applicationId)
      throw new Fault('connection.other-application', linkName);
  }
};

export const deleteComponent = command({
  allow: 'application.build',
  input: v.strictObject({ componentId: idInput('cmp') }),
  run: async (call, { componentId }) => {
    const { workspace, member } = call.acting();
    const component = await call.db.components.get(componentId);
    if (component === undefined || component.workspaceId !== workspace.id) throw new Fault('store.missing', 'component');
    await record(call, {
      remove: { components: [componentId] },
      event: {
        name: 'component.deleted',
        workspaceId: workspace.id,
        actor: member.id,
        subject: componentId,
        fields: { name: component.name },
      },
    });
    return {};
  },
});
