import { Fault } from '../../src/domain/faults.ts';
import type { ConnectionId, InstallationId } from '../../src/domain/ids.ts';
import type { TestCore } from '../support/core.ts';
import { startCore } from '../support/core.ts';
import { actAs, authorize } from '../support/journey.ts';
import {
  type Component,
  type Connection,
  type Grant,
  PEOPLE,
  type Person,
  predict,
  type State,
  type Step,
  sideOf,
  type Type,
} from './model.ts';

export type Choice = { readonly what: number; readonly a: number; readonly b: number; readonly c: number };

const LINKS = ['l0', 'l1', 'l2', 'l3', 'l4'];
const TYPES: readonly Type[] = ['admin', 'logged-in-user', 'system'];
const pick = <T>(list: readonly T[], index: number): T | undefined => (list.length === 0 ? undefined : list[index % list.length]);

/** Two accounts, two applications, seven people, and a walk of random steps through them. */
export class Walk {
  readonly core: TestCore;
  readonly apps: readonly `app_${string}`[];
  #who: Person;
  readonly #bundles = new Map<string, { text: string; hash: string }>();
  #steps = 0;

  private constructor(core: TestCore, apps: readonly `app_${string}`[], who: Person) {
    this.core = core;
    this.apps = apps;
    this.#who = who;
  }

  static async start(sandboxOrigin: string): Promise<Walk> {
    const core = await startCore({ sandboxOrigin });
    const [dana = PEOPLE[0]] = PEOPLE;
    if (dana === undefined) throw new Error('nobody');
    await core.do('createWorkspace', { side: 'client', name: 'Agency', memberName: 'Carla' });
    for (const { name, role, side } of PEOPLE) if (side === 'client' && name !== 'Carla') await core.do('addMember', { name, role });
    await core.do('createWorkspace', { side: 'developer', name: 'Studio', memberName: 'Dana' });
    await core.do('addMember', { name: 'Lee', role: 'developer' });
    const apps: `app_${string}`[] = [];
    for (const name of ['One', 'Two']) {
      const { applicationId } = await core.do('createApplication', { name });
      await core.do('savePage', { applicationId, name: 'Start' });
      apps.push(applicationId);
    }
    const walk = new Walk(core, apps, dana);
    await walk.#beginPublished();
    return walk;
  }

  /** Both applications with connections in use, published and installed, so that the walk begins where most rules bite. */
  async #beginPublished(): Promise<void> {
    const [one = '', two = ''] = this.apps;
    const steps: readonly Step[] = [
      { do: 'define', link: 'l0', type: 'admin', app: one },
      { do: 'define', link: 'l1', type: 'logged-in-user', app: one },
      { do: 'define', link: 'l2', type: 'admin', app: two },
      ...['l0', 'l1', null].map((link): Step => ({ do: 'use', app: one, link })),
      { do: 'use', app: two, link: 'l2' },
      ...[one, two].flatMap((app): Step[] => [
        { do: 'publish', app },
        { do: 'distribute', app, version: 1 },
      ]),
    ];
    for (const step of steps) await this.#do(step);
    await actAs(this.core, 'Carla');
    for (const app of [one, two]) await this.#do({ do: 'install', app, version: 1 });
    await actAs(this.core, this.#who.name);
  }

  /** What is stored, in the model's words. */
  async state(): Promise<State> {
    const { db } = this.core.ctx;
    const sides = new Map((await db.workspaces.toArray()).map(({ id, side }) => [id, side]));
    const names = new Map((await db.members.toArray()).map(({ id, name }) => [id, name]));
    const connections = (await db.connections.toArray()).map(
      (row): Connection => ({
        id: row.id,
        side: sides.get(row.workspaceId) ?? 'developer',
        type: row.type,
        link: row.linkName,
        owner: row.ownerId,
        isPublished: row.publishedIn.length > 0,
        policy: row.environmentPolicy,
      }),
    );
    const components = (await db.components.toArray()).map(
      ({ id, ownerId, environment, references }): Component => ({ id, owner: ownerId, environment, link: references[0] ?? null }),
    );
    const grants = (await db.authorizations.toArray()).flatMap(({ id, connectionId, environment, holder, grant }): Grant[] =>
      grant === null
        ? []
        : [{ id, connection: connectionId, environment, holder: holder === 'shared' ? 'shared' : (names.get(holder) ?? '') }],
    );
    const versions = new Map<string, number>();
    for (const { applicationId } of await db.releases.toArray()) versions.set(applicationId, (versions.get(applicationId) ?? 0) + 1);
    const installed = new Map(
      (await db.installations.toArray()).map(({ id, applicationId, version, staged }) => [
        applicationId,
        { id, production: numberOf(version), stage: staged === null ? null : numberOf(staged.version) },
      ]),
    );
    const highest = new Map(
      (await db.trust.toArray()).map(({ applicationId, highestVersion }) => [applicationId, numberOf(highestVersion)]),
    );
    const lee = (await db.members.toArray()).find(({ name }) => name === 'Lee');
    return {
      who: this.#who,
      connections,
      components,
      grants,
      versions,
      handedOut: new Set(this.#bundles.keys()),
      installed,
      highest,
      hasDistributeAccess: lee?.hasDistributeAccess ?? false,
    };
  }

  /** A step from random numbers, among what there is. */
  choose(state: State, { what, a, b, c }: Choice): Step | Person | null {
    const app = pick(this.apps, b) ?? '';
    // Two of three choices are among what the acting side has; the third tries what it should not see.
    const near = state.connections.filter(({ side }) => side === this.#who.side);
    const connection = pick(c % 3 === 0 ? state.connections : near, a);
    const mine = state.components.filter(({ owner }) => sideOf(owner) === this.#who.side);
    const component = pick(c % 3 === 0 ? state.components : mine, a);
    const grant = pick(state.grants, a);
    const newest = state.versions.get(app) ?? 0;
    const version = c % 4 === 0 ? newest + 1 : Math.max(1, newest - (c % 2));
    const links = c % 8 === 0 ? LINKS : [...near.filter(({ type }) => type !== 'system').map(({ link }) => link), null];
    const withConnection = (make: (connection: Connection) => Step): Step | null => (connection === undefined ? null : make(connection));
    const makers: readonly (() => Step | Person | null)[] = [
      () => pick(PEOPLE, a) ?? null,
      () => pick(PEOPLE, a) ?? null,
      () => pick(PEOPLE.slice(0, 4), a) ?? null,
      () => pick(PEOPLE.slice(2, 3), a) ?? null,
      () => ({ do: 'define', link: pick(LINKS, a) ?? 'l0', type: pick(TYPES, b) ?? 'admin', app: pick([...this.apps, null], c) ?? null }),
      () => ({ do: 'use', app, link: pick(links, a) ?? null }),
      () => ({ do: 'use', app, link: pick(links, a) ?? null }),
      () => (component === undefined ? null : { do: 'unuse', component }),
      () => withConnection((one) => ({ do: 'access', connection: one, app: pick([...this.apps, null], b) ?? null, isMove: c % 2 === 0 })),
      () => withConnection((one) => ({ do: pick(['edit', 'duplicate', 'retire'] as const, b) ?? 'edit', connection: one })),
      () => withConnection((one) => ({ do: pick(['delete', 'pause'] as const, b) ?? 'pause', connection: one })),
      () => withConnection((one) => ({ do: 'type', connection: one, type: pick(['admin', 'logged-in-user'] as const, b) ?? 'admin' })),
      () =>
        withConnection((one) => ({
          do: 'policy',
          connection: one,
          policy: pick(['same', 'separate'] as const, b) ?? 'same',
          keep: pick(['development', 'stage', null], c) ?? null,
        })),
      () =>
        withConnection((one) => ({
          do: 'authorize',
          connection: one,
          environment: pick(['development', 'stage', 'production'], b) ?? 'development',
        })),
      () => (grant === undefined ? null : { do: 'revoke', grant }),
      () => ({ do: 'publish', app }),
      () => ({ do: 'publish', app }),
      () => ({ do: 'distribute', app, version }),
      () => ({ do: 'distribute', app, version }),
      () => ({ do: 'give-access', has: c % 2 === 0 }),
      () => {
        const known = [...this.#bundles.keys()];
        const [of = '', number = '1'] = (pick(c % 2 === 0 ? known : known.slice(-2), a) ?? '').split(' ');
        return of === '' ? null : { do: 'install', app: of, version: Number(number) };
      },
      () => ({ do: pick(['stage', 'promote'] as const, a) ?? 'stage', app }),
      () => withConnection((one) => ({ do: 'pause', connection: one })),
      () => ({ do: pick(['stage', 'promote', 'uninstall'] as const, a) ?? 'stage', app }),
      () => (component === undefined ? null : { do: 'run', component }),
    ];
    return pick(makers, what)?.() ?? null;
  }

  async act(person: Person): Promise<void> {
    await actAs(this.core, person.name);
    this.#who = person;
  }

  /** Does the step; gives the code that it was refused with, or null. */
  async perform(step: Step): Promise<string | null> {
    this.#steps += 1;
    try {
      await this.#do(step);
      return null;
    } catch (error) {
      if (error instanceof Fault) return error.code;
      throw error;
    }
  }

  async #do(step: Step): Promise<void> {
    const { core } = this;
    switch (step.do) {
      case 'define':
        await core.do('defineConnection', {
          connectorId: 'sandbox-sheet',
          displayName: step.link,
          linkName: step.link,
          type: step.type,
          scopes: ['sheet.data.read'],
          environmentPolicy: this.#steps % 3 === 0 ? 'same' : 'separate',
          applicationId: asApp(step.app),
        });
        return;
      case 'access':
        await core.do('setConnectionAccess', {
          connectionId: asConnection(step.connection),
          applicationId: asApp(step.app),
          isMove: step.isMove,
        });
        return;
      case 'edit':
        await core.do('editConnection', {
          connectionId: asConnection(step.connection),
          displayName: `${step.connection.link} ${this.#steps}`,
          scopes: this.#steps % 2 === 0 ? ['sheet.data.read'] : ['sheet.data.read', 'sheet.data.write'],
        });
        return;
      case 'duplicate':
        await core.do('duplicateConnection', { connectionId: asConnection(step.connection) });
        return;
      case 'delete':
        await core.do('deleteConnection', { connectionId: asConnection(step.connection) });
        return;
      case 'retire':
        await core.do('retireConnection', { connectionId: asConnection(step.connection), isRetired: this.#steps % 2 === 0 });
        return;
      case 'pause':
        await core.do('pauseConnection', { connectionId: asConnection(step.connection), isPaused: this.#steps % 2 === 0 });
        return;
      case 'type':
        await core.do('changeConnectionType', { connectionId: asConnection(step.connection), type: step.type });
        return;
      case 'policy':
        await core.do('setEnvironmentPolicy', {
          connectionId: asConnection(step.connection),
          environmentPolicy: step.policy,
          keep: asEnvironment(step.keep),
        });
        return;
      case 'authorize':
        await authorize(core, asConnection(step.connection), asEnvironment(step.environment) ?? 'development', {
          email: `${this.#who.name.toLowerCase()}@example.test`,
        });
        return;
      case 'revoke':
        await core.do('revokeAuthorization', { authorizationId: `aut_${step.grant.id.slice(4)}` });
        return;
      case 'use':
        await core.do('saveComponent', {
          applicationId: asApp(step.app) ?? 'app_0',
          componentId: null,
          kind: 'page-panel',
          name: `Panel ${this.#steps}`,
          config: {
            page: 'start',
            title: 'Count',
            connection: step.link ?? '',
            service: step.link === null ? 'sandbox-sheet' : '',
            operation: 'count-rows',
            values: { sheet: 'Properties' },
          },
        });
        return;
      case 'unuse':
        await core.do('deleteComponent', { componentId: `cmp_${step.component.id.slice(4)}` });
        return;
      case 'publish': {
        const count = await core.ctx.db.releases.where('applicationId').equals(step.app).count();
        await core.do('publishApplication', { applicationId: asApp(step.app) ?? 'app_0', version: `1.${count + 1}.0` });
        return;
      }
      case 'distribute': {
        const release = await core.ctx.db.releases
          .where('[applicationId+version]')
          .equals([step.app, `1.${step.version}.0`])
          .first();
        const { text } = await core.do('distributeRelease', {
          releaseId: release?.id ?? 'rel_0',
          channel: { kind: 'marketplace' },
          isConfirmed: true,
        });
        const { hash } = await core.do('previewBundle', { text });
        this.#bundles.set(`${step.app} ${step.version}`, { text, hash });
        return;
      }
      case 'give-access': {
        const lee = (await core.ctx.db.members.toArray()).find(({ name }) => name === 'Lee');
        await core.do('setDistributeAccess', { memberId: lee?.id ?? 'mem_0', hasAccess: step.has });
        return;
      }
      case 'install':
        await core.do('installBundle', this.#bundles.get(`${step.app} ${step.version}`) ?? { text: '', hash: '' });
        return;
      case 'stage':
        await core.do('addStage', { installationId: await this.#installation(step.app) });
        return;
      case 'promote':
        await core.do('takeToProduction', { installationId: await this.#installation(step.app) });
        return;
      case 'uninstall':
        await core.do('uninstallApplication', { installationId: await this.#installation(step.app) });
        return;
      case 'run':
        await core.do('runComponent', { componentId: `cmp_${step.component.id.slice(4)}`, recordId: null });
    }
  }

  async #installation(app: string): Promise<InstallationId> {
    const row = await this.core.ctx.db.installations.filter(({ applicationId }) => applicationId === app).first();
    return row?.id ?? 'ins_0';
  }

  /** Every bundle that was handed out, as text. */
  bundles(): readonly string[] {
    return [...this.#bundles.values()].map(({ text }) => text);
  }
}

const numberOf = (version: string): number => Number(version.split('.')[1]);
const asApp = (id: string | null): `app_${string}` | null => (id === null ? null : `app_${id.slice(4)}`);
const asConnection = ({ id }: Connection): ConnectionId => `con_${id.slice(4)}`;
const asEnvironment = (name: string | null) => (['development', 'stage', 'production'] as const).find((one) => one === name) ?? null;

export { predict };
