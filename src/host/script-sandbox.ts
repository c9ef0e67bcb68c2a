/** The extension's place for scripts: a sandboxed page without any extension API. It hears only the page that frames it (S40). */
import { portChannel, serveRunner } from '../deluge/channel.ts';
import { localRunner } from '../deluge/runner.ts';

Object.freeze(Object.prototype);

window.addEventListener('message', (event) => {
  const [port] = event.ports;
  if (event.source === window.parent && port !== undefined) serveRunner(portChannel(port), localRunner);
});
