import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Queries, QueryName } from '../../src/core/api.ts';
import { QUERIES } from '../../src/core/queries/index.ts';
import { watchQuery } from '../../src/core/watch.ts';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { authorize, connectionId, publish } from '../support/journey.ts';
import { startTestSandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let core: TestCore;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  core = await startCore({ sandboxOrigin: sandbox.origin });
});
afterAll(() => sandbox.close());

const watch = <N extends QueryName>(name: N, args: Queries[N]['args']) => {
  const seen: Queries[N]['value'][] = [];
  const faults: string[] = [];
  const close = watchQuery(core.ctx, QUERIES[name], args, (result) => {
    if ('fault' in result) faults.push(result.fault.code);
    else seen.push(result.value as Queries[N]['value']);
  });
  return { seen, faults, close };
};

describe('watched queries', () => {
  it('hear of everything that they show', async () => {
    const { applicationId } = await core.do('loadSample', {});
    const live = watch('liveMode', { ownerId: applicationId, environment: 'development' });
    const records = watch('records', { ownerId: applicationId, environment: 'development', form: 'properties' });
    const application = watch('application', { applicationId });
    const applications = watch('applications', {});
    const home = watch('home', {});
    const all = [live, records, application, applications, home];
    await expect.poll(() => all.every(({ seen }) => seen.length > 0)).toBe(true);

    const panel = () => live.seen.at(-1)?.components.find(({ kind }) => kind === 'page-panel');
    await authorize(core, await connectionId(core, 'sandbox_sheet'), 'development', { email: 'dana@studio.example' });
    await expect.poll(() => panel()?.missing).toEqual([]);
    await core.do('runComponent', { componentId: panel()?.id ?? 'cmp_0', recordId: null });
    await expect.poll(() => panel()?.lastRun?.result?.value).toBe('2');

    const values = { address: 'A', price: '5', status: 'sold', sold_on: '2026-11-20', buyer: 'B' };
    await core.do('saveRecord', { ownerId: applicationId, environment: 'development', form: 'properties', recordId: null, values });
    await expect.poll(() => records.seen.at(-1)?.records[0]?.runs[0]?.fault?.code).toBe('run.not-connected');
    await authorize(core, await connectionId(core, 'sandbox_books'), 'development', { email: 'dana@studio.example' });
    await expect.poll(() => application.seen.at(-1)?.connectionList.every(({ slots }) => slots[0]?.status.isConnected)).toBe(true);
    await publish(core, applicationId, '1.0.0');
    await expect.poll(() => [application.seen.at(-1)?.releases.length, applications.seen.at(-1)?.[0]?.latestVersion]).toEqual([1, '1.0.0']);
    await expect.poll(() => home.seen.at(-1)?.steps.find(({ id }) => id === 'publish')?.isDone).toBe(true);
    for (const { close } of all) close();
  });

  it('get over a fault by themselves, tell only what changed, and stop when closed', async () => {
    const empty = await startCore();
    const faults: string[] = [];
    const seen: unknown[] = [];
    const close = watchQuery(
      empty.ctx,
      QUERIES.applications,
      {},
      (result) => void ('fault' in result ? faults.push(result.fault.code) : seen.push(result.value)),
    );
    await expect.poll(() => faults).toEqual(['core.no-workspace']);
    const { applicationId } = await empty.do('loadSample', {});
    await expect.poll(() => seen.length).toBe(1);
    await empty.do('addMember', { name: 'Nia', role: 'developer' });
    await empty.do('savePage', { applicationId, name: 'Other' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toHaveLength(1);
    close();
    await empty.do('createApplication', { name: 'Another' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toHaveLength(1);
  });
});
