import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Counted = { readonly sent: number; readonly received: number };

/** A relay on loopback before one port that counts what goes through it: HTTP with its headers, without what TCP and TLS add. */
export const startByteMeter = async (port: number) => {
  let sent = 0;
  let received = 0;
  const open = new Set<Socket>();
  const pass = (from: Socket, to: Socket, count: (bytes: number) => void): void => {
    open.add(from);
    from.on('data', (chunk: Buffer) => count(chunk.length));
    from.on('error', () => to.destroy());
    from.on('close', () => open.delete(from));
    from.pipe(to);
  };
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1');
    pass(client, target, (bytes) => {
      sent += bytes;
    });
    pass(target, client, (bytes) => {
      received += bytes;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  if (at === null || typeof at === 'string') throw new TypeError('a relay has a port');
  const address = `http://127.0.0.1:${at.port}/`;
  return {
    address,
    /** What a client sent and received while this went on; nothing else may use the relay meanwhile. */
    during: async (act: () => Promise<unknown>): Promise<Counted> => {
      const before = { sent, received };
      await act();
      return { sent: sent - before.sent, received: received - before.received };
    },
    close: async (): Promise<void> => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
