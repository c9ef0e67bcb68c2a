import { expect, it } from 'vitest';
import { defineConnection, saveComponent, startShop } from '../support/builders.ts';
import { startCore } from '../support/core.ts';
import { publish } from '../support/journey.ts';

it('R22 the limit to twelve services is lifted by a setting, on both sides, and what is beyond it is marked', async () => {
  const core = await startCore();
  const shop = await startShop(core);
  const own = { connectorId: 'zendesk', type: 'logged-in-user' as const };
  const refused = { ...own, displayName: 'Z', linkName: 'z', scopes: [], environmentPolicy: 'separate' as const, applicationId: shop };
  expect(await core.fails('defineConnection', refused)).toBe('connection.type-forbidden');
  expect(await core.see('connector', { connectorId: own.connectorId })).toMatchObject({ types: ['admin'], isTypeLimited: true });

  await core.do('liftTypeLimit', { isLifted: true });
  const connectionId = await defineConnection(core, shop, own.connectorId, { type: own.type });
  expect(await core.see('connection', { connectionId })).toMatchObject({ type: own.type, isBeyondModel: true });
  const script = 'r = invokeurl [ url: "https://acme.zendesk.com/api/v2/tickets.json" type: GET connection: "zendesk" ]; return r;';
  await saveComponent(core, shop, 'deluge-invokeurl', { start: null, script });
  const { problems } = await core.see('publishReview', { applicationId: shop, version: null });
  expect(problems).toContainEqual({ code: 'readiness.type-beyond', detail: 'zendesk', isBlocking: false, where: null });
  const { text } = await publish(core, shop, '1.0.0');

  const client = await startCore();
  await client.do('createWorkspace', { side: 'client', name: 'Harbour Homes', memberName: 'Carla' });
  expect(await client.fails('previewBundle', { text })).toBe('bundle.type-beyond');
  await client.do('liftTypeLimit', { isLifted: true });
  const preview = await client.do('previewBundle', { text });
  expect(preview.connections).toMatchObject([{ linkName: 'zendesk', isBeyondModel: true }]);
  expect((await client.do('rehearseBundle', { text })).components).toHaveLength(1);
  await client.do('installBundle', { text, hash: preview.hash });

  // Set again, it stops what is new and leaves what is there.
  await core.do('liftTypeLimit', { isLifted: false });
  expect(await core.fails('defineConnection', refused)).toBe('connection.type-forbidden');
  expect((await core.see('connection', { connectionId })).type).toBe(own.type);
});

it('R11 R14 only who defines or installs connections lifts it', async () => {
  const core = await startCore();
  await core.do('createWorkspace', { side: 'client', name: 'Harbour Homes', memberName: 'Carla' });
  const { memberId } = await core.do('addMember', { name: 'Uma', role: 'user' });
  await core.do('actAs', { memberId });
  expect(await core.fails('liftTypeLimit', { isLifted: true })).toBe('access.refused');
});
