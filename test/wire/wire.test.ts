import { wrap } from 'comlink';
import { describe, expect, it } from 'vitest';
import type { Remote } from '../../src/core/api.ts';
import { openOnce, serve } from '../../src/host/serve.ts';
import { type JsonPort, onlyCalls, portEndpoint } from '../../src/wire/endpoint.ts';
import { isWatchMessage, type WatchApi, type WatchMessage } from '../../src/wire/watch.ts';
import { startCore } from '../support/core.ts';

/** Two ends of a channel that carries JSON text, as a runtime Port does. */
const portPair = (): { near: JsonPort; far: JsonPort; seen: string[] } => {
  const seen: string[] = [];
  const end = () => {
    const listeners = new Set<(message: unknown) => void>();
    return {
      listeners,
      onMessage: {
        addListener: (listener: (message: unknown) => void) => void listeners.add(listener),
        removeListener: (listener: (message: unknown) => void) => void listeners.delete(listener),
      },
    };
  };
  const [a, b] = [end(), end()];
  const post = (to: typeof a) => (message: unknown) => {
    const text = JSON.stringify(message);
    seen.push(text);
    queueMicrotask(() => {
      for (const listener of to.listeners) listener(JSON.parse(text));
    });
  };
  return { near: { postMessage: post(b), onMessage: a.onMessage }, far: { postMessage: post(a), onMessage: b.onMessage }, seen };
};

const start = async () => {
  const core = await startCore();
  const { near, far, seen } = portPair();
  const closeAll = serve(portEndpoint(far), async () => core.ctx);
  const endpoint = portEndpoint(near);
  const remote = wrap<Remote & WatchApi>(endpoint);
  const messages: WatchMessage[] = [];
  endpoint.addEventListener('message', (event: Event) => {
    if (event instanceof MessageEvent && isWatchMessage(event.data)) messages.push(event.data);
  });
  return { core, remote, messages, seen, closeAll, near };
};

describe('the wire', () => {
  it('carries commands and their outcomes, never an exception', async () => {
    const { remote } = await start();
    expect(await remote.loadSample({})).toMatchObject({ ok: true });
    expect(await remote.createApplication({ name: '' })).toEqual({
      ok: false,
      fault: { code: 'core.input-invalid', detail: expect.any(String) },
    });
  });

  it('posts each whole result of a watch, and stops when it is closed', async () => {
    const { remote, messages } = await start();
    await remote.openWatch(7, 'home', {});
    await expect.poll(() => messages.at(-1)).toMatchObject({ watch: 7, value: { isEmpty: true } });
    await remote.loadSample({});
    await expect.poll(() => messages.at(-1)).toMatchObject({ watch: 7, value: { isEmpty: false } });
    await remote.closeWatch(7);
    const count = messages.length;
    await remote.createApplication({ name: 'Another' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(messages).toHaveLength(count);
  });

  it('answers a watch that fails with its fault', async () => {
    const { remote, messages } = await start();
    await remote.openWatch(1, 'connections', {});
    await expect.poll(() => messages.at(-1)).toEqual({ watch: 1, fault: { code: 'core.no-workspace', detail: null } });
    await remote.openWatch(2, 'constructor', {});
    await expect.poll(() => messages.at(-1)).toEqual({ watch: 2, fault: { code: 'core.unknown-call', detail: null } });
  });

  it('closes all watches of an end that is gone', async () => {
    const { core, remote, messages, closeAll } = await start();
    await remote.openWatch(1, 'home', {});
    await expect.poll(() => messages.length).toBe(1);
    closeAll();
    await core.do('loadSample', {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(messages).toHaveLength(1);
  });

  it('S38 lets nothing through but calls of its own functions', async () => {
    const { near, seen } = await start();
    const before = seen.length;
    const forged = [
      { id: 'a', type: 'GET', path: ['loadSample'] },
      { id: 'b', type: 'APPLY', path: ['constructor'], argumentList: [] },
      { id: 'c', type: 'APPLY', path: ['loadSample', 'constructor'], argumentList: [] },
      { id: 'd', type: 'CONSTRUCT', path: ['loadSample'], argumentList: [] },
      { id: 'e', type: 'SET', path: ['loadSample'], value: { type: 'RAW', value: 1 } },
      { id: 'f', type: 'APPLY', path: ['__proto__', 'x'], argumentList: [] },
      'text',
      null,
    ];
    for (const message of forged) near.postMessage(message);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen.length).toBe(before + forged.length);
  });

  it('opens its context once, and again only after a failure', async () => {
    let tries = 0;
    const core = await startCore();
    const open = openOnce(async () => {
      tries += 1;
      if (tries === 1) throw new Error('no storage');
      return core.ctx;
    });
    await expect(open()).rejects.toThrow('no storage');
    await Promise.all([open(), open()]);
    expect(tries).toBe(2);
  });

  it('keeps listeners removable on both kinds of endpoint', () => {
    const { near, far } = portPair();
    const heard: unknown[] = [];
    const listener = (event: Event): void => void heard.push(event instanceof MessageEvent ? event.data : null);
    const endpoint = onlyCalls(portEndpoint(near), new Set(['x']));
    endpoint.addEventListener('message', listener);
    endpoint.removeEventListener('message', listener);
    far.postMessage({ type: 'APPLY', path: ['x'] });
    expect(heard).toEqual([]);
  });
});
