import { fileURLToPath } from 'node:url';
import manifest from '../../manifest.json' with { type: 'json' };
import { startSandbox } from '../sandbox/serve.ts';
import { extensionIdOf } from './extension-id.ts';
import { serveApp } from './serve-app.ts';

const APP_PORT = 4173;
const SANDBOX_PORT = 4180;
const TRIES = 20;

/** A port that the user chose is used or refused; a default one may move on to the next free port. */
const portSetting = (name: string, fallback: number): { port: number; isChosen: boolean } => {
  const text = process.env[name];
  if (text === undefined || text === '') return { port: fallback, isChosen: false };
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`${name} must be a port from 1 to 65535, not "${text}".`);
  return { port, isChosen: true };
};

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const onFreePort = async <T>(
  name: string,
  setting: { port: number; isChosen: boolean },
  start: (port: number) => Promise<T>,
): Promise<T> => {
  for (let port = setting.port; ; port += 1) {
    try {
      return await start(port);
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (setting.isChosen || port - setting.port >= TRIES)
        throw new Error(`Port ${port} is taken. Free it, or set ${name} to another one.`);
      console.log(`Port ${port} is taken: trying ${port + 1} (set ${name} to choose).`);
    }
  }
};

const main = async (): Promise<void> => {
  const folder = fileURLToPath(new URL('../pwa', import.meta.url));
  const appSetting = portSetting('PORT', APP_PORT);
  const sandboxSetting = portSetting('SANDBOX_PORT', SANDBOX_PORT);
  // The app needs the sandbox's address and the sandbox the app's callback: the sandbox takes every port that the app may move to.
  const lastPort = appSetting.isChosen ? appSetting.port : appSetting.port + TRIES;
  const callbacks = Array.from(
    { length: lastPort - appSetting.port + 1 },
    (_, index) => `http://localhost:${appSetting.port + index}/callback.html`,
  );
  const redirectUris = [...callbacks, `https://${extensionIdOf(manifest.key)}.chromiumapp.org/cb`];
  const sandbox = await onFreePort('SANDBOX_PORT', sandboxSetting, (port) => startSandbox({ port, redirectUris }));
  const app = await onFreePort('PORT', appSetting, (port) => serveApp({ folder, port, sandboxOrigin: sandbox.origin }));
  console.log(`Latchkey   ${app.origin}   open it, press "Load the sample" and follow the checklist`);
  console.log(`Sandbox    ${sandbox.origin}   the services that the sample speaks to, and what arrived there`);
  console.log(`Extension  load dist/extension unpacked (chrome://extensions, developer mode)`);
  console.log('Ctrl-C stops all of it.');
  const stop = (): void => {
    void Promise.all([app.close(), sandbox.close()]).then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
