import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { type Host, popupUrl, startExtension, startPwa } from '../support/browser.ts';
import { remote } from '../support/remote.ts';
import { authorize, authorizeButton, goTo, loadSample, openConnection, openProvider, signIn, slot } from './steps.ts';

const FIRST = 'correct horse battery staple';
const SECOND = 'another long passphrase';

let host: Host | null = null;
afterEach(async () => {
  await host?.close();
  host = null;
});

const start = async (kind: 'pwa' | 'extension'): Promise<{ host: Host; page: Page }> => {
  host = kind === 'pwa' ? await startPwa() : await startExtension();
  const page = await host.open();
  await loadSample(page);
  return { host, page };
};

const protect = async (page: Page): Promise<void> => {
  await goTo(page, '#/settings', 'Settings');
  await page.getByLabel('New passphrase', { exact: true }).fill(FIRST);
  await page.getByRole('button', { name: 'Protect the vault' }).click();
  await page.getByText('The vault is protected by your passphrase.').waitFor();
};

/** The function that the stored envelope names, read as whoever has the profile could. */
const kdfOf = (page: Page): Promise<unknown> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('latchkey');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const row = request.result.transaction('keys').objectStore('keys').get('data-key');
          row.onsuccess = () => {
            request.result.close();
            resolve({ wrappedBy: row.result.wrappedBy, kdf: row.result.kdf?.name, holdsKey: 'deviceKey' in row.result });
          };
        };
      }),
  );

const lock = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
};

const typePassphrase = async (page: Page, passphrase: string): Promise<void> => {
  const dialog = page.getByRole('dialog', { name: 'Unlock the vault' });
  await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await dialog.getByRole('button', { name: 'Unlock', exact: true }).click();
};

const unlock = async (page: Page, passphrase: string): Promise<void> => {
  await page.getByRole('button', { name: 'Unlock', exact: true }).click();
  await typePassphrase(page, passphrase);
  await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
};

const stopWorkers = async (on: Host, page: Page): Promise<void> => {
  const cdp = await on.context.newCDPSession(page);
  await cdp.send('ServiceWorker.enable');
  await cdp.send('ServiceWorker.stopAllWorkers');
  await cdp.detach();
};

describe.each(['pwa', 'extension'] as const)('the vault in the %s', (kind) => {
  it('S8 S5 S10 set a passphrase, lock, go on by unlocking, change it, and park an answer that comes while it is locked', async () => {
    const { host: on, page } = await start(kind);
    const card = await openConnection(page, 'Sandbox Books');
    await authorize(on, authorizeButton(card), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
    await protect(page);
    expect(await kdfOf(page)).toEqual({ wrappedBy: 'passphrase', kdf: 'argon2id', holdsKey: false });

    await lock(page);
    await openConnection(page, 'Sandbox Books');
    await card.getByRole('button', { name: 'Test Sandbox Books in Development' }).click();
    await typePassphrase(page, 'not the right passphrase');
    await page
      .getByRole('dialog')
      .getByText(/The vault did not open/)
      .waitFor();
    await typePassphrase(page, FIRST);
    // What was begun goes on by itself.
    await card.getByText('it works').waitFor();

    await goTo(page, '#/settings', 'Settings');
    await page.getByText('Change the passphrase or the data key').click();
    await page.getByLabel('Current passphrase', { exact: true }).fill(FIRST);
    await page.getByLabel('New passphrase', { exact: true }).fill(SECOND);
    await page.getByRole('button', { name: 'Change the passphrase', exact: true }).click();
    await page.getByText('The passphrase is changed.').waitFor();

    await openConnection(page, 'Sandbox Books');
    const stage = slot(page, 'Sandbox Books', 'stage');
    const provider = await openProvider(on, authorizeButton(stage));
    await signIn(provider, 'Adam Admin');
    await lock(page);
    await provider.getByRole('button', { name: 'Allow' }).click();
    await stage.getByText('Almost done: unlock the vault to store it.').waitFor();
    // The answer outlives the extension's worker.
    if (kind === 'extension') {
      await stopWorkers(on, page);
      await stage.getByText('Almost done: unlock the vault to store it.').waitFor();
    }
    await unlock(page, SECOND);
    await stage.getByText('adam@harbour.example').waitFor();
  });

  it('S9 a restarted browser is locked, and the passphrase brings everything back', async () => {
    const { host: on, page } = await start(kind);
    const card = await openConnection(page, 'Sandbox Books');
    await authorize(on, authorizeButton(card), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
    await protect(page);
    host = await on.restart();
    const again = await host.open();
    await unlock(again, FIRST);
    const back = await openConnection(again, 'Sandbox Books');
    await back.getByRole('button', { name: 'Test Sandbox Books in Development' }).click();
    await back.getByText('it works').waitFor();
  });
});

/** A device's own authenticator, as the browser's protocol gives it to tests (CDP WebAuthn domain). */
const addAuthenticator = async (on: Host, page: Page): Promise<void> => {
  const cdp = await on.context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: true,
      automaticPresenceSimulation: true,
      isUserVerified: true,
    },
  });
};

describe.each(['pwa', 'extension'] as const)('a backup in the %s', (kind) => {
  it('S60 is made, everything is deleted, and the workspace comes back with its authorization', async () => {
    const { host: on, page } = await start(kind);
    const card = await openConnection(page, 'Sandbox Books');
    await authorize(on, authorizeButton(card), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
    await protect(page);
    await lock(page);
    await goTo(page, '#/settings', 'Settings');
    await page.getByRole('link', { name: 'Back up or restore' }).click();
    await page.getByLabel('Passphrase of the backup', { exact: true }).fill(SECOND);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the backup' }).click();
    // It needs the tokens: it asks for the vault's passphrase, and goes on by itself.
    await typePassphrase(page, FIRST);
    const file = await (await saved).path();
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(/^[\w-]+(\.[\w-]+){4}$/);

    await goTo(page, '#/where', 'Where is it all?');
    await page.getByRole('button', { name: /^Delete everything…/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete everything', exact: true }).click();
    await page.getByRole('heading', { name: 'Begin with the sample' }).waitFor();

    await page.getByRole('link', { name: 'Or restore a backup' }).click();
    await page
      .getByLabel('Backup file')
      .setInputFiles({ name: 'studio.latchkey-backup', mimeType: 'application/octet-stream', buffer: Buffer.from(text) });
    await page.getByRole('button', { name: 'Open the backup' }).click();
    await page.getByLabel('Its passphrase', { exact: true }).fill('not the right passphrase');
    await page.getByRole('button', { name: 'Open the backup' }).click();
    await page.getByText(/The backup did not open/).waitFor();
    await page.getByLabel('Its passphrase', { exact: true }).fill(SECOND);
    await page.getByRole('button', { name: 'Open the backup' }).click();
    await page.getByText('1 authorizations come from the backup.').waitFor();
    await page.getByRole('button', { name: 'Add the workspace' }).click();
    await page.getByText('The workspace is restored.').waitFor();
    const back = await openConnection(page, 'Sandbox Books');
    await back.getByRole('button', { name: 'Test Sandbox Books in Development' }).click();
    await back.getByText('it works').waitFor();
  });

  it('S5 S8 a passkey opens the vault beside the passphrase', async () => {
    const { host: on, page } = await start(kind);
    const card = await openConnection(page, 'Sandbox Books');
    await authorize(on, authorizeButton(card), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
    await addAuthenticator(on, page);
    await protect(page);
    await page.getByText('Add a passkey').click();
    await page.getByLabel('Passphrase of the vault', { exact: true }).fill(FIRST);
    await page.getByRole('button', { name: 'Add the passkey' }).click();
    await page.getByText('A passkey opens the vault too.').waitFor();
    await page.keyboard.press('Alt+Shift+L');
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await page.getByRole('button', { name: 'Unlock with a passkey' }).click();
    await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
    const back = await openConnection(page, 'Sandbox Books');
    await back.getByRole('button', { name: 'Test Sandbox Books in Development' }).click();
    await back.getByText('it works').waitFor();
  });
});

/** As if nobody had used any window for so long. */
const restFor = (page: Page, milliseconds: number): Promise<void> =>
  page.evaluate(
    (past) =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open('latchkey');
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const transaction = request.result.transaction('settings', 'readwrite');
          const value = { at: Date.now(), isLocked: false, usedAt: Date.now() - past };
          transaction.objectStore('settings').put({ key: 'vault', value });
          transaction.oncomplete = () => {
            request.result.close();
            resolve();
          };
        };
      }),
    milliseconds,
  );

/** What the time brings: the alarm of the extension, which outlives its worker; the PWA's worker looks by itself. */
const LOCK_ALARM = 'lock';
const whenTimeIsUp = {
  pwa: async (): Promise<void> => undefined,
  extension: async (page: Page): Promise<void> => {
    const due = await page.evaluate((name) => chrome.alarms.get(name).then((alarm) => alarm?.scheduledTime), LOCK_ALARM);
    const minutes = ((due ?? 0) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(14);
    expect(minutes).toBeLessThanOrEqual(15);
    await page.evaluate((name) => chrome.alarms.create(name, { when: Date.now() + 100 }), LOCK_ALARM);
  },
};

describe.each(['pwa', 'extension'] as const)('the idle lock in the %s', (kind) => {
  it('S8 warns a minute before, stays when somebody is there, and locks when nobody is', async () => {
    const { host: on, page: first } = await start(kind);
    await protect(first);
    await restFor(first, 14.5 * 60_000);
    // Another window of the same core, which reads what was written behind its back.
    const page = await on.open();
    await page.getByText(/^Locks in \d+ s/).waitFor();
    await page.getByRole('button', { name: 'Stay' }).click();
    await expect.poll(() => page.getByText(/^Locks in/).count(), { timeout: 5_000 }).toBe(0);
    await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
    await restFor(page, 15 * 60_000);
    await whenTimeIsUp[kind](page);
    await page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
  });
});

describe('the idle lock of a stopped worker', () => {
  it('S8 locks as soon as the worker starts, when the time went by meanwhile', async () => {
    const { host: on, page } = await start('extension');
    await protect(page);
    await restFor(page, 15 * 60_000);
    await stopWorkers(on, page);
    await page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
  });
});

describe('a forgotten passphrase', () => {
  it('begins the vault anew: definitions stay, authorizations are given again', async () => {
    const { host: on, page } = await start('pwa');
    const card = await openConnection(page, 'Sandbox Books');
    await authorize(on, authorizeButton(card), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
    await protect(page);
    await lock(page);
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await page.getByRole('button', { name: /^I forgot it/ }).click();
    await page.getByText('Kept: applications, connections and their definitions').waitFor();
    await page.getByRole('button', { name: 'Begin the vault anew' }).click();
    await page.getByText('The vault begins anew. 1 authorization has to be given again.').waitFor();
    await openConnection(page, 'Sandbox Books');
    await card.getByText('○ Not connected').waitFor();
    await authorize(on, authorizeButton(card), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
  });
});

describe('the extension’s worker', () => {
  it('S9 asks for nothing again after it was stopped, as often as that happens', { timeout: 240_000 }, async () => {
    const { host: on, page } = await start('extension');
    const card = await openConnection(page, 'Sandbox Books');
    await authorize(on, authorizeButton(card), 'Dana Developer');
    await card.getByText('dana@studio.example').waitFor();
    await protect(page);
    const cdp = await on.context.newCDPSession(page);
    await cdp.send('ServiceWorker.enable');
    await openConnection(page, 'Sandbox Books');
    const connectionId = /con_\w+/.exec(page.url())?.[0] as `con_${string}`;
    const asked = { connectionId, environment: 'development' } as const;
    for (let round = 0; round < 100; round += 1) {
      // Every other time in the middle of something, whose answer nobody gets then.
      const cut = round % 2 === 0 ? null : remote(on, page, 'testConnection', asked).catch(() => null);
      if (cut !== null) await page.waitForTimeout(round / 2);
      await cdp.send('ServiceWorker.stopAllWorkers');
      await cut;
      expect((await remote(on, page, 'testConnection', asked)).isOk).toBe(true);
      if (round % 20 !== 0) continue;
      const popup = await on.context.newPage();
      await popup.goto(popupUrl);
      await popup.getByRole('button', { name: 'Lock', exact: true }).waitFor();
      await popup.close();
    }
    await card.getByRole('button', { name: 'Test Sandbox Books in Development' }).click();
    await card.getByText('it works').waitFor();
    // Where this device spoke to is known over all those workers.
    await goTo(page, '#/where', 'Where is it all?');
    const told = await page.getByText(/^The newest \d+, since the browser was started/).textContent();
    expect(Number(/\d+/.exec(told ?? '')?.[0])).toBeGreaterThanOrEqual(100);
  });
});
