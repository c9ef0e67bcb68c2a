import type { Page } from 'playwright-core';
import type { CommandName, Input, Result } from '../../src/core/api.ts';
import type { Environment } from '../../src/domain/environment.ts';
import type { Outcome } from '../../src/domain/faults.ts';
import type { ConnectionId } from '../../src/domain/ids.ts';
import type { Host } from './browser.ts';
import { call, keepPort } from './direct.ts';

/** A page of the host whose commands a test can call, in the web app and in the extension alike. Before it is opened, the port is kept. */
export const openRemote = async (host: Host, hash?: string): Promise<Page> => {
  if (host.kind === 'pwa') await keepPort(host.context);
  return host.open(hash);
};

/** One command over a port of its own to the background, as Comlink writes it. */
const callBackground = (page: Page, name: string, input: unknown): Promise<unknown> =>
  page.evaluate(
    ([command, given]) =>
      new Promise((resolve, reject) => {
        const port = chrome.runtime.connect({ name: 'console' });
        const id = crypto.randomUUID();
        port.onDisconnect.addListener(() => reject(new Error('the background went away')));
        port.onMessage.addListener((message: { id?: string; value?: unknown }) => {
          if (message.id !== id) return;
          resolve(message.value);
          port.disconnect();
        });
        port.postMessage({ id, type: 'APPLY', path: [command], argumentList: [{ type: 'RAW', value: given }] });
      }),
    [name, input] as const,
  );

/** A command's value; throws with the fault's code. */
export const remote = async <N extends CommandName>(host: Host, page: Page, name: N, input: Input<N>): Promise<Result<N>> => {
  const outcome = host.kind === 'pwa' ? await call(page, name, input) : ((await callBackground(page, name, input)) as Outcome<Result<N>>);
  if (outcome.ok) return outcome.value;
  throw new Error(`${name}: ${outcome.fault.code} ${outcome.fault.detail ?? ''}`);
};

/** Signs in at the simulator's page in a window of the same browser: the web app's page opens it, the extension's background does. */
export const signInByWindow = async (
  host: Host,
  page: Page,
  connectionId: ConnectionId,
  environment: Environment,
  person: string,
): Promise<void> => {
  const opening = host.kind === 'extension' ? host.context.waitForEvent('page') : null;
  const { url } = await remote(host, page, 'beginAuthorization', { connectionId, environment });
  const provider = opening === null ? await host.context.newPage() : await opening;
  if (url !== null) await provider.goto(url);
  // The callback page closes itself only where a script has opened it.
  const back = host.kind === 'extension' ? provider.waitForEvent('close') : provider.waitForURL(/\/callback\.html/);
  await provider.getByRole('link', { name: `Accept as ${person}` }).click();
  await back;
};
