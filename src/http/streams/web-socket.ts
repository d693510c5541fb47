import type { WebSocket } from 'ws';
import { heartbeatMs, type LiveConnection, maxUnsentBytes } from './live-connection.ts';

/** Close codes. [RFC 6455 7.4.1] */
const goingAway = 1001;
const tryAgainLater = 1013;

/** A client on a WebSocket; what it sends is not listened to. Each message comes as `{"id": position, "notification": message}`. */
export function openWebSocket(socket: WebSocket): LiveConnection {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('error', () => socket.terminate());
  const heartbeat = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, heartbeatMs);
  socket.once('close', () => clearInterval(heartbeat));

  return {
    send(position, message) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(`{"id":${JSON.stringify(position)},"notification":${message}}`);
      if (socket.bufferedAmount > maxUnsentBytes) socket.close(tryAgainLater, 'read too slowly');
    },
    end: () => socket.close(goingAway),
    onEnd: (callback) => void socket.once('close', callback),
  };
}
