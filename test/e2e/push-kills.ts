import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type Host, startPwa } from '../support/browser.ts';
import { chance } from '../support/chance.ts';
import { call, keepPort, must, readTables } from '../support/direct.ts';
import { serveProviders } from '../support/providers/serve.ts';
import { createSmsProviders, SMS_KEYS } from '../support/providers/sms.ts';
import { authorizeAt } from '../support/sandbox.ts';
import { killBrowser } from './kills.ts';

const NUMBERS = ['+14155550123', '+14155550124'] as const;

const TRIGGER = { form: 'properties', trigger: { event: 'becomes', field: 'status', value: 'sold' }, conditions: [] } as const;

/** The sample, whose integrations action pushes to a service that knows keys, and an SMS action at one that knows none. */
const build = async (page: Page): Promise<`app_${string}`> => {
  const { applicationId } = await must(page, 'loadSample', {});
  const { connections = [] } = await readTables(page, ['connections']);
  const books = connections.find((row) => row['linkName'] === 'sandbox_books')?.['id'] as `con_${string}`;
  const { url } = await must(page, 'beginAuthorization', { connectionId: books, environment: 'development' });
  await must(page, 'completeAuthorization', { callbackUrl: await authorizeAt(url ?? '', { email: 'dana@studio.example' }) });
  const { connectionId } = await must(page, 'defineConnection', {
    connectorId: 'twilio',
    displayName: 'Twilio',
    linkName: 'twilio',
    type: 'admin',
    scopes: [],
    environmentPolicy: 'separate',
    applicationId,
  });
  const { sid, token } = SMS_KEYS.twilio;
  const variables = { account_sid: sid };
  await must(page, 'authorizeWithKeys', { connectionId, environment: 'development', variables, keys: { password: token } });
  await must(page, 'saveComponent', {
    applicationId,
    componentId: null,
    kind: 'sms-action',
    name: 'Tell both',
    config: {
      ...TRIGGER,
      connection: 'twilio',
      operation: 'send-message',
      sender: '+14155550100',
      recipients: NUMBERS.map((text) => ({ from: 'text', text })),
      text: 'Sold {{address}}',
    },
  });
  return applicationId;
};

type Row = Readonly<Record<string, unknown>>;

/** Waits until nothing goes out by itself any more. */
const settled = async (page: Page): Promise<readonly Row[]> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const { outbox = [] } = await readTables(page, ['outbox']);
    if (outbox.every((row) => row['state'] === 'held' || row['state'] === 'unknown')) return outbox;
    await wait(50);
  }
  throw new Error('the outbox does not settle');
};

export type PushTally = { readonly kills: number; readonly outcomes: ReadonlyMap<string, number> };

/** Kills the browser `rounds` times while an entry pushes an invoice and two messages, and lets the services count what arrived. */
export const killPushes = async (rounds: number, random: () => number = chance('kills while something is pushed')): Promise<PushTally> => {
  const sms = createSmsProviders();
  const providers = await serveProviders(sms.providers);
  let host: Host = await startPwa({ providers: { tlsPort: providers.tlsPort, hosts: sms.providers.flatMap(({ hosts }) => hosts) } });
  const outcomes = new Map<string, number>();
  const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  const open = async (): Promise<Page> => {
    await keepPort(host.context);
    return host.open();
  };
  try {
    let page = await open();
    const ownerId = await build(page);
    for (let round = 0; round < rounds; round += 1) {
      const address = `${round} Harbour Road`;
      const values = { address, price: '1', status: 'sold', sold_on: '2026-11-26', buyer: 'Robin' };
      void call(page, 'saveRecord', { ownerId, environment: 'development', form: 'properties', recordId: null, values }).catch(
        () => undefined,
      );
      await wait(random() * 160);
      killBrowser(host.profile);
      host = await host.restart();
      page = await open();
      const waiting = await settled(page);
      const { records = [] } = await readTables(page, ['records']);
      const isStored = records.some((row) => (row['values'] as Row)['address'] === address);
      const invoices = host.sandbox.books.invoices.filter(({ reference }) => reference === address).length;
      const fail = (why: string): never => {
        throw new Error(`round ${round}: ${why}`);
      };
      if (invoices !== (isStored ? 1 : 0)) fail(`${invoices} invoices, entry ${isStored ? 'stored' : 'not stored'}`);
      for (const to of NUMBERS) {
        const messages = sms.delivered.filter((one) => one.to === to && one.text === `Sold ${address}`).length;
        const open = waiting.filter((row) => row['label'] === to);
        if (messages > 1) fail(`${messages} messages to ${to}`);
        if (!isStored && messages + open.length > 0) fail('a message of an entry that was not stored');
        if (isStored && messages === 0 && open.length === 0) fail(`the message to ${to} is lost`);
        if (open.length > 0 && open[0]?.['state'] !== 'unknown') fail(`held: ${JSON.stringify(open[0]?.['fault'])}`);
        count(
          !isStored
            ? 'message: nothing was begun'
            : open.length > 0
              ? `message: said to be unknown, ${messages === 1 ? 'arrived' : 'did not arrive'}`
              : 'message: sent once',
        );
      }
      count(isStored ? 'push: one invoice' : 'push: nothing was begun');
      for (const row of waiting) await must(page, 'dismissOutbox', { outboxId: row['id'] as `out_${string}` });
    }
  } finally {
    await host.close();
    await providers.close();
  }
  return { kills: rounds, outcomes };
};
