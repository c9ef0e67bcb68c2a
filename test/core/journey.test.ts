import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/serve.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { actAs, authorize, connectionId, publish } from '../support/journey.ts';
import { startTestSandbox } from '../support/sandbox.ts';

describe('the main job, through the core', () => {
  let sandbox: Sandbox;
  let core: TestCore;
  beforeAll(async () => {
    sandbox = await startTestSandbox();
    core = await startCore({ sandboxOrigin: sandbox.origin });
  });
  afterAll(() => sandbox.close());

  it('goes from definition to the client’s invoice and the user’s own number', async () => {
    await core.do('loadSample', {});
    const books = await connectionId(core, 'sandbox_books');
    await authorize(core, books, 'development', { email: 'dana@studio.example' });
    const test = await core.do('testConnection', { connectionId: books, environment: 'development' });
    expect(test).toMatchObject({ isOk: true, status: 200, account: 'Dana Developer’s books' });
    const sheet = await connectionId(core, 'sandbox_sheet');
    await authorize(core, sheet, 'development', { email: 'dana@studio.example' });
    await core.do('testConnection', { connectionId: sheet, environment: 'development' });

    const [application] = await core.see('applications', {});
    if (application === undefined) throw new Error('no application');
    const bundle = await publish(core, application.id, '1.0.0');
    expect(bundle.fileName).toBe('estate-1.0.0.latchkey');

    await actAs(core, 'Carla');
    const preview = await core.do('previewBundle', { text: bundle.text });
    expect(preview).toMatchObject({ name: 'Estate', version: '1.0.0', author: { standing: 'first-seen' }, install: { allowed: true } });
    const { installationId } = await core.do('installBundle', { text: bundle.text, hash: preview.hash });

    const sold = { address: '1 Harbour Road', price: '450000', status: 'sold', sold_on: '2026-11-20', buyer: 'Robin Reed' };
    await actAs(core, 'Uma');
    const early = await core.do('saveRecord', {
      ownerId: installationId,
      environment: 'production',
      form: 'properties',
      recordId: null,
      values: sold,
    });
    expect(early.runs[0]).toMatchObject({ isOk: false, fault: { code: 'run.not-connected' } });
    expect(early.runs[0]?.missing[0]?.who).toContain('Harbour Homes');

    await actAs(core, 'Adam');
    await authorize(core, await connectionId(core, 'sandbox_books'), 'production', { email: 'adam@harbour.example' });
    await actAs(core, 'Uma');
    const saved = await core.do('saveRecord', {
      ownerId: installationId,
      environment: 'production',
      form: 'properties',
      recordId: null,
      values: { ...sold, address: '2 Harbour Road' },
    });
    expect(saved.runs[0]).toMatchObject({ isOk: true, result: { label: 'Invoice', value: 'INV-0001' } });
    expect(sandbox.books.invoices).toMatchObject([{ account: 'adam@harbour.example', customer: 'Robin Reed', amount: 450000 }]);

    await authorize(core, await connectionId(core, 'sandbox_sheet'), 'production', { email: 'uma@harbour.example' });
    const live = await core.see('liveMode', { ownerId: installationId, environment: 'production' });
    const panel = live.components.find(({ kind }) => kind === 'page-panel');
    if (panel === undefined) throw new Error('no panel');
    expect(await core.do('runComponent', { componentId: panel.id, recordId: null })).toMatchObject({
      isOk: true,
      result: { label: 'Properties sold', value: '7' },
    });
    await actAs(core, 'Ben');
    expect(await core.do('runComponent', { componentId: panel.id, recordId: null })).toMatchObject({
      isOk: false,
      missing: [{ who: 'you', mayAuthorize: true }],
    });
    const home = await core.see('home', {});
    expect(home.steps.filter(({ isDone }) => !isDone)).toEqual([]);
  });
});
