import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Has the server serve a connection that another server, or another process, has taken; it was paused until now. */
export function serveConnection(server: Server, connection: Socket): void {
  // As it was on the port, which it does not say when it comes from another process.
  connection.allowHalfOpen = true;
  server.emit('connection', connection);
  connection.resume();
}
