import type { Server } from 'node:http';

/** Listens on both loopback families, so that `localhost` reaches it whichever one it resolves to. Gives the port; rejects for a taken one. */
export const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '::', ipv6Only: false }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/** Is this the address of a peer on this machine: a server that listens on `::` must ask. */
export const isLoopback = (address: string | undefined): boolean => /^(::1|(::ffff:)?127\.)/.test(address ?? '');

/** Closes at once, open connections included. */
export const closeNow = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
