import type { Socket } from 'node:net';

/**
 * Ends a connection that has said nothing for one and a half times the interval in which it was to speak, twice it at the latest
 * [MQTT-3.1.2-24]. What is not read is not heard: while the connection is held up, its silence does not count.
 */
export function endWhenSilent(socket: Socket, intervalSeconds: number, isHeldUp: () => boolean): void {
  let heard = socket.bytesRead;
  let silentHalves = 0;
  const timer = setInterval(() => {
    silentHalves = socket.bytesRead === heard && !isHeldUp() ? silentHalves + 1 : 0;
    heard = socket.bytesRead;
    if (silentHalves === 3) socket.destroy(new Error('keep alive timeout'));
  }, intervalSeconds * 500);
  socket.once('close', () => clearInterval(timer));
}
