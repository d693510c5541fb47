import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections that are open, from now on. Those that were upgraded are among them, of which the server itself knows
 * nothing any more, though it waits for them when it closes.
 */
export function watchConnections(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    // A connection comes again where an upgrade was left alone.
    if (open.has(socket)) return;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}
