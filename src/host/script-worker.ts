/** The web app's place for scripts: a worker of its own that reaches nothing but the channel it is handed (S40). */
import { portChannel, serveRunner } from '../deluge/channel.ts';
import { localRunner } from '../deluge/runner.ts';

Object.freeze(Object.prototype);

self.addEventListener('message', (event) => {
  const [port] = event.ports;
  if (port !== undefined) serveRunner(portChannel(port), localRunner);
});
