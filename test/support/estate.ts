import type { RunView } from '../../src/core/views.ts';
import type { Environment } from '../../src/domain/environment.ts';
import type { ApplicationId, ComponentId, ConnectionId, InstallationId, MemberId, OwnerId } from '../../src/domain/ids.ts';
import { startCore, type TestCore } from './core.ts';
import { actAs, authorize, connectionId, install, publish } from './journey.ts';

/** Who answers for whom at the sandbox. */
export const EMAILS = {
  dana: 'dana@studio.example',
  adam: 'adam@harbour.example',
  uma: 'uma@harbour.example',
} as const;

export const SOLD = { address: '1 Harbour Road', price: '450000', status: 'sold', sold_on: '2026-11-20', buyer: 'Robin Reed' };
export const BOOKS_SCOPES = ['books.invoices.create', 'books.organization.read'];

/** The sample with its two connections, in the hands of its developer. */
export const startEstate = async (sandboxOrigin: string) => {
  const core = await startCore({ sandboxOrigin });
  const { applicationId } = await core.do('loadSample', {});
  return {
    core,
    estate: applicationId,
    books: await connectionId(core, 'sandbox_books'),
    sheet: await connectionId(core, 'sandbox_sheet'),
  };
};

/** The sample published and installed at the client, acting as its super admin. */
export const installEstate = async (core: TestCore, estate: ApplicationId, version = '1.0.0') => {
  const { text } = await publish(core, estate, version);
  await actAs(core, 'Carla');
  const installation = await install(core, text);
  return { installation, text, books: await connectionId(core, 'sandbox_books'), sheet: await connectionId(core, 'sandbox_sheet') };
};

export const memberId = async (core: TestCore, name: string): Promise<MemberId> => {
  const { workspaces } = await core.see('frame', {});
  const found = workspaces.flatMap(({ members }) => members).find((member) => member.name === name);
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found.id;
};

/** Enters a sold property and gives what it started. */
export const sell = async (core: TestCore, ownerId: OwnerId, environment: Environment): Promise<RunView> => {
  const { runs } = await core.do('saveRecord', { ownerId, environment, form: 'properties', recordId: null, values: SOLD });
  const [run] = runs;
  if (run === undefined) throw new Error('nothing was started');
  return run;
};

export const panelOf = async (core: TestCore, ownerId: OwnerId, environment: Environment): Promise<ComponentId> => {
  const { components } = await core.see('liveMode', { ownerId, environment });
  const panel = components.find(({ kind }) => kind === 'page-panel');
  if (panel === undefined) throw new Error('no panel');
  return panel.id;
};

export const slotOf = async (core: TestCore, id: ConnectionId, environment: string) => {
  const { slots } = await core.see('connection', { connectionId: id });
  const slot = slots.find((one) => one.environment === environment);
  if (slot === undefined) throw new Error(`no slot in ${environment}`);
  return slot;
};

export type { InstallationId };
export { actAs, authorize, connectionId, install, publish };
