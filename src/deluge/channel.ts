import type { Answer, Ask, Job, Report, ScriptRunner } from './job.ts';

/** Two ends that carry JSON: a MessagePort, a runtime Port, a frame. `listen` gives back how to stop listening. */
export type Channel = { post(message: Message): void; listen(hear: (message: unknown) => void): () => void };

export type Message =
  | { readonly script: 'run'; readonly id: number; readonly job: Job }
  | { readonly script: 'ask'; readonly id: number; readonly ask: number; readonly what: Ask }
  | { readonly script: 'answer'; readonly id: number; readonly ask: number; readonly answer: Answer }
  | { readonly script: 'report'; readonly id: number; readonly report: Report }
  | { readonly script: 'ping' | 'pong'; readonly id: number };

/** What arrives on the channel comes from our own other end; anything else on it is not ours. */
export const isMessage = (message: unknown): message is Message =>
  message !== null &&
  typeof message === 'object' &&
  'script' in message &&
  'id' in message &&
  typeof message.id === 'number' &&
  ['run', 'ask', 'answer', 'report', 'ping', 'pong'].includes(String(message.script));

/** Longer than any script may take with all its calls; after it the other side is taken for dead. */
const LIFE_MS = 120_000;

let nextId = 1;

/** The near end: what it is told to run, runs at the far end of the channel. Rejects with an `Error` where that has died. */
export const remoteRunner = (channel: Channel): ScriptRunner => ({
  run: (job, answer) =>
    new Promise<Report>((resolve, reject) => {
      const id = nextId++;
      const end = (finish: () => void): void => {
        clearTimeout(timer);
        stop();
        finish();
      };
      const timer = setTimeout(() => end(() => reject(new Error('the place where scripts run was stopped'))), LIFE_MS);
      const stop = channel.listen((message) => {
        if (!isMessage(message) || message.id !== id) return;
        if (message.script === 'report') end(() => resolve(message.report));
        else if (message.script === 'ask')
          void answer(message.what).then((given) => channel.post({ script: 'answer', id, ask: message.ask, answer: given }));
      });
      channel.post({ script: 'run', id, job });
    }),
});

/** Is anybody there. */
export const isAlive = (channel: Channel, milliseconds: number): Promise<boolean> =>
  new Promise((resolve) => {
    const id = nextId++;
    const end = (isThere: boolean): void => {
      clearTimeout(timer);
      stop();
      resolve(isThere);
    };
    const timer = setTimeout(() => end(false), milliseconds);
    const stop = channel.listen((message) => {
      if (isMessage(message) && message.script === 'pong' && message.id === id) end(true);
    });
    channel.post({ script: 'ping', id });
  });

/** The far end: runs what arrives and asks back for everything outside the script. */
export const serveRunner = (channel: Channel, runner: ScriptRunner): (() => void) => {
  const waiting = new Map<string, (answer: Answer) => void>();
  let asked = 0;
  return channel.listen((message) => {
    if (!isMessage(message)) return;
    if (message.script === 'ping') channel.post({ script: 'pong', id: message.id });
    else if (message.script === 'answer') {
      const key = `${message.id} ${message.ask}`;
      waiting.get(key)?.(message.answer);
      waiting.delete(key);
    } else if (message.script === 'run') {
      const { id, job } = message;
      const answer = (what: Ask): Promise<Answer> =>
        new Promise((resolve) => {
          asked += 1;
          waiting.set(`${id} ${asked}`, resolve);
          channel.post({ script: 'ask', id, ask: asked, what });
        });
      void runner.run(job, answer).then((report) => channel.post({ script: 'report', id, report }));
    }
  });
};

/** A MessagePort as a channel. */
export const portChannel = (port: MessagePort): Channel => {
  port.start();
  return {
    post: (message) => port.postMessage(message),
    listen: (hear) => {
      const forward = (event: MessageEvent): void => hear(event.data);
      port.addEventListener('message', forward);
      return () => port.removeEventListener('message', forward);
    },
  };
};
