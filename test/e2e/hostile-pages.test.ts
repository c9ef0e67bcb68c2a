import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { closeNow, listen } from '../../src/sandbox/listen.ts';
import { EXTENSION_ID, type Host, startExtension, startPwa } from '../support/browser.ts';
import { goTo, loadSample } from './steps.ts';

let host: Host | null = null;
let server: Server | null = null;
afterEach(async () => {
  await host?.close();
  host = null;
  if (server !== null) await closeNow(server);
  server = null;
});

/** A page of somebody else's, on an origin of its own. */
const startHostilePage = async (): Promise<string> => {
  server = createServer((_, response) => {
    // It lets everybody read it: what cannot reach it is stopped by its own policy.
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' });
    response.end('<!doctype html><title>Hostile</title><p>Hello</p>');
  });
  return `http://localhost:${await listen(server, 0)}`;
};

describe.each(['pwa', 'extension'] as const)('the console in the %s', (kind) => {
  it('S39 runs nothing that was put into its page, and speaks to nobody but its own origin', async () => {
    const elsewhere = await startHostilePage();
    host = kind === 'pwa' ? await startPwa() : await startExtension();
    const page = await host.open();
    await loadSample(page);
    await goTo(page, '#/settings', 'Settings');
    const outcome = await page.evaluate(async (origin) => {
      const scope = globalThis as unknown as { stolen?: boolean };
      const tried: string[] = [];
      const attempt = async (name: string, act: () => unknown): Promise<void> => {
        try {
          await act();
          tried.push(name);
        } catch {
          // Refused, as it should be.
        }
      };
      await attempt('markup', () => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="globalThis.stolen = true">'));
      // In a task of its own: what the test's own protocol evaluates is let through by the browser.
      await attempt(
        'evaluation',
        () =>
          new Promise<void>((resolve, reject) => {
            setTimeout(() => {
              try {
                Reflect.construct(Function, ['globalThis.stolen = true'])();
                resolve();
              } catch (error) {
                reject(error);
              }
            }, 0);
          }),
      );
      await attempt('fetch', () => fetch(origin));
      await attempt('script', () => {
        const script = document.createElement('script');
        script.src = `${origin}/x.js`;
        document.body.append(script);
      });
      await attempt('handler', () => {
        const image = document.createElement('img');
        image.setAttribute('onerror', 'globalThis.stolen = true');
        image.src = `${origin}/x.png`;
        document.body.append(image);
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { tried, stolen: scope.stolen === true };
    }, elsewhere);
    expect(outcome.tried).toEqual([]);
    expect(outcome.stolen).toBe(false);
  });
});

describe('a page of somebody else', () => {
  it('S34 the callback page reflects nothing, keeps nothing in its address and leads nowhere', async () => {
    host = await startPwa();
    const page = await host.open();
    await loadSample(page);
    const evil = '<b id=evil>reflected</b>';
    await page.goto(
      `${host.url.replace(/#.*$/, '')}callback.html?code=abc&state=unknown&next=https://evil.example&error=${encodeURIComponent(evil)}`,
    );
    await page.waitForFunction(() => location.search === '');
    await page.waitForTimeout(500);
    expect(new URL(page.url()).search).toBe('');
    const text = await page.content();
    for (const part of ['reflected', 'unknown', 'evil.example', 'abc']) expect(text).not.toContain(part);
  });

  it('S38 S41 cannot frame the app, nor reach a window of it, nor speak to the extension', async () => {
    const elsewhere = await startHostilePage();
    host = await startPwa();
    const page = await host.context.newPage();
    await page.goto(elsewhere);
    const framed = await page.evaluate(async (url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.body.append(frame);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const opened = window.open(url);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      let isReached = false;
      try {
        isReached = opened !== null && !opened.closed && opened.document !== null;
      } catch {
        isReached = false;
      }
      return { isReached };
    }, host.url);
    expect(framed.isReached).toBe(false);
    const [, frame] = page.frames();
    expect((await frame?.content().catch(() => '')) ?? '').not.toContain('Latchkey');
    await host.close();

    host = await startExtension();
    const stranger = await host.context.newPage();
    await stranger.goto(elsewhere);
    const answer = await stranger.evaluate(async (id) => {
      const scope = globalThis as unknown as {
        chrome?: { runtime?: { sendMessage?: (id: string, message: unknown) => Promise<unknown> } };
      };
      if (scope.chrome?.runtime?.sendMessage === undefined) return 'no way to speak';
      return scope.chrome.runtime.sendMessage(id, { type: 'APPLY', path: ['loadSample'] }).then(
        () => 'answered',
        () => 'refused',
      );
    }, EXTENSION_ID);
    expect(answer).not.toBe('answered');
    const reached = await stranger.evaluate(async (id) => {
      try {
        await fetch(`chrome-extension://${id}/index.html`);
        return true;
      } catch {
        return false;
      }
    }, EXTENSION_ID);
    expect(reached).toBe(false);
  });
});

/** Another extension in the same browser, with the permissions that a person might have given it. */
const makeOtherExtension = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-other-'));
  const manifest = {
    manifest_version: 3,
    name: 'Other',
    version: '1.0',
    permissions: ['tabs', 'scripting', 'storage', 'webNavigation', 'management'],
    host_permissions: ['<all_urls>'],
    background: { service_worker: 'background.js' },
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'background.js'), 'chrome.runtime.onInstalled.addListener(() => undefined);');
  return folder;
};

const waitForWorker = async ({ context }: Host): Promise<Worker> => {
  const isOther = (worker: Worker): boolean => !worker.url().includes(EXTENSION_ID);
  return context.serviceWorkers().find(isOther) ?? context.waitForEvent('serviceworker', { predicate: isOther });
};

/** What another extension can try; each gives back what it got, or null. */
const ATTEMPTS = {
  message: async (id: string) => chrome.runtime.sendMessage(id, { id: '1', type: 'APPLY', path: ['lockVault'], argumentList: [] }),
  port: (id: string) =>
    new Promise((resolve) => {
      const port = chrome.runtime.connect(id, { name: 'console' });
      port.onMessage.addListener(resolve);
      port.onDisconnect.addListener(() => resolve(null));
      port.postMessage({ id: '1', type: 'APPLY', path: ['loadSample'], argumentList: [{ type: 'RAW', value: {} }] });
    }),
  page: async (id: string) => (await fetch(`chrome-extension://${id}/index.html`)).text(),
  script: async (id: string) => {
    const tabs = await chrome.tabs.query({ url: `chrome-extension://${id}/*` });
    return chrome.scripting.executeScript({ target: { tabId: tabs[0]?.id ?? 0 }, func: () => document.body.textContent });
  },
  worker: async (id: string) => (await fetch(`chrome-extension://${id}/host/extension-background.js`)).text(),
  storage: async () => Object.keys(await chrome.storage.session.get()).join(),
};

describe('another extension in the same browser', () => {
  it('S38 speaks to nobody, reads no page and runs no script of ours', async () => {
    const beside = await makeOtherExtension();
    host = await startExtension({ beside });
    const page = await host.open();
    await loadSample(page);
    const other = await waitForWorker(host);
    const tryIt = (attempt: (id: string) => Promise<unknown>): Promise<unknown> =>
      other.evaluate(
        async ([source, id]) => {
          const act = new Function(`return (${source})`)() as (id: string) => Promise<unknown>;
          return Promise.race([act(id), new Promise((resolve) => setTimeout(() => resolve(null), 2_000))]).catch(() => null);
        },
        [attempt.toString(), EXTENSION_ID] as const,
      );
    // The attempts do run: this one is allowed.
    expect(await tryIt(async (id) => (await chrome.management.get(id)).name)).toBe('Latchkey');
    const got: Record<string, unknown> = {};
    for (const [name, attempt] of Object.entries(ATTEMPTS)) got[name] = (await tryIt(attempt)) ?? null;
    expect(got).toEqual(Object.fromEntries(Object.keys(ATTEMPTS).map((name) => [name, name === 'storage' ? '' : null])));
    // It may see which pages are open; nothing secret is in an address.
    const addresses = await other.evaluate(async () => (await chrome.tabs.query({})).map(({ url }) => url));
    for (const address of addresses) expect(address ?? '').not.toMatch(/code=|state=|token/);
    await page.getByText('Acting as Dana').waitFor();
    await rm(beside, { recursive: true });
  });
});
