import Dexie from 'dexie';
import { beforeEach, describe, expect, it } from 'vitest';
import { openDb } from '../../src/db/open.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { makeKey } from '../support/feed.ts';
import { actAs } from '../support/journey.ts';
import { estateBundle } from '../support/updates.ts';

let core: TestCore;
let sent = 0;
beforeEach(async () => {
  sent = 0;
  core = await startCore({
    fetch: () => {
      sent += 1;
      return Promise.reject(new TypeError('no network'));
    },
  });
  await core.do('loadSample', {});
  await core.do('setSandboxOrigin', { origin: 'http://localhost:4999' });
  await actAs(core, 'Carla');
});

describe('a dry run of a bundle', () => {
  it('shows the request of each component at the sandbox, sends nothing and leaves nothing', async () => {
    const text = await estateBundle(await makeKey(), '1.0.0');
    const before = await core.dump();
    const names = await Dexie.getDatabaseNames();
    const { connections, components } = await core.do('rehearseBundle', { text });
    expect(connections).toBe(3);
    const push = components.find(({ name }) => name === 'Push invoice to Books');
    expect(push?.requests).toMatchObject([{ request: { method: 'POST', url: 'http://localhost:4999/books/api/invoices' }, fault: null }]);
    expect(JSON.parse(push?.requests[0]?.request?.body ?? '{}')).toMatchObject({ customer: 'Buyer', amount: 1, reference: 'Address' });
    expect(components.find(({ name }) => name === 'Properties sold')?.requests[0]?.request?.method).toBe('GET');
    expect(sent).toBe(0);
    expect(await core.dump()).toEqual(before);
    expect(await Dexie.getDatabaseNames()).toEqual(names);
    expect(core.ctx.requests).toEqual([]);
  });

  it('begins anew where one was cut off, and refuses what could not be installed', async () => {
    const name = `${core.ctx.db.name}-rehearsal`;
    const left = await openDb(name);
    await left.workspaces.add({ id: 'wsp_1', side: 'client', name: 'Left', createdAt: 1, revision: 1 });
    left.close();
    const text = await estateBundle(await makeKey(), '1.0.0');
    expect((await core.do('rehearseBundle', { text })).components).toHaveLength(2);
    expect(await core.fails('rehearseBundle', { text: text.replace('Buyer', 'Buyxr') })).toBe('bundle.signature-wrong');
    expect(await Dexie.getDatabaseNames()).not.toContain(name);
  });
});
