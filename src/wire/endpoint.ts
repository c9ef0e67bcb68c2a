import type { Endpoint } from 'comlink';

/** What both ends need of a runtime Port; `chrome.runtime.Port` has it, and so has a JSON port pair in a test. */
export type JsonPort = {
  postMessage(message: unknown): void;
  readonly onMessage: {
    addListener(listener: (message: unknown) => void): void;
    removeListener(listener: (message: unknown) => void): void;
  };
};

type Listener = EventListenerOrEventListenerObject;

const call = (listener: Listener, event: MessageEvent): void => {
  if (typeof listener === 'function') listener(event);
  else listener.handleEvent(event);
};

/** A Comlink endpoint over a runtime Port, which carries JSON and no transferable. */
export const portEndpoint = (port: JsonPort): Endpoint => {
  const wrapped = new Map<Listener, (message: unknown) => void>();
  return {
    postMessage: (message: unknown) => port.postMessage(message),
    addEventListener: (_type: string, listener: Listener) => {
      const forward = (data: unknown): void => call(listener, new MessageEvent('message', { data }));
      wrapped.set(listener, forward);
      port.onMessage.addListener(forward);
    },
    removeEventListener: (_type: string, listener: Listener) => {
      const forward = wrapped.get(listener);
      if (forward !== undefined) port.onMessage.removeListener(forward);
      wrapped.delete(listener);
    },
  };
};

const isCall = (data: unknown, names: ReadonlySet<string>): boolean => {
  if (data === null || typeof data !== 'object' || !('type' in data) || !('path' in data) || !Array.isArray(data.path)) return false;
  const [name, ...rest] = data.path as unknown[];
  return data.type === 'APPLY' && rest.length === 0 && typeof name === 'string' && names.has(name);
};

/** Lets only calls of the named functions through to Comlink, which would follow any property path (S38). */
export const onlyCalls = (endpoint: Endpoint, names: ReadonlySet<string>): Endpoint => {
  const wrapped = new Map<Listener, (event: Event) => void>();
  const { start } = endpoint;
  return {
    ...(start === undefined ? {} : { start: () => start.call(endpoint) }),
    postMessage: (message: unknown, transfer?: Transferable[]) => endpoint.postMessage(message, transfer ?? []),
    addEventListener: (type: string, listener: Listener) => {
      const forward = (event: Event): void => {
        if (event instanceof MessageEvent && isCall(event.data, names)) call(listener, event);
      };
      wrapped.set(listener, forward);
      endpoint.addEventListener(type, forward);
    },
    removeEventListener: (type: string, listener: Listener) => {
      const forward = wrapped.get(listener);
      if (forward !== undefined) endpoint.removeEventListener(type, forward);
      wrapped.delete(listener);
    },
  };
};
