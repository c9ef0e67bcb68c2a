import { type Channel, isAlive, portChannel, remoteRunner } from '../deluge/channel.ts';
import type { ScriptRunner } from '../deluge/job.ts';

/** A window of the web app, as far as scripts go: it can be asked for a place to run them. */
type Asked = { postMessage(message: unknown): void };

const ANSWER_MS = 1_500;
const ARRIVE_MS = 5_000;

/**
 * Places where scripts run that windows have handed over: a shared worker cannot start a worker itself. A place dies with its window, so
 * one is tried before it is used, and another window is asked where none answers.
 */
export const scriptPorts = () => {
  const windows = new Set<Asked>();
  let places: Channel[] = [];
  let arrived: (() => void)[] = [];

  const alive = async (): Promise<Channel | null> => {
    for (const place of [...places].reverse()) {
      if (await isAlive(place, ANSWER_MS)) return place;
      places = places.filter((one) => one !== place);
    }
    return null;
  };

  const arrival = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ARRIVE_MS);
      arrived.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });

  return {
    /** A window that can be asked; a window that is gone just does not answer. */
    addWindow: (port: Asked): void => void windows.add(port),
    /** A place that a window has handed over. */
    addPlace: (port: MessagePort): void => {
      places.push(portChannel(port));
      for (const tell of arrived) tell();
      arrived = [];
    },
    scripts: async (): Promise<ScriptRunner | null> => {
      const ready = await alive();
      if (ready !== null) return remoteRunner(ready);
      if (windows.size === 0) return null;
      const waiting = arrival();
      for (const port of windows) port.postMessage({ wants: 'scripts' });
      await waiting;
      const found = await alive();
      return found === null ? null : remoteRunner(found);
    },
  };
};
